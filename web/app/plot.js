// SPDX-License-Identifier: Apache-2.0
// Small charts for the Lab, as SVG: lines, dots, bars, a band, linear or logarithmic axes. It draws
// what it is given and computes nothing but places.

import { svg } from './dom.js';

const W = 360;
const H = 170;
const PAD = { left: 44, right: 8, top: 8, bottom: 22 };
const COLOURS = ['#8cc7ff', '#e9b44c', '#45c796', '#ff9fcf'];

const number = (n) => {
  const a = Math.abs(n);
  if (a >= 1e6) return n / 1e6 + 'M';
  if (a >= 1e3) return n / 1e3 + 'K';
  return String(Number(n.toPrecision(2)));
};

/** "Round" values between two ends. Pure. */
export function ticksOf(low, high, log, most = 5) {
  if (!(high > low)) return [low];
  if (log) {
    const out = [];
    for (let e = Math.ceil(Math.log10(low) - 1e-9); 10 ** e <= high * 1.0001; e++) out.push(10 ** e);
    const step = Math.ceil(out.length / most);
    return out.length >= 2 ? out.filter((_, i) => i % step === 0) : [low, high];
  }
  const raw = (high - low) / most;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= raw);
  const out = [];
  for (let v = Math.ceil(low / step - 1e-9) * step; v <= high + step * 1e-9; v += step) out.push(Math.abs(v) < step * 1e-9 ? 0 : v);
  return out;
}

/** Low and high of all points of a panel, with room; zero is in where bars stand on it. Pure. */
export function extent(panel) {
  const xs = [];
  const ys = [];
  for (const line of panel.lines) for (const [x, y] of line.points) if (Number.isFinite(x) && Number.isFinite(y)) { xs.push(x); ys.push(y); }
  for (const [, low, high] of panel.band ?? []) ys.push(low, high);
  if (!xs.length) return null;
  const bars = panel.lines.some((l) => l.style === 'bars');
  const half = bars ? 0.6 : 0;
  const good = panel.log_y ? ys.filter((y) => y > 0) : ys;
  const y = [Math.min(...good, ...(bars && !panel.log_y ? [0] : [])), Math.max(...good, ...(bars ? [0] : []))];
  if (!panel.log_y) {
    const room = (y[1] - y[0]) * 0.06 || 1;
    y[0] -= y[0] === 0 ? 0 : room;
    y[1] += y[1] === 0 ? 0 : room;
  }
  return { x: [Math.min(...xs) - half, Math.max(...xs) + half], y };
}

/** @returns {any} an SVG element */
export function plot(panel) {
  const root = svg('svg', { viewBox: '0 0 ' + W + ' ' + H, class: 'plot-svg', 'aria-hidden': 'true' });
  const range = extent(panel);
  if (!range) return root;
  const scale = ([low, high], log, from, to) => {
    const f = log ? (v) => Math.log(Math.max(v, 1e-12)) : (v) => v;
    return (v) => from + ((f(v) - f(low)) / (f(high) - f(low) || 1)) * (to - from);
  };
  const x = scale(range.x, panel.log_x, PAD.left, W - PAD.right);
  const y = scale(range.y, panel.log_y, H - PAD.bottom, PAD.top);
  const at = (n) => n.toFixed(1);
  const text = (px, py, anchor, words) => Object.assign(svg('text', { x: at(px), y: at(py), 'text-anchor': anchor }), { textContent: words });
  for (const v of ticksOf(...range.y, panel.log_y)) {
    root.append(svg('line', { x1: PAD.left, x2: W - PAD.right, y1: at(y(v)), y2: at(y(v)), class: v === 0 ? 'axis' : 'grid' }),
      text(PAD.left - 5, y(v) + 4, 'end', number(v)));
  }
  const names = panel.ticks;
  const marks = names ? names.map((_, i) => i).filter((i) => i >= range.x[0] && i <= range.x[1]) : ticksOf(...range.x, panel.log_x, 6);
  const thin = names && marks.length > 8 ? 2 : 1;
  marks.forEach((v, i) => { if (i % thin === 0) root.append(text(x(v), H - 7, 'middle', names ? names[v] : number(v))); });
  if (panel.band?.length) {
    const up = panel.band.map(([px, , high]) => at(x(px)) + ' ' + at(y(high)));
    const down = panel.band.map(([px, low]) => at(x(px)) + ' ' + at(y(low))).reverse();
    root.append(svg('path', { d: 'M' + [...up, ...down].join('L') + 'Z', class: 'band' }));
  }
  panel.lines.forEach((line, i) => draw(root, line, { x, y, colour: line.reference ? '#8b929c' : COLOURS[i % COLOURS.length],
    zero: y(Math.max(range.y[0], Math.min(range.y[1], 0))), width: Math.max(2, ((W - PAD.left - PAD.right) / (range.x[1] - range.x[0])) * 0.6) }));
  return root;
}

function draw(root, line, { x, y, colour, zero, width }) {
  const at = (n) => n.toFixed(1);
  const points = line.points.filter(([px, py]) => Number.isFinite(px) && Number.isFinite(py));
  if (line.style === 'bars') {
    for (const [px, py] of points) {
      const top = Math.min(y(py), zero);
      root.append(svg('rect', { x: at(x(px) - width / 2), y: at(top), width: at(width), height: at(Math.max(1, Math.abs(y(py) - zero))), fill: colour, opacity: 0.8 }));
    }
  } else if (line.style === 'dots') {
    for (const [px, py] of points) root.append(svg('circle', { cx: at(x(px)), cy: at(y(py)), r: 3.5, fill: colour }));
  } else if (points.length) {
    root.append(svg('path', { d: 'M' + points.map(([px, py]) => at(x(px)) + ' ' + at(y(py))).join('L'), fill: 'none', stroke: colour,
      'stroke-width': 1.6, 'stroke-dasharray': line.reference ? '4 3' : 'none' }));
  }
}

export const legendColour = (panel, i) => (panel.lines[i].reference ? '#8b929c' : COLOURS[i % COLOURS.length]);

// SPDX-License-Identifier: Apache-2.0
// One picture of a panel: the document's series as uPlot draws them. uPlot is a classic script that
// stands before this module.

/* global uPlot */

const INK = '#8b929c';
const GRID = '#1b1e22';
export const COLOURS = ['#8cc7ff', '#e9b44c', '#68d3d1', '#ff9fcf', '#bba9ff', '#c4d56a'];
const QUIET = '#747b85';

/** The colour of a series; edges of a band and reference lines are quiet. */
export function colour(series, index) {
  return series.style === 'edge' || (series.style === 'line' && index > 0 && /law|independent|floor/.test(series.label))
    ? QUIET : COLOURS[index % COLOURS.length];
}

function styled(series, index) {
  const stroke = colour(series, index);
  const base = { label: series.label, stroke, width: 1.5, points: { show: false }, spanGaps: true };
  if (series.style === 'edge') return { ...base, width: 1, dash: [4, 4] };
  if (series.style === 'dots')
    return { ...base, paths: () => null, points: { show: true, size: 5, stroke, fill: stroke, width: 0 } };
  if (series.style === 'bars')
    return { ...base, fill: stroke + '99', paths: globalThis.uPlot.paths.bars({ size: [0.7, 40] }) };
  return base;
}

/** Values a logarithmic axis cannot show become gaps. */
function columns(set) {
  const y = set.series.map((one) => (set.y_axis.log ? one.y.map((v) => (v !== null && v > 0 ? v : null)) : one.y));
  return [set.x, ...y];
}

const axis = ({ log }, size, categories = null) => ({
  stroke: INK, grid: { stroke: GRID, width: 1 }, ticks: { stroke: GRID, size: 4, width: 1 }, size, font: '11px Inter, system-ui, sans-serif',
  ...(categories ? { splits: (u) => u.data[0], values: (_, splits) => splits.map((_v, i) => categories[i]), grid: { show: false } } : {}),
  ...(log ? { values: (_, splits) => splits.map((v) => (v !== null && Number.isInteger(Math.round(Math.log10(v) * 1e6) / 1e6) ? short(v) : '')) } : {}),
});

function short(v) {
  if (v >= 1e6) return v / 1e6 + 'M';
  if (v >= 1e3) return v / 1e3 + 'K';
  if (v < 1e-2) return '1e−' + Math.round(-Math.log10(v)); // only whole powers are labelled
  return String(Number(v.toPrecision(3)));
}

const scale = ({ log }, bars) => ({
  time: false, distr: log ? 3 : 1,
  ...(bars ? { range: (_, low, high) => [Math.min(0, low ?? 0), high > 0 ? high * 1.08 : 1] } : {}),
});

export class Plot {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.plot = null;
    this.shape = '';
    this.watch = new ResizeObserver(() => this.plot?.setSize(this.size()));
    this.watch.observe(place);
  }

  size() {
    return { width: Math.max(120, this.place.clientWidth), height: this.place.clientHeight };
  }

  /** @param {any} set */
  draw(set) {
    const drawable = set.x.length > 1 && set.series.some((one) => one.y.some((v) => v !== null));
    const shape = drawable ? JSON.stringify([set.name, set.x_axis, set.y_axis, set.series.map((one) => [one.label, one.style])]) : '';
    if (shape !== this.shape) {
      this.plot?.destroy();
      this.plot = null;
      this.place.replaceChildren();
      this.shape = shape;
    }
    if (!drawable) return;
    const data = columns(set);
    if (this.plot) {
      this.plot.setData(data);
      return;
    }
    const bars = set.series.some((one) => one.style === 'bars');
    const Draw = globalThis.uPlot;
    this.plot = new Draw({
      ...this.size(), legend: { show: false }, cursor: { show: false }, padding: [8, 18, 0, 0],
      scales: { x: bars ? { time: false, range: (_, low, high) => [low - 0.7, high + 0.7] } : scale(set.x_axis), y: scale(set.y_axis, bars) },
      axes: [axis(set.x_axis, 24, set.categories), axis(set.y_axis, 48)],
      series: [{}, ...set.series.map(styled)],
    }, data, this.place);
  }
}

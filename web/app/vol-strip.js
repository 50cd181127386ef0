// SPDX-License-Identifier: Apache-2.0
// Under the chart: what the name has realised over 5 and 30 minutes beside what its options imply,
// minute by minute of the session, as the service computes it.

import { make, svg, write } from './dom.js';
import { percent } from './format.js';

const POLL_MS = 15000;
const W = 600;
const H = 56;
const LINES = [['iv', 'IV', '#e9b44c', 1.6], ['rv30', 'RV 30 min', '#8cc7ff', 1.6], ['rv5', 'RV 5 min', '#747b85', 1]];

const known = (list) => (Array.isArray(list) ? list : []).map((v) => (v === null ? NaN : Number(v)));

/** An SVG path through the values that are known. Pure. */
export function linePath(values, top, slots, width = W, height = H) {
  let path = '';
  let pen = false;
  values.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = false;
      return;
    }
    const x = ((i + 0.5) / slots) * width;
    const y = height - 2 - (Math.min(value, top) / top) * (height - 4);
    path += (pen ? 'L' : 'M') + x.toFixed(1) + ' ' + y.toFixed(1);
    pen = true;
  });
  return path;
}

/** The top of the scale: all of IV and the 30-minute line; spikes of the 5-minute line are cut. Pure. */
export function scaleTop(answer) {
  const values = [...known(answer?.iv), ...known(answer?.rv30)].filter(Number.isFinite);
  return values.length ? Math.max(...values) * 1.15 : 0;
}

export class VolStrip {
  /** @param {{root: HTMLElement, symbol: () => string, fetchJson: (url: string) => Promise<any>}} options */
  constructor({ root, symbol, fetchJson }) {
    this.symbol = symbol;
    this.fetchJson = fetchJson;
    this.shown = '';
    this.words = {};
    this.paths = {};
    const legend = make('div', { class: 'vol-legend' }, LINES.map(([id, label, colour]) => {
      this.words[id] = make('span');
      const mark = make('span', { class: 'mark' });
      mark.style.background = colour;
      return make('span', {}, [mark, label + ' ', this.words[id]]);
    }));
    this.svg = svg('svg', { viewBox: '0 0 ' + W + ' ' + H, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, LINES.map(([id, , colour, width]) => {
      this.paths[id] = svg('path', { fill: 'none', stroke: colour, 'stroke-width': width, 'vector-effect': 'non-scaling-stroke' });
      return this.paths[id];
    }));
    root.append(make('div', { class: 'vol', role: 'group', 'aria-label': 'Realised and implied volatility, annualised, percent' }, [legend, this.svg]));
  }

  start() {
    setInterval(() => this.load(), POLL_MS);
    setInterval(() => { if (this.symbol() !== this.shown) this.load(); }, 500);
  }

  async load() {
    const symbol = this.symbol();
    if (!symbol || document.hidden) return;
    this.shown = symbol;
    try {
      const answer = await this.fetchJson('/session/volatility/' + encodeURIComponent(symbol));
      if (this.symbol() === symbol) this.write(answer);
    } catch {
      this.write(null); // the line is an extra: without it the chart stands alone
    }
  }

  write(answer) {
    const top = scaleTop(answer);
    for (const [id] of LINES) {
      const values = known(answer?.[id]);
      write(this.words[id], percent(values[values.length - 1]));
      this.paths[id].setAttribute('d', top > 0 ? linePath(values, top, Math.max(60, values.length)) : '');
    }
  }
}

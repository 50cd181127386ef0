// SPDX-License-Identifier: Apache-2.0
// The session as a ribbon: each regime a segment from its start to the next, preset changes as ticks,
// now as an edge. Regimes differ by colour and by pattern of light; the words are in each segment's
// title and in one sentence for assistive technology.

import { make, svg } from './dom.js';
import { clock, regime, words } from './format.js';

const COLOURS = { trend_up: '#45c796', trend_down: '#f2836f', mean_revert: '#8cc7ff', retail_chase: '#ff9fcf',
  event_ramp: '#e9b44c', dealer_gamma: '#c4d56a', arb_calm: '#68d3d1' };
const HEIGHT = 12;

/** Segments in parts of the session's length. Pure. */
export function segments(timeline) {
  const start = Number(timeline?.session_start);
  const length = Number(timeline?.session_end) - start;
  const now = Number(timeline?.ts);
  if (!(length > 0) || !Array.isArray(timeline.regimes)) return { regimes: [], ticks: [], now: 0 };
  const part = (ts) => Math.min(1, Math.max(0, (ts - start) / length));
  const list = timeline.regimes.filter((r) => Number.isFinite(r.ts));
  const regimes = list.map((r, i) => ({ id: String(r.regime), from: part(r.ts), to: part(list[i + 1]?.ts ?? now), ts: r.ts }));
  const ticks = (timeline.presets ?? []).slice(1).map((p) => ({ at: part(p.ts), id: String(p.preset_id), ts: p.ts }));
  return { regimes, ticks, now: part(now) };
}

export class Ribbon {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.shown = '';
    this.said = make('span', { class: 'hide' });
    this.svg = svg('svg', { height: HEIGHT, width: '100%', preserveAspectRatio: 'none', viewBox: '0 0 1000 ' + HEIGHT, 'aria-hidden': 'true' });
    root.append(this.svg, this.said);
  }

  write(timeline) {
    const { regimes, ticks, now } = segments(timeline);
    const key = JSON.stringify([regimes.map((r) => [r.id, r.ts]), ticks, Math.round(now * 500)]);
    if (key === this.shown) return;
    this.shown = key;
    const rect = (x, width, fill, title, height = HEIGHT) => svg('rect', { x: (x * 1000).toFixed(1), y: 0, width: Math.max(1, width * 1000).toFixed(1), height, fill },
      title ? [Object.assign(svg('title'), { textContent: title })] : []);
    this.svg.replaceChildren(rect(0, 1, '#26292e', ''),
      ...regimes.map((r) => rect(r.from, r.to - r.from - 0.0008, COLOURS[r.id] ?? '#8b929c', regime(r.id) + ' from ' + clock(r.ts) + ' ET')),
      ...ticks.map((t) => rect(t.at - 0.001, 0.002, '#e8eaed', 'Preset ' + words(t.id) + ' at ' + clock(t.ts) + ' ET')));
    const last = regimes.slice(-4).map((r) => regime(r.id) + ' from ' + clock(r.ts).slice(0, 5)).join(', ');
    this.said.textContent = regimes.length ? 'Session so far: ' + regimes.length + ' regimes; lately ' + last + '.' : '';
  }
}

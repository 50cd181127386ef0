// SPDX-License-Identifier: Apache-2.0
// The Lab: stylised facts of the running session and coverage over time, as the service computes them
// (every five seconds). Each panel: a chart, its number with band, verdict and sample, a table.

import { PROFILE_IDS, PROFILE_LABELS } from './control-model.js';
import { sparkPath } from './control-live.js';
import { make, svg, write } from './dom.js';
import { PROFILES, clock, count } from './format.js';
import { legendColour, plot } from './plot.js';

const POLL_MS = 5000;
/** The scorecard's verdicts in the Lab's words. */
export const VERDICTS = { in: 'pass', near: 'watch', out: 'fail', far: 'fail', 'n/a': 'small sample' };

const figure = (n) => (Number.isFinite(n) ? String(Number(n.toFixed(Math.abs(n) >= 10 ? 1 : 3))) : '–');

/** "lag 10 s −0.027, band −0.05 to 0.05, n 1,409". Pure. */
export function numberText(one) {
  const band = one.low === null && one.high === null ? '' : one.low === null ? ', at most ' + figure(one.high)
    : one.high === null ? ', at least ' + figure(one.low) : ', band ' + figure(one.low) + ' to ' + figure(one.high);
  return one.label + ' ' + figure(one.value ?? NaN) + band + ', n ' + count(one.n ?? NaN);
}

export class Lab {
  /** @param {{root: HTMLElement, fetchJson: (url: string) => Promise<any>}} options */
  constructor({ root, fetchJson }) {
    this.root = root;
    this.fetchJson = fetchJson;
    this.cards = {};
    this.status = make('span', { class: 'tone-dim', role: 'status' });
    this.grid = make('div', { class: 'lab-grid' });
    root.append(make('header', { class: 'lab-head' }, [make('h2', { text: 'Lab' }),
      make('span', { class: 'tone-dim', text: 'Stylised facts of the running session, measured on the generated tape' }), this.status]), this.grid);
  }

  start() {
    const poll = async () => {
      if (!document.hidden) await this.load();
      setTimeout(poll, POLL_MS);
    };
    poll();
  }

  async load() {
    try {
      const answer = await this.fetchJson('/lab/facts');
      for (const panel of answer.facts.panels) this.writePanel(panel);
      this.writeCoverage(answer.coverage);
      write(this.status, answer.facts.computed ? '● computed ' + clock(answer.facts.computed) + ' ET' : '○ Computing the first facts…');
    } catch (failure) {
      write(this.status, Object.keys(this.cards).length ? '▲ old: ' + failure.message : '▲ ' + failure.message);
    }
  }

  card(id, title) {
    if (this.cards[id]) return this.cards[id];
    const card = { chart: make('div', { class: 'lab-chart' }), legend: make('p', { class: 'lab-legend' }), numbers: make('ul', { class: 'lab-numbers' }),
      table: make('table'), shown: '' };
    const details = make('details', {}, [make('summary', { text: 'Table' }), make('div', { class: 'lab-scroll', tabindex: 0, role: 'group', 'aria-label': title + ', table' }, [card.table])]);
    this.grid.append(make('section', { class: 'lab-card', 'aria-label': title, 'data-panel': id }, [make('h3', { text: title }), card.chart, card.legend, card.numbers, details]));
    this.cards[id] = card;
    return card;
  }

  writePanel(panel) {
    const card = this.card(panel.id, panel.title);
    const key = JSON.stringify(panel);
    if (key === card.shown) return;
    card.shown = key;
    const some = panel.lines.some((l) => l.points.length > 1);
    card.chart.replaceChildren(some ? plot(panel) : make('p', { class: 'tone-dim', text: 'Not enough seen yet.' }));
    card.legend.replaceChildren(...panel.lines.map((line, i) => {
      const mark = make('span', { class: 'mark' });
      mark.style.background = legendColour(panel, i);
      return make('span', {}, [mark, line.label]);
    }), make('span', { class: 'tone-dim', text: panel.x + ' → ' + panel.y }));
    card.numbers.replaceChildren(...panel.numbers.map((one) => make('li', {}, [
      make('strong', { class: 'verdict v-' + (VERDICTS[one.verdict] ?? 'none').replace(' ', '-'), text: VERDICTS[one.verdict] ?? one.verdict }),
      make('span', { text: numberText(one) })])));
    const rows = panel.lines.flatMap((line) => line.points.map(([x, y]) => [line.label, panel.ticks?.[x] ?? figure(x), figure(y)]));
    card.table.replaceChildren(make('thead', {}, [make('tr', {}, ['Series', panel.x, panel.y].map((text) => make('th', { scope: 'col', text })))]),
      make('tbody', {}, rows.map((cells) => make('tr', {}, cells.map((text) => make('td', { text }))))));
  }

  /** Hits against the floor, a line a profile. */
  writeCoverage(coverage) {
    if (!coverage?.bins) return;
    const card = this.card('coverage', 'Coverage, last 30 minutes');
    const key = JSON.stringify(coverage.bins);
    if (key === card.shown) return;
    card.shown = key;
    const floor = Number(coverage.floor) || 0;
    const sums = PROFILE_IDS.map((id) => [id, (coverage.bins[id] ?? []).map(Number)]);
    card.chart.replaceChildren(make('ul', { class: 'lab-coverage' }, sums.map(([id, bins]) => {
      const total = bins.reduce((a, b) => a + b, 0);
      const spark = svg('svg', { width: '100%', height: 18, viewBox: '0 0 180 18', preserveAspectRatio: 'none', class: PROFILES[id].css, 'aria-hidden': 'true' },
        [svg('path', { d: sparkPath(bins, 180, 18), fill: 'currentColor' })]);
      return make('li', {}, [make('span', { text: PROFILE_LABELS[id] }), spark, make('span', { class: 'mono', text: count(total) }),
        make('span', { class: total < floor ? 'tone-warn' : 'tone-dim', text: total < floor ? 'below ' + floor : 'of ' + floor })]);
    })));
    card.legend.replaceChildren(make('span', { class: 'tone-dim', text: 'smart-money events a minute that did not abstain, newest right; floor per window' }));
    card.table.replaceChildren(make('thead', {}, [make('tr', {}, ['Profile', 'Events'].map((text) => make('th', { scope: 'col', text })))]),
      make('tbody', {}, sums.map(([id, bins]) => make('tr', {}, [PROFILE_LABELS[id], count(bins.reduce((a, b) => a + b, 0))].map((text) => make('td', { text }))))));
  }
}

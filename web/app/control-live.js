// SPDX-License-Identifier: Apache-2.0
// The drawer's fourth section, read only: the market as the service tells it, who has applied what,
// and hits per profile with their minutes. Values that may be old are marked and dimmed.

import { PROFILE_IDS, PROFILE_LABELS, changeText, phaseLabel, regimeLabel } from './control-model.js';
import { make, svg, write } from './dom.js';
import { PROFILES, age, clock, count, words } from './format.js';

const SPARK_W = 60;
const SPARK_H = 16;

/** Minutes as bars; no library for sixty pixels. @param {number[]} bins */
export function sparkPath(bins, width = SPARK_W, height = SPARK_H) {
  const top = Math.max(1, ...bins);
  const step = width / Math.max(1, bins.length);
  return bins.map((n, i) => {
    const h = n > 0 ? Math.max(2, (n / top) * height) : 1;
    const x = (i * step).toFixed(1);
    return 'M' + x + ' ' + height + 'v-' + h.toFixed(1) + 'h' + Math.max(0.8, step - 0.8).toFixed(1) + 'v' + h.toFixed(1) + 'z';
  }).join('');
}

export class ControlLive {
  /**
   * @param {import('./control-store.js').ControlStore} store
   * @param {{onTicker: (symbol: string) => void}} options
   */
  constructor(store, { onTicker }) {
    this.store = store;
    this.onTicker = onTicker;
    this.facts = {};
    this.focusShown = '';
    const dl = make('dl', { class: 'sc-facts' }, [
      ['regime', 'Regime'], ['phase', 'Session'], ['focus', 'Focus'], ['backend', 'Backend'], ['seed', 'Seed'],
      ['options', 'Options feed'], ['equities', 'Equities feed'], ['updated', 'Updated'],
    ].map(([id, label]) => {
      this.facts[id] = make('dd', { 'data-fact': id });
      return make('div', {}, [make('dt', { text: label }), this.facts[id]]);
    }));
    this.seed = make('span');
    this.copy = make('button', { type: 'button', class: 'sc-copy', text: 'Copy', 'aria-label': 'Copy seed', hidden: true,
      onclick: () => this.copySeed() });
    this.facts.seed.append(this.seed, this.copy);
    this.hitsTitle = make('h3', { class: 'sc-hits-title' });
    this.hits = Object.fromEntries(PROFILE_IDS.map((id) => [id, this.hitRow(id)]));
    this.list = make('ul', { class: 'sc-hits' }, PROFILE_IDS.map((id) => this.hits[id].node));
    this.changesTitle = make('h3', { class: 'sc-hits-title', text: 'Recent changes', hidden: true });
    this.changes = make('ol', { class: 'sc-changes', hidden: true });
    this.changesShown = '';
    this.node = make('section', { class: 'sc-section sc-live', 'aria-labelledby': 'sc-live-title' },
      [make('h3', { id: 'sc-live-title', class: 'sc-legend', text: 'Live status' }), dl, this.hitsTitle, this.list, this.changesTitle, this.changes]);
  }

  hitRow(id) {
    const number = make('span', { class: 'sc-count' });
    const path = svg('path');
    const spark = svg('svg', { class: 'sc-spark ' + PROFILES[id].css, width: SPARK_W, height: SPARK_H, 'aria-hidden': 'true',
      viewBox: '0 0 ' + SPARK_W + ' ' + SPARK_H }, [path]);
    const fill = make('span', { class: 'sc-fill' });
    const meter = make('span', { class: 'sc-meter', role: 'meter', 'aria-label': PROFILE_LABELS[id] + ' hits',
      'aria-valuemin': 0 }, [fill]);
    const due = make('span', { class: 'sc-due' });
    const node = make('li', { 'data-profile': id },
      [make('span', { class: 'sc-name', text: PROFILE_LABELS[id] }), number, spark, meter, due]);
    return { node, number, path, spark, meter, fill, due };
  }

  async copySeed() {
    try {
      await navigator.clipboard.writeText(this.seed.textContent);
      this.copy.textContent = 'Copied';
    } catch {
      this.copy.textContent = 'Not copied';
    }
    setTimeout(() => { this.copy.textContent = 'Copy'; }, 1500);
  }

  write(now) {
    const { live, view } = this.store;
    this.node.classList.toggle('old', this.store.old);
    const derived = live?.derived;
    const session = live?.session;
    const since = Number(session?.ts) - Number(session?.regime_since);
    write(this.facts.regime, regimeLabel(derived?.regime) + (since >= 0 && derived?.regime ? ' · since ' + age(since) : ''));
    write(this.facts.phase, phaseLabel(derived?.session_phase));
    this.writeFocus(Array.isArray(derived?.focus_symbols) ? derived.focus_symbols.map(String) : []);
    const adapters = live?.adapters;
    write(this.facts.backend, live?.backend_mode ? words(live.backend_mode) +
      (live.backend_mode === 'synthetic' ? '' : ' (' + (adapters?.options ?? '–') + ', ' + (adapters?.equities ?? '–') + ')') : '–');
    write(this.seed, view ? String(view.shared_seed) : '–');
    this.copy.hidden = !view;
    write(this.facts.options, this.applied(live, 'options'));
    write(this.facts.equities, this.applied(live, 'equities'));
    write(this.facts.updated, live ? age(now - this.store.liveAt) + ' ago' + (this.store.old ? ', old' : '') : '–');
    this.writeHits(derived, live?.coverage, view);
    this.writeChanges(live?.recent_changes);
  }

  /** Who changed what, newest first; a service that does not tell leaves it out. */
  writeChanges(records) {
    const list = (Array.isArray(records) ? records : []).filter((r) => r && typeof r === 'object' && Number.isFinite(r.at));
    const key = JSON.stringify(list);
    if (key === this.changesShown) return;
    this.changesShown = key;
    this.changesTitle.hidden = this.changes.hidden = list.length === 0;
    this.changes.replaceChildren(...list.map((r) => make('li', {}, [make('span', { class: 'sc-when', text: clock(r.at) }),
      make('span', { text: changeText(r) }), make('span', { class: 'sc-by', text: String(r.by ?? '') })])));
  }

  applied(live, side) {
    const one = live?.applied?.[side];
    if (!one) return live ? 'no report' : '–';
    const wanted = Number(live.revision);
    const got = Number(one.revision);
    const behind = Number.isFinite(wanted) && got < wanted ? ' of ' + wanted : '';
    const lag = Number.isFinite(one.lag_ms) ? ' · lag ' + count(one.lag_ms) + ' ms' : '';
    const rate = Number.isFinite(one.rate_per_s) ? ' · ' + count(one.rate_per_s) + '/s' : '';
    return 'rev ' + got + behind + lag + rate;
  }

  writeFocus(symbols) {
    const text = symbols.join(' ');
    if (text === this.focusShown) return;
    this.focusShown = text;
    this.facts.focus.replaceChildren(...(symbols.length ? symbols.map((symbol) => make('button', { type: 'button',
      class: 'sc-ticker', text: symbol, 'aria-label': 'Show only ' + symbol, onclick: () => this.onTicker(symbol) })) : ['–']));
  }

  writeHits(derived, coverage, view) {
    const counts = derived?.profile_hit_counts ?? null;
    const minutes = derived?.coverage_window_minutes;
    write(this.hitsTitle, 'Hits' + (Number.isFinite(minutes) ? ', last ' + minutes + ' min' : ''));
    const values = PROFILE_IDS.map((id) => Number(counts?.[id])).filter(Number.isFinite);
    const floor = Number(coverage?.floor);
    const top = Math.max(1, floor || 0, ...values);
    for (const id of PROFILE_IDS) {
      const row = this.hits[id];
      const n = Number(counts?.[id]);
      const known = counts !== null && Number.isFinite(n);
      write(row.number, known ? count(n) : '–');
      const short = known && (Number.isFinite(floor) ? n < floor : n === 0);
      const due = short && Boolean(view?.coverage_assist);
      row.node.classList.toggle('missing', short);
      write(row.due, due ? 'due' : short ? 'none' : '');
      row.fill.style.width = known ? Math.round((n / top) * 100) + '%' : '0';
      row.meter.setAttribute('aria-valuemax', String(top));
      row.meter.setAttribute('aria-valuenow', known ? String(n) : '0');
      row.meter.setAttribute('aria-valuetext', (known ? n + ' hits' : 'not known') +
        (Number.isFinite(floor) ? ', floor ' + floor : '') + (due ? ', due' : ''));
      const bins = Array.isArray(coverage?.bins?.[id]) ? coverage.bins[id].map(Number).filter(Number.isFinite) : [];
      const path = bins.length ? sparkPath(bins) : '';
      if (row.path.getAttribute('d') !== path) row.path.setAttribute('d', path);
    }
  }
}

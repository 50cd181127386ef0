// SPDX-License-Identifier: Apache-2.0
// Polls GET /session and /session/timeline each 5 s (not while the tab is hidden) and writes regime,
// phase, seed and the ribbon. A service without them simply leaves the fields empty.

import { make, write } from './dom.js';
import { age, regime, words } from './format.js';
import { Ribbon } from './ribbon.js';

const POLL_MS = 5000;
const MISSES = 5;

export class Session {
  /** @param {{fetchJson: (url: string) => Promise<any>, root: Document, onFocus: (symbols: string[]) => void}} options */
  constructor({ fetchJson, root, onFocus }) {
    this.fetchJson = fetchJson;
    this.onFocus = onFocus;
    /** @type {any} */ this.state = null;
    this.missed = 0; // answers in a row that did not come
    this.at = (id) => root.getElementById(id);
    this.ribbon = new Ribbon(this.at('timeline'));
  }

  start() {
    const poll = async () => {
      if (!document.hidden) await this.load();
      setTimeout(poll, POLL_MS);
    };
    poll();
  }

  async load() {
    const [state, timeline] = await Promise.all(['/session', '/session/timeline'].map((url) => this.fetchJson(url).catch(() => null)));
    // One late answer empties nothing: the ribbon and the status bar would move.
    if (state && typeof state === 'object') [this.state, this.missed] = [state, 0];
    else if (++this.missed >= MISSES) this.state = null;
    this.write();
    if (timeline || this.missed >= MISSES) this.ribbon.write(timeline);
  }

  write() {
    const s = this.state;
    const put = (id, text) => write(this.at(id), text);
    put('regime', s?.regime ? regime(s.regime) : '');
    put('phase', s?.session_phase ? words(s.session_phase) : '');
    put('since', s?.regime_since ? 'since ' + age(Number(s.ts ?? Date.now()) - s.regime_since) : '');
    put('preset', s?.preset_id ? words(s.preset_id) : '');
    put('seed', s && Number.isFinite(s.shared_seed) ? 'seed ' + s.shared_seed : '');
    const focus = Array.isArray(s?.focus_symbols) ? s.focus_symbols.map(String) : [];
    const list = this.at('focus');
    if (list.dataset.shown !== focus.join(' ')) {
      list.dataset.shown = focus.join(' ');
      list.replaceChildren(...(focus.length ? ['focus ' + focus.slice(0, 4).join(' ')] : []).map((text) => make('span', { text })));
    }
    if (focus.length) this.onFocus(focus);
  }
}

// SPDX-License-Identifier: Apache-2.0
// Polls GET /session each 5 s (not while the tab is hidden) and writes regime, phase and seed. A
// service without it simply leaves the fields empty.

import { age, regime, words } from './format.js';

const POLL_MS = 5000;

export class Session {
  /** @param {{fetchJson: (url: string) => Promise<any>, root: Document, onFocus: (symbols: string[]) => void}} options */
  constructor({ fetchJson, root, onFocus }) {
    this.fetchJson = fetchJson;
    this.onFocus = onFocus;
    /** @type {any} */ this.state = null;
    this.at = (id) => root.getElementById(id);
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
      const state = await this.fetchJson('/session');
      this.state = state && typeof state === 'object' ? state : null;
    } catch {
      this.state = null;
    }
    this.write();
  }

  write() {
    const s = this.state;
    const put = (id, text) => {
      const node = this.at(id);
      if (node.textContent !== text) node.textContent = text;
    };
    put('regime', s?.regime ? regime(s.regime) : '');
    put('phase', s?.session_phase ? words(s.session_phase) : '');
    put('since', s?.regime_since ? 'since ' + age(Number(s.ts ?? Date.now()) - s.regime_since) : '');
    put('preset', s?.preset_id ? words(s.preset_id) : '');
    put('seed', s && Number.isFinite(s.shared_seed) ? 'seed ' + s.shared_seed : '');
    const focus = Array.isArray(s?.focus_symbols) ? s.focus_symbols.map(String) : [];
    put('focus', focus.length ? 'focus ' + focus.slice(0, 4).join(' ') : '');
    const length = Number(s?.session_end) - Number(s?.session_start);
    const part = (Number(s?.ts) - Number(s?.session_start)) / length;
    const bar = this.at('progress');
    bar.hidden = !(length > 0 && part >= 0 && part <= 1);
    if (!bar.hidden) bar.value = part;
    if (focus.length) this.onFocus(focus);
  }
}

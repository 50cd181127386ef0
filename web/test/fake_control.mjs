// SPDX-License-Identifier: Apache-2.0
// A clock that stands still until told, and a service that answers when told: for the drawer's store.

import { ControlStore, CONTROL_URL, STATUS_URL } from '../app/control-store.js';

export const control = (over = {}) => ({
  preset_id: 'balanced_demo', coverage_assist: true, coverage_window_minutes: 20, shared_seed: 11,
  profile_weights: { institutional_directional: 1, retail_whale: 1, event_driven: 1, vol_seller: 1,
    arbitrage: 1, hedge_reactive: 1 },
  updated_at: 1000, updated_by: 'system', ...over,
});

export const status = (over = {}) => ({
  enabled: true, backend_mode: 'synthetic', adapters: { options: 'synthetic', equities: 'synthetic' },
  control: control(),
  derived: { session_phase: 'midday', regime: 'mean_revert', focus_symbols: ['NVDA'],
    profile_hit_counts: {}, coverage_window_minutes: 20 },
  revision: 1, applied: { options: { revision: 1, effective_second: 1 }, equities: { revision: 1, effective_second: 1 } },
  ...over,
});

export const answer = (code, body, etag = null) => ({
  status: code, headers: { get: (name) => (name === 'etag' ? etag : null) },
  text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
});

export class World {
  constructor() {
    this.time = 0;
    this.wallStart = Date.UTC(2026, 10, 20, 19, 0, 0); // 14:00:00 in New York
    this.timers = new Map();
    this.ids = 0;
    this.calls = []; // {at, url, method, body, headers, keepalive, answer(), fail()}
    this.store = new ControlStore({
      fetch: (url, options) => this.fetch(url, options),
      now: () => this.time,
      wall: () => this.wallStart + this.time,
      setTimer: (f, ms) => { this.timers.set(++this.ids, { at: this.time + ms, f }); return this.ids; },
      clearTimer: (id) => this.timers.delete(id),
      onChange: () => { this.changes = (this.changes ?? 0) + 1; },
    });
    this.auto = true; // polls are answered at once with this.status
    this.status = status();
    this.etag = '"1"';
  }

  fetch(url, options = {}) {
    return new Promise((resolve, reject) => {
      const call = { at: this.time, url, method: options.method ?? 'GET', keepalive: options.keepalive,
        body: options.body && JSON.parse(options.body), headers: options.headers ?? {}, open: true,
        answer: (code, body, etag) => { call.open = false; resolve(answer(code, body, etag)); },
        fail: () => { call.open = false; reject(new TypeError('Failed to fetch')); } };
      options.signal?.addEventListener('abort', () => { call.aborted = true; call.fail(); });
      this.calls.push(call);
      if (this.auto && url === STATUS_URL) call.answer(200, this.status, this.etag);
    });
  }

  get puts() {
    return this.calls.filter((c) => c.method === 'PUT');
  }

  get polls() {
    return this.calls.filter((c) => c.url === STATUS_URL);
  }

  async settle() {
    for (let i = 0; i < 30; i++) await null;
    await new Promise((resolve) => setImmediate(resolve));
  }

  async advance(ms) {
    const end = this.time + ms;
    await this.settle();
    for (;;) {
      const [id, next] = [...this.timers].sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0] ?? [];
      if (!next || next.at > end) break;
      this.time = next.at;
      this.timers.delete(id);
      next.f();
      await this.settle();
    }
    this.time = end;
    await this.settle();
  }

  /** A store that has had its first good poll. */
  static async loaded() {
    const world = new World();
    world.store.start();
    await world.settle();
    return world;
  }

  /** Answers the last open PUT as the service does: with what was sent, stamped. */
  async accept(over = {}, etag = '"2"') {
    const put = this.puts.findLast((c) => c.open);
    const saved = { ...put.body, updated_at: this.wallStart + this.time, ...over };
    this.status = status({ control: saved, revision: Number(etag.replaceAll('"', '')) });
    this.etag = etag;
    put.answer(200, { control: saved, derived: this.status.derived }, etag);
    await this.settle();
    return put;
  }
}

export { CONTROL_URL, STATUS_URL };

// SPDX-License-Identifier: Apache-2.0
// The operator plane of the stand-in service: keeps a control, counts requests, and answers late,
// wrong or not at all when a test says so. `onStatus` and `onPut` may answer in its place.

import { performance } from 'node:perf_hooks';

const PROFILES = ['institutional_directional', 'retail_whale', 'event_driven', 'vol_seller', 'arbitrage', 'hedge_reactive'];
const each = (f) => Object.fromEntries(PROFILES.map((id, i) => [id, f(i)]));

export const defaultControl = () => ({ preset_id: 'balanced_demo', coverage_assist: true, coverage_window_minutes: 20,
  shared_seed: 11, profile_weights: each(() => 1), updated_at: 0, updated_by: 'system' });

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class FakeAdmin {
  constructor() {
    this.control = defaultControl();
    this.revision = 1;
    this.appliedRevision = null; // null: the ingest services follow at once
    this.requests = []; // {method, url, at, end, headers, body}
    this.onStatus = null;
    this.onPut = null;
    this.putting = 0;
    this.mostPuts = 0; // ever at the same time
  }

  get puts() {
    return this.requests.filter((r) => r.method === 'PUT');
  }

  get polls() {
    return this.requests.filter((r) => r.url.endsWith('/status'));
  }

  status(over = {}) {
    const now = Date.now();
    const bins = each((i) => Array.from({ length: 20 }, (_, k) => (i === 4 ? 0 : (k * 7 + i * 3) % 5 === 0 ? 1 + (k % 2) : 0)));
    const applied = () => ({ revision: this.appliedRevision ?? this.revision, effective_second: Math.floor(now / 1000),
      lag_ms: 12, rate_per_s: 640, published: 1, gap_s: 0, late_controls: 0, updated_at: now });
    return { enabled: true, backend_mode: 'synthetic', adapters: { options: 'synthetic', equities: 'synthetic' },
      control: this.control,
      derived: { session_phase: 'midday', regime: 'mean_revert', focus_symbols: ['NVDA', 'SPY', 'TSLA'],
        profile_hit_counts: Object.fromEntries(PROFILES.map((id) => [id, bins[id].reduce((a, b) => a + b, 0)])),
        coverage_window_minutes: this.control.coverage_window_minutes },
      revision: this.revision,
      recent_changes: [{ revision: 2, at: now - 60000, by: 'night desk', effective_second: 1, changes: [{ field: 'preset_id', from: 'balanced_demo', to: 'event_day' }, { field: 'profile_weights.retail_whale', from: 1, to: 1.6 }] },
        { revision: 1, at: now - 600000, by: 'system', effective_second: 0, changes: null }],
      session: { ts: now, regime_since: now - 372000 },
      coverage: { floor: 1, bin_ms: 60000, bins }, applied: { options: applied(), equities: applied() }, ...over };
  }

  mixed() {
    return [409, { error: 'synthetic backend unavailable', enabled: false, backend_mode: 'mixed',
      adapters: { options: 'synthetic', equities: 'alpaca' }, control: null, derived: null,
      disabled_reason: 'one adapter is not synthetic' }];
  }

  async serve(request, response) {
    let text = '';
    try {
      for await (const chunk of request) text += chunk;
    } catch {
      return; // the page has gone away
    }
    const record = { method: request.method, url: request.url, at: performance.now(), headers: request.headers,
      body: text ? JSON.parse(text) : null };
    this.requests.push(record);
    const put = request.method === 'PUT';
    if (put) this.mostPuts = Math.max(this.mostPuts, ++this.putting);
    const own = put ? this.onPut : this.onStatus;
    const [status, body, etag] = (await own?.(record)) ?? (put ? this.store(record.body) : [200, this.status()]);
    if (put) this.putting--;
    record.end = performance.now();
    if (status === 0) return response.destroy();
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', etag: etag ?? `"${this.revision}"` });
    return response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  store(body, by = body.updated_by) {
    this.control = { ...body, updated_at: Date.now(), updated_by: by };
    this.revision++;
    return [200, { control: this.control, derived: this.status().derived }];
  }
}

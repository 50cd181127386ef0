// SPDX-License-Identifier: Apache-2.0
// A stand-in for the service behind the page: the files under web/ with the same headers, the few
// GETs the page makes, and /ws with rows made up here. A test can stop and start it on one port, cut
// sockets, hold the feed and drop rows. It proves the page, not the market.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import { FakeAdmin } from './fake_admin.mjs';

const WEB = join(dirname(fileURLToPath(import.meta.url)), '../../web');
const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript',
  '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2' };

/** The policy as the service sends it, read from its source so that both cannot drift apart. */
export const CSP = [...readFileSync(join(WEB, '../src/services/web/web.h'), 'utf8')
  .split('TL_WEB_CSP')[1].matchAll(/"([^"]*)"/g)].map((m) => m[1]).join('');

export const COLUMNS = {
  opt: ['ts', 'sym', 'exp', 'strike', 'right', 'price', 'size', 'bid', 'ask', 'side', 'notional', 'iv',
    'spot', 'ex', 'conds', 'signal', 'trace_id'],
  eq: ['ts', 'sym', 'price', 'size', 'bid', 'ask', 'side', 'ex', 'off', 'trace_id'],
  sm: ['ts', 'sym', 'profile', 'direction', 'probability', 'reasons', 'event_id', 'prints', 'notional', 'abstained'],
  pk: ['ts', 'sym', 'contract', 'span', 'prints', 'size', 'notional', 'buy', 'sell', 'coverage', 'structure', 'legs', 'quality', 'packet_id'],
  al: ['ts', 'sym', 'severity', 'score', 'profile', 'direction', 'reason', 'event_id'],
};
const CHANNELS = Object.keys(COLUMNS);
const each = (value) => Object.fromEntries(CHANNELS.map((c) => [c, value()]));

const SYMBOLS = { SPY: 610.2, NVDA: 289.1, TSLA: 341.5, AAPL: 233.4, QQQ: 527.8, AMD: 162.3 };
const PROFILES = ['institutional_directional', 'retail_whale', 'event_driven', 'vol_seller', 'arbitrage', 'hedge_reactive'];
const REASONS = ['large_parent_event', 'short_dated_otm_attention_flow', 'event_calendar_alignment',
  'sell_side_premium', 'matched_leg_symmetry', 'short_dated_atm_gamma_context'];

/** A small generator with a seed: the same rows in each run. */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

export class FakeService {
  constructor({ port = 0, optPerTick = 6, eqPerTick = 4, syntheticAdmin = false, wsPath = '/ws' } = {}) {
    Object.assign(this, { port, optPerTick, eqPerTick, syntheticAdmin, wsPath });
    this.admin = new FakeAdmin();
    this.rnd = random(7);
    this.count = each(() => 0);
    this.sinceBeat = each(() => 0);
    this.last = each(() => 0);
    this.recent = each(() => []);
    this.holding = false;
    this.requests = [];
    this.prices = { ...SYMBOLS };
    for (let i = 0; i < 120; i++) this.make(Date.now() - (120 - i) * 200, i % 6 === 0);
  }

  async start() {
    this.server = createServer((request, response) => this.serve(request, response));
    this.sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
    this.server.on('upgrade', (request, socket, head) => (request.url === this.wsPath
      ? this.sockets.handleUpgrade(request, socket, head, (ws) => this.opened(ws)) : socket.destroy()));
    await new Promise((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    this.ticker = setInterval(() => this.tick(), 50);
    this.beater = setInterval(() => this.beat(), 1000);
    return this;
  }

  get url() {
    return 'http://127.0.0.1:' + this.port;
  }

  async stop() {
    clearInterval(this.ticker);
    clearInterval(this.beater);
    for (const ws of this.sockets.clients) ws.terminate();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  serve(request, response) {
    const url = new URL(request.url, 'http://x');
    this.requests.push(request.method + ' ' + request.url);
    const json = (status, body) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (this.syntheticAdmin && url.pathname.startsWith('/api/admin/synthetic/')) return this.admin.serve(request, response);
    if (url.pathname === '/config.json')
      return json(200, { synthetic_admin: this.syntheticAdmin, build: 'fake', ws_path: this.wsPath });
    if (url.pathname === '/history/smart-money') return json(200, { data: this.eventRows(url.searchParams), next_before: null });
    if (url.pathname.startsWith('/flow/packets/')) return json(200, { data: this.packet(decodeURIComponent(url.pathname.slice(14))) });
    if (url.pathname === '/option-prints/by-trace') return json(200, { data: url.searchParams.getAll('trace_id').map((id, i) => this.print(id, i)).reverse() });
    if (url.pathname === '/lookup/options-support') return json(200, { packets: [], smart_money: this.recent.sm.length ? [this.event(this.recent.sm.at(-1))] : [], classifier_hits: [], nbbo_by_trace_id: {} });
    if (url.pathname.startsWith('/session/volatility/')) return json(200, this.volatility(url.pathname.slice(20)));
    if (url.pathname.startsWith('/session/candles/')) return json(200, this.mids(url.pathname.slice(17)));
    if (url.pathname === '/session/timeline') return json(200, this.timeline());
    if (url.pathname === '/session') return json(200, this.session());
    if (url.pathname === '/candles/equities') return json(200, { data: this.candles(url.searchParams) });
    const path = url.pathname === '/' || url.pathname === '/lab' ? '/index.html' : url.pathname;
    try {
      const file = readFileSync(join(WEB, normalize(path)));
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/plain',
        'content-security-policy': CSP, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
      return response.end(file);
    } catch {
      return json(404, { error: 'not found' });
    }
  }

  session() {
    const now = Date.now();
    return { ts: now, session_phase: 'midday', regime: 'mean_revert', regime_since: now - 372000,
      session_start: now - 9000000, session_end: now + 14400000, focus_symbols: ['NVDA', 'SPY', 'TSLA'],
      preset_id: 'balanced_demo', shared_seed: 11 };
  }

  volatility(symbol) {
    const iv = Array.from({ length: 150 }, (_, i) => 0.18 + 0.02 * Math.sin(i / 30));
    const rv = (window) => iv.map((_, i) => (i < window - 1 ? null : 0.13 + 0.06 * Math.sin(i / (window / 2))));
    return { underlying_id: symbol, session_start: Date.now() - 9000000, interval_ms: 60000, iv, rv5: rv(5), rv30: rv(30) };
  }

  /** The session's mids up to now; `running` may be told by a test. */
  mids(symbol) {
    const start = Math.floor((Date.now() - 9000000) / 300000) * 300000;
    const rnd = random(5);
    let mid = SYMBOLS[symbol] ?? 100;
    const bars = Array.from({ length: Math.floor((Date.now() - start) / 60000) + 1 }, () => {
      const open = mid;
      mid += (rnd() - 0.5) * mid * 0.001;
      return [open, Math.max(open, mid) + 0.1, Math.min(open, mid) - 0.1, mid];
    });
    const off = (this.prices[symbol] ?? mid) - mid; // they end at the price the prints are at
    for (const bar of bars) for (const i of bar.keys()) bar[i] += off;
    const running = this.running ?? bars.at(-1);
    return { underlying_id: symbol, interval_ms: 60000, source: 'mid', sessions: [{ session_start: start, bars: bars.slice(0, -1), running }] };
  }

  timeline() {
    const { ts, session_start, session_end } = this.session();
    const at = (part) => session_start + Math.round((ts - session_start) * part);
    const regimes = ['trend_up', 'event_ramp', 'arb_calm', 'retail_chase', 'dealer_gamma', 'trend_down', 'mean_revert'];
    return { ts, session_start, session_end, regimes: regimes.map((regime, i) => ({ ts: at(i / 7), regime })),
      presets: [{ ts: session_start, preset_id: 'balanced_demo' }, { ts: at(0.5), preset_id: 'event_day' }] };
  }

  /** The whole event behind a row of the page feed. */
  event(row) {
    const [ts, sym, profile, direction, probability, reasons, eventId, prints, notional, abstained] = row;
    const ids = Array.from({ length: prints }, (_, i) => 'synthetic-options-' + eventId.split(':').pop() + i);
    const packet = 'flowpacket:' + sym + ':' + ts;
    const others = PROFILES.filter((p) => p !== profile).map((p, i) => ({ profile_id: p, probability: 0.3 - i * 0.05, confidence_band: 'low', direction: 'neutral', reasons: [] }));
    return { source_ts: ts, ingest_ts: ts, seq: 1, trace_id: 'smartmoney:' + packet, event_id: eventId, packet_ids: [packet], member_print_ids: ids,
      underlying_id: sym, event_kind: 'single_leg_event', event_window_ms: 500,
      features: { contract_count: 1, print_count: prints, start_ts: ts, end_ts: ts + 45, total_size: 1000, total_notional: notional,
        option_contract_id: sym + '-2026-12-18-290-C', option_type: 'C', dte_days: 21, moneyness: 1.01, net_directional_bias: 1,
        aggressor_buy_ratio: 1, aggressor_sell_ratio: 0, nbbo_coverage_ratio: 1, synthetic_iv_shock: 0.012, days_to_event: null, venue_count: 4, strike_count: 1 },
      profile_scores: [{ profile_id: profile, probability, confidence_band: 'high', direction, reasons }, ...others],
      primary_profile_id: profile, primary_direction: direction, abstained, suppressed_reasons: [] };
  }

  eventRows(query) {
    const before = Number(query.get('before_ts'));
    return this.recent.sm.filter((row) => row[0] < before).reverse().map((row) => this.event(row));
  }

  packet(id) {
    const [, sym, ts] = id.split(':');
    return { id, members: [], features: { option_contract_id: sym + '-2026-12-18-290-C', count: 3, total_size: 1000, total_notional: 410000,
      start_ts: Number(ts), end_ts: Number(ts) + 45, nbbo_aggressive_buy_ratio: 1, nbbo_aggressive_sell_ratio: 0 }, join_quality: {} };
  }

  print(id, i) {
    return { trace_id: id, ts: Date.now() - 5000 + i, seq: i, option_contract_id: 'NVDA-2026-12-18-290-C', price: 4.1, size: 100 + i, exchange: 'CBOE',
      nbbo_side: i % 2 ? 'AA' : 'A', conditions: ['SWEEP'], execution_iv: 0.41 };
  }

  candles(query) {
    const interval = Number(query.get('interval_ms'));
    const end = Math.floor(Date.now() / interval) * interval;
    const rnd = random(3);
    let price = SYMBOLS[query.get('underlying_id')] ?? 100;
    const rows = [];
    for (let i = 90; i > 0; i--) {
      const open = price;
      price += (rnd() - 0.5) * price * 0.0012;
      rows.push({ ts: end - i * interval, interval_ms: interval, open, close: price,
        high: Math.max(open, price) + rnd() * 0.2, low: Math.min(open, price) - rnd() * 0.2,
        volume: Math.round(20000 + rnd() * 60000), trade_count: 100 });
    }
    return rows;
  }

  optionRow(ts) {
    const r = this.rnd;
    const sym = Object.keys(SYMBOLS)[Math.floor(r() * 6)];
    const price = Math.round(r() * r() * 1800) / 100 + 0.05;
    const size = 1 + Math.floor(r() * r() * r() * 900);
    const side = ['AA', 'A', 'A', 'MID', 'B', 'B', 'BB', 'MISSING'][Math.floor(r() * 8)];
    const days = [0, 1, 3, 7, 30, 60][Math.floor(r() * 6)];
    const exp = new Date(ts + days * 86400000 - 14400000).toISOString().slice(0, 10);
    const missing = side === 'MISSING';
    const conds = r() < 0.1 ? ['ISO', 'SWEEP'] : r() < 0.06 ? ['COMPLEX'] : r() < 0.01 ? ['CANCEL'] : ['FILL'];
    return [ts, sym, exp, Math.round(SYMBOLS[sym] / 5) * 5 + Math.round((r() - 0.5) * 8) * 2.5,
      r() < 0.55 ? 'C' : 'P', price, size, missing ? null : Math.max(0.01, price - 0.05),
      missing ? null : price + 0.05, side, Math.round(price * size * 10000) / 100,
      Math.round((0.2 + r() * 0.5) * 1e4) / 1e4, this.prices[sym], ['CBOE', 'PHLX', 'ISE', 'ARCA'][Math.floor(r() * 4)],
      conds, r() < 0.2, 'synthetic-options-' + this.count.opt];
  }

  equityRow(ts) {
    const r = this.rnd;
    const sym = Object.keys(SYMBOLS)[Math.floor(r() * 6)];
    this.prices[sym] = Math.round((this.prices[sym] * (1 + (r() - 0.5) * 0.0001)) * 100) / 100;
    const price = this.prices[sym];
    return [ts, sym, price, 1 + Math.floor(r() * r() * 900), price - 0.01, price + 0.01,
      ['A', 'B', 'MID', 'A', 'B'][Math.floor(r() * 5)], ['NYSE', 'NASDAQ', 'ARCA', 'IEX', 'OTC'][Math.floor(r() * 5)],
      r() < 0.2, 'synthetic-equities-' + this.count.eq];
  }

  eventRow(ts) {
    const r = this.rnd;
    const i = Math.floor(r() * 6);
    const abstained = r() < 0.3;
    return [ts, Object.keys(SYMBOLS)[Math.floor(r() * 6)], abstained ? null : PROFILES[i],
      abstained ? 'unknown' : ['bullish', 'bearish', 'neutral'][Math.floor(r() * 3)],
      Math.round((0.42 + r() * 0.5) * 1e4) / 1e4, [REASONS[i], 'directional_aggressor_mix'],
      'smartmoney:single_leg_event:' + this.count.sm, 1 + Math.floor(r() * 9), Math.round(r() * 900000), abstained];
  }

  /** The packet an event was made of, and the alert made of the event. */
  packetRow([ts, sym, , , , , eventId, prints, notional]) {
    const r = this.rnd;
    const buy = Math.round(r() * 100) / 100;
    const legs = r() < 0.2 ? 2 : 0;
    return [ts, sym, legs ? sym + '-2026-12-18-STRUCT-vertical' : sym + '-2026-12-18-290-C', Math.round(r() * 500), prints, 1 + Math.floor(r() * 900),
      notional, buy, 1 - buy, 1, legs ? 'vertical' : null, legs, r() < 0.1 ? 'stale' : 'fresh', eventId.split(':').slice(2).join(':')];
  }

  alertRow([ts, sym, profile, direction, probability, reasons, eventId]) {
    const score = Math.round(probability * 100);
    return [ts, sym, score >= 80 ? 'high' : score >= 45 ? 'medium' : 'low', score, profile, direction, reasons[0], eventId];
  }

  add(channel, row) {
    this.count[channel]++;
    this.last[channel] = row[0];
    this.recent[channel].push(row);
    if (this.recent[channel].length > 200) this.recent[channel].shift();
    return row;
  }

  make(ts, event) {
    const rows = each(() => []);
    for (let i = 0; i < this.optPerTick; i++) rows.opt.push(this.add('opt', this.optionRow(ts)));
    for (let i = 0; i < this.eqPerTick; i++) rows.eq.push(this.add('eq', this.equityRow(ts)));
    if (event) {
      const row = this.add('sm', this.eventRow(ts));
      rows.sm.push(row);
      rows.pk.push(this.add('pk', this.packetRow(row)));
      if (!row[9]) rows.al.push(this.add('al', this.alertRow(row)));
    }
    return rows;
  }

  opened(ws) {
    ws.send(JSON.stringify({ c: 'hello', columns: COLUMNS }));
    for (const c of CHANNELS)
      ws.send(JSON.stringify({ c, s: this.count[c], n: this.count[c], snapshot: true, d: this.recent[c] }));
  }

  broadcast(message) {
    const text = JSON.stringify(message);
    for (const ws of this.sockets.clients) if (ws.readyState === 1) ws.send(text);
  }

  tick() {
    if (this.holding) return;
    const rows = this.make(Date.now(), this.rnd() < 0.05);
    for (const c of CHANNELS) {
      this.sinceBeat[c] += rows[c].length;
      if (rows[c].length) this.broadcast({ c, s: this.count[c], n: this.count[c], d: rows[c] });
    }
  }

  /** Events by the hundred, with their packets and alerts: what hours would bring. */
  flood(events) {
    for (let made = 0; made < events; made += 100) {
      const rows = each(() => []);
      for (let i = 0; i < 100; i++)
        for (const [c, more] of Object.entries(this.make(Date.now(), true))) if (c !== 'opt' && c !== 'eq') rows[c].push(...more);
      for (const c of CHANNELS) if (rows[c].length) this.broadcast({ c, s: this.count[c], n: this.count[c], d: rows[c] });
    }
  }

  /** Rows that exist but are never sent: what a page that was away has missed. */
  skip(ticks) {
    for (let i = 0; i < ticks; i++) this.make(Date.now(), false);
  }

  beat(extra = {}) {
    const feeds = {};
    for (const c of CHANNELS) {
      feeds[c] = { age_ms: this.last[c] ? Date.now() - this.last[c] : null, rows_per_s: this.sinceBeat[c], dropped: 0, ...extra[c] };
      this.sinceBeat[c] = 0;
    }
    this.broadcast({ c: 'hb', ts: Date.now(), feeds });
  }

  cut() {
    for (const ws of this.sockets.clients) ws.terminate();
  }
}

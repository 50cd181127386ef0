// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Candles, markers } from '../app/candles.js';
import { Feed } from '../app/feed.js';
import { segments } from '../app/ribbon.js';
import { linePath, scaleTop } from '../app/vol-strip.js';
import { EVENT_RUNS, OPTION_RUNS, fitColumns, flagText, heat, optionLabel, pad, reasonText } from '../app/rows.js';

const COLUMNS = ['ts', 'sym', 'exp', 'strike', 'right', 'price', 'size', 'bid', 'ask', 'side', 'notional', 'iv',
  'spot', 'ex', 'conds', 'signal', 'trace_id'];
const ts = Date.UTC(2026, 5, 18, 18, 2, 11, 402);

function option(conds, over = {}) {
  const feed = new Feed('opt');
  feed.hello(COLUMNS);
  const row = { ts, sym: 'SPY', exp: '2026-06-19', strike: 610, right: 'C', price: 4.35, size: 120, bid: 4.3,
    ask: 4.34, side: 'AA', notional: 52200, iv: 0.41, spot: 609.9, ex: 'CBOE', conds, signal: true, trace_id: 'x', ...over };
  feed.frame({ d: [COLUMNS.map((c) => row[c])], n: 1 }, 0);
  return feed.ring;
}

test('flags: a sweep hides its ISO, two are shown, the rest is counted', () => {
  assert.equal(flagText(option(['ISO', 'SWEEP']), 0), 'SWEEP');
  assert.equal(flagText(option(['FILL']), 0), '');
  assert.equal(flagText(option(['COMPLEX', 'SPREAD', 'CROSS', 'LATE'], { exp: '2026-06-18' }), 0), 'LATE ML +2');
  assert.equal(flagText(option(null), 0), '');
});

test('premium heat has the four bins', () => {
  assert.deepEqual([24999, 25000, 99999, 100000, 500000, 1e6, NaN].map(heat), ['', ' h1', ' h1', ' h2', ' h3', ' h4', '']);
});

test('an option row can be read out', () => {
  assert.equal(optionLabel(option(['SWEEP']), 0),
    '14:02:11.402 SPY JUN19 610 call, 120 at 4.35, above ask, premium 52.2K SWEEP');
});

test('columns go in their order as the pane narrows, and some never go', () => {
  const ids = (ch) => [...fitColumns(OPTION_RUNS, ch).kept].map((c) => c.id);
  assert.equal(ids(200).length, 16);
  assert.equal(ids(100).includes('ex'), false);
  assert.deepEqual(ids(10), ['time', 'sym', 'exp', 'strike', 'right', 'price', 'size', 'side', 'prem', 'flags']);
  assert.ok(fitColumns(EVENT_RUNS, 120).spare > 0);
});

test('texts are padded or cut to their column', () => {
  assert.equal(pad('ab', 4, true), 'ab  ');
  assert.equal(pad('ab', 4, false), '  ab');
  assert.equal(pad('abcdef', 4, true), 'abc…');
  assert.equal(reasonText('large_parent_event,directional_aggressor_mix'), 'Large parent event +1');
  assert.equal(reasonText(''), '–');
});

test('prints grow the running candle, the API closes it', () => {
  const candles = new Candles(60000);
  candles.print(60000, 10, 1);
  candles.print(61000, 12, 2);
  candles.print(62000, 9, 3);
  assert.deepEqual(candles.list(), [{ time: 60000, open: 10, high: 12, low: 9, close: 9, volume: 6, closed: false, mid: false }]);
  candles.merge([{ ts: 60000, open: 1, high: 2, low: 0.5, close: 1.5, volume: 99 }, { ts: 'x' }]);
  candles.print(63000, 50, 1);
  assert.equal(candles.list()[0].high, 2);
  for (let i = 0; i < 3000; i++) candles.print(i * 60000, 1, 1);
  assert.equal(candles.list().length, 1000);
});

test('the session of mids fills what no closed candle tells, and gives way to candles', () => {
  const answer = { interval_ms: 60000, sessions: [{ session_start: 60000, bars: [[10, 12, 9, 11], [11, 11.5, 10, 10.5], ['x'], [10.5, 13, 10.5, 12]] }] };
  const candles = new Candles(60000);
  candles.merge([{ ts: 120000, open: 1, high: 2, low: 0.5, close: 1.5, volume: 99 }]);
  candles.since = 241000; // the page came late into this minute
  candles.print(241000, 12.5, 5);
  candles.fill(answer);
  const [first, second, third] = candles.list();
  assert.deepEqual(first, { time: 60000, open: 10, high: 12, low: 9, close: 11, volume: 0, closed: true, mid: true });
  assert.equal(second.close, 1.5);
  assert.deepEqual([third.time, third.open, third.high, third.low, third.close, third.volume, third.mid], [240000, 10.5, 13, 10.5, 12.5, 5, false]);
  candles.changed = candles.reshaped = false;
  candles.fill(answer);
  assert.equal(candles.changed, false, 'the same again changes nothing');
  candles.merge([{ ts: 60000, open: 10, high: 12, low: 9, close: 11, volume: 7 }]);
  assert.equal(candles.list()[0].mid, false);
  for (const bad of [null, {}, { sessions: 3 }, { interval_ms: 1, sessions: [null, { session_start: 1, bars: 3 }] }]) candles.fill(bad);
  assert.equal(candles.list().length, 3);
});

test('a page that came in mid-minute has the running bar from its start, one that saw it all keeps its own', () => {
  const answer = (running) => ({ interval_ms: 60000, sessions: [{ session_start: 60000, bars: [[10, 12, 9, 11]], running }] });
  const candles = new Candles(60000);
  candles.since = 150000;
  candles.fill(answer([11, 14, 10, 13])); // before any print
  assert.deepEqual(candles.list()[1], { time: 120000, open: 11, high: 14, low: 10, close: 13, volume: 0, closed: true, mid: true });
  candles.print(155000, 13.5, 4);
  candles.fill(answer([11, 15, 8, 14]));
  assert.deepEqual(candles.list()[1], { time: 120000, open: 11, high: 15, low: 8, close: 13.5, volume: 4, closed: false, mid: false });
  candles.print(181000, 14.5, 1); // the page has seen all of this minute
  candles.fill({ interval_ms: 60000, sessions: [{ session_start: 180000, bars: [], running: [1, 99, 0, 2] }] });
  assert.deepEqual(candles.list()[2], { time: 180000, open: 14.5, high: 14.5, low: 14.5, close: 14.5, volume: 1, closed: false, mid: false });
});

test('minutes of mids become bars of five, the last one taken anew as it grows', () => {
  const candles = new Candles(300000);
  const minute = (i) => [i, i + 1.5, i - 0.5, i + 1];
  const fill = (...minutes) => candles.fill({ interval_ms: 60000, sessions: [{ session_start: 600000, bars: minutes.map(minute) }] });
  fill(0, 1, 2, 3, 4, 5);
  assert.deepEqual(candles.list().map((c) => [c.time, c.open, c.high, c.low, c.close]), [[600000, 0, 5.5, -0.5, 5], [900000, 5, 6.5, 4.5, 6]]);
  fill(0, 1, 2, 3, 4, 5, 6);
  assert.deepEqual(candles.list()[1].close, 7);
  candles.since = 1000000;
  candles.print(1000000, 20, 3);
  assert.deepEqual(candles.list()[1], { time: 900000, open: 5, high: 20, low: 4.5, close: 20, volume: 3, closed: false, mid: false });
});

test('more than three events in a bar become one marker', () => {
  const event = (ts_, direction) => ({ ts: ts_, direction, badge: 'INST', color: '#fff', id: 'e' + ts_ });
  const few = markers([event(1, 'bullish'), event(2, 'bearish'), event(60001, 'neutral')], 60000);
  assert.deepEqual(few.map((m) => [m.time, m.shape]), [[0, 'arrowUp'], [0, 'arrowDown'], [60000, 'square']]);
  const near = markers([event(1, 'bullish'), event(120001, 'bullish'), event(180001, 'bearish'), event(600001, 'bullish')], 60000);
  assert.deepEqual(near.map((m) => Boolean(m.text)), [true, false, true, true]);
  const many = markers([1, 2, 3, 4].map((n) => event(n, 'bullish')), 60000);
  assert.deepEqual(many.map((m) => m.text), ['4']);
});

test('the ribbon divides the session by its regimes and ends at now', () => {
  const timeline = { ts: 600, session_start: 0, session_end: 1000, presets: [{ ts: 0, preset_id: 'a' }, { ts: 300, preset_id: 'b' }],
    regimes: [{ ts: 0, regime: 'trend_up' }, { ts: 250, regime: 'who_knows' }] };
  const { regimes, ticks, now } = segments(timeline);
  assert.deepEqual(regimes.map((r) => [r.id, r.from, r.to]), [['trend_up', 0, 0.25], ['who_knows', 0.25, 0.6]]);
  assert.deepEqual(ticks.map((t) => [t.id, t.at]), [['b', 0.3]]);
  assert.equal(now, 0.6);
  assert.deepEqual(segments(null), { regimes: [], ticks: [], now: 0 });
  assert.deepEqual(segments({}), { regimes: [], ticks: [], now: 0 });
});

test('a volatility line skips what is not known and its scale holds IV and the slow line', () => {
  assert.equal(linePath([NaN, 0.1, 0.2], 0.2, 4, 40, 24), 'M15.0 12.0L25.0 2.0');
  assert.equal(linePath([0.1, NaN, 0.1], 0.2, 3, 30, 24), 'M5.0 12.0M25.0 12.0');
  assert.equal(linePath([9], 0.2, 1, 10, 24), 'M5.0 2.0', 'a spike is cut at the top');
  assert.ok(Math.abs(scaleTop({ iv: [0.2], rv30: [null, 0.4], rv5: [3] }) - 0.46) < 1e-9);
  assert.equal(scaleTop(null), 0);
});

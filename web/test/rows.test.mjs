// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Candles, markers } from '../app/candles.js';
import { Feed } from '../app/feed.js';
import { segments } from '../app/ribbon.js';
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
  assert.deepEqual(candles.list(), [{ time: 60000, open: 10, high: 12, low: 9, close: 9, volume: 6, closed: false }]);
  candles.merge([{ ts: 60000, open: 1, high: 2, low: 0.5, close: 1.5, volume: 99 }, { ts: 'x' }]);
  candles.print(63000, 50, 1);
  assert.equal(candles.list()[0].high, 2);
  for (let i = 0; i < 3000; i++) candles.print(i * 60000, 1, 1);
  assert.equal(candles.list().length, 1000);
});

test('more than three events in a bar become one marker', () => {
  const event = (ts_, direction) => ({ ts: ts_, direction, badge: 'INST', color: '#fff', id: 'e' + ts_ });
  const few = markers([event(1, 'bullish'), event(2, 'bearish'), event(60001, 'neutral')], 60000);
  assert.deepEqual(few.map((m) => [m.time, m.shape]), [[0, 'arrowUp'], [0, 'arrowDown'], [60000, 'square']]);
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

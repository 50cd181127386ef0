// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contractText, facts, printRow, scores, summary } from '../app/evidence-model.js';
import { Feed } from '../app/feed.js';
import { Filters } from '../app/filters.js';

const OPT = ['ts', 'sym', 'exp', 'strike', 'right', 'side', 'notional', 'signal', 'trace_id'];
const SM = ['ts', 'sym', 'notional', 'abstained', 'event_id'];

function feed(name, columns, rows) {
  const one = new Feed(name, 64);
  one.hello(columns);
  one.frame({ c: name, n: rows.length, d: rows }, 0);
  return one;
}
const passed = (one, filters) => {
  one.view.filter(filters.accept(one.name, one.ring));
  return Array.from({ length: one.view.next }, (_, i) => one.view.at(i));
};
const options = () => feed('opt', OPT, [
  [1, 'SPY', '2026-06-19', 610, 'C', 'A', 120000, true, 'a'],
  [2, 'SPY', '2026-06-19', 610, 'P', 'B', 900, false, 'b'],
  [3, 'NVDA', '2026-06-19', 290, 'C', 'AA', 30000, true, 'c'],
  [4, 'NVDA', '2026-07-17', 290, 'C', 'MISSING', 500000, false, 'd'],
]);

test('no filter lets everything through, but abstained events never show', () => {
  assert.equal(new Filters().accept('opt', options().ring), null);
  assert.equal(new Filters().active, false);
  assert.deepEqual(passed(options(), new Filters()), [0, 1, 2, 3]);
  const events = feed('sm', SM, [[1, 'SPY', 5, true, 'x'], [2, 'SPY', 5, false, 'y']]);
  assert.deepEqual(passed(events, new Filters()), [1]);
});

test('each filter takes its rows away, and together they take all of them', () => {
  const f = new Filters();
  f.setTickers('nvda, spy;x !!');
  assert.deepEqual(f.tickers, ['NVDA']);
  f.setTickers('nvda spy');
  assert.deepEqual(f.tickers, ['NVDA', 'SPY']);
  f.premium = 25000;
  assert.deepEqual(passed(options(), f), [0, 2, 3]);
  f.toggle('sides', 'A');
  f.toggle('sides', 'AA');
  assert.deepEqual(passed(options(), f), [0, 2]);
  f.view = 'signal';
  f.toggle('types', 'P');
  assert.deepEqual(passed(options(), f), []);
  f.toggle('types', 'P');
  assert.deepEqual(passed(options(), f), [0, 2]);
});

test('a view is one kind of option print at a time', () => {
  const day = 86400000;
  const at = Date.parse('2026-06-19T15:00:00Z');
  const rows = feed('opt', ['ts', 'exp', 'conds', 'signal', 'trace_id'], [
    [at, '2026-06-19', ['FILL'], false, 'a'], [at, '2026-07-17', ['ISO', 'SWEEP'], true, 'b'], [at - day, '2026-06-19', ['ISO'], true, 'c']]);
  const seen = (view) => passed(rows, Object.assign(new Filters(), { view }));
  assert.deepEqual([seen('all'), seen('signal'), seen('sweeps'), seen('today')], [[0, 1, 2], [1, 2], [1], [0]]);
  const f = Object.assign(new Filters(), { view: 'sweeps' });
  assert.deepEqual(f.chips().map((c) => c.text), ['sweeps']);
  f.chips()[0].remove();
  assert.equal(f.active, false);
});

test('packets are filtered by symbol and premium, alerts by symbol', () => {
  const f = Object.assign(new Filters(), { premium: 100 });
  f.setTickers('SPY');
  const packets = feed('pk', ['ts', 'sym', 'notional', 'packet_id'], [[1, 'SPY', 99, 'a'], [2, 'SPY', 100, 'b'], [3, 'QQQ', 900, 'c']]);
  assert.deepEqual(passed(packets, f), [1]);
  assert.deepEqual(passed(feed('al', ['ts', 'sym', 'event_id'], [[1, 'SPY', 'a'], [2, 'QQQ', 'b']]), f), [0]);
  assert.equal(f.sentence('alerts', 'al'), 'No alerts match SPY.');
});

test('a contract is one contract; the other feeds follow its symbol', () => {
  const f = new Filters();
  f.contract = { sym: 'NVDA', exp: '2026-06-19', strike: 290, right: 'C' };
  assert.deepEqual(passed(options(), f), [2]);
  const events = feed('sm', SM, [[1, 'SPY', 5, false, 'x'], [2, 'NVDA', 5, false, 'y']]);
  assert.deepEqual(passed(events, f), [1]);
  assert.equal(f.chips()[0].text, 'NVDA JUN19 290C');
});

test('every active filter has a chip that removes it, and the empty pane names them', () => {
  const f = new Filters();
  f.setTickers('SPY');
  f.toggle('sides', 'A');
  f.premium = 100000;
  assert.equal(f.sentence('prints', 'opt'), 'No prints match SPY, ask side, ≥ $100k.');
  assert.equal(f.sentence('prints', 'eq'), 'No prints match SPY.');
  assert.equal(f.sentence('events', 'sm'), 'No events match SPY, ≥ $100k.');
  while (f.active) f.chips()[0].remove();
  assert.deepEqual([f.tickers, f.sides, f.premium], [[], [], 0]);
});

const event = { underlying_id: 'NVDA', event_kind: 'single_leg_event', primary_profile_id: 'retail_whale', primary_direction: 'bullish',
  features: { option_contract_id: 'NVDA-2026-06-19-290-C', print_count: 1, total_size: 1000, total_notional: 410000, start_ts: 10, end_ts: 55,
    dte_days: null, moneyness: 1.0034, net_directional_bias: 1, synthetic_iv_shock: 0.02, same_size_leg_symmetry: 0 },
  profile_scores: [{ profile_id: 'retail_whale', probability: 0.61, confidence_band: 'medium', direction: 'bullish', reasons: ['buyers_outnumber_sellers'] },
    { profile_id: 'arbitrage', probability: 0.1, confidence_band: 'low', direction: 'neutral', reasons: [] }] };

test('evidence reads as words, and what is null is left out', () => {
  assert.equal(summary(event), 'NVDA JUN19 290C · Single leg · 1 print · 1,000 contracts · $410K premium · over 45 ms');
  assert.deepEqual(facts(event).map((f) => f.label + ' ' + f.text), ['Net bias +1.00', 'Moneyness 1.003', 'IV move 2.0 pts']);
  assert.deepEqual(scores(event)[0], { id: 'retail_whale', name: 'Retail whale', css: 'p-retail', probability: 0.61, band: 'Medium',
    direction: '▲ Bullish', primary: true, reasons: ['Buyers outnumber sellers'] });
  assert.equal(contractText('NVDA-2026-06-19-STRUCT-straddle'), 'NVDA JUN19 straddle');
  assert.equal(contractText('BRK.B-2026-06-19-412.5-P'), 'BRK.B JUN19 412.5P');
  assert.equal(contractText('A-B-2026-06-19-5-C'), 'A-B JUN19 5C');
  assert.equal(contractText(undefined), '–');
});

test('an empty event or print does not break the evidence', () => {
  assert.deepEqual(scores({}), []);
  assert.deepEqual(facts({}), []);
  assert.match(summary({ underlying_id: 'SPY' }), /^SPY/);
  assert.equal(printRow({ ts: 0 }).side, '–');
});

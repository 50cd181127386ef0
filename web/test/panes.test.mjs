// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outlook } from '../app/control-model.js';
import { Feed } from '../app/feed.js';
import { ALERT_RUNS, alertLabel, packetLabel, packetRuns } from '../app/rows.js';
import { COLUMNS } from '../app/schema.js';
import { Session } from '../app/session.js';
import { bounded, moved } from '../app/splitters.js';
import { feedState, pausedState } from '../app/state.js';
import { heldRows, nextOrder, ordered } from '../app/tape-head.js';

function feed(name, row) {
  const one = new Feed(name, 16);
  one.hello(Object.keys(row));
  one.frame({ d: [Object.values(row)], n: 1 }, 0);
  return one;
}
const texts = (runs, ring) => Object.fromEntries(runs.flatMap((run) => run.columns).map((c) => [c.id, c.text(ring, 0)]));

test('rows sort by a key, what is not known last either way, equals by arrival', () => {
  const keys = { 9: 2, 8: NaN, 7: 5, 6: 2 };
  const key = (seq) => keys[seq];
  assert.deepEqual(ordered([9, 8, 7, 6], key, true), [7, 9, 6, 8]);
  assert.deepEqual(ordered([9, 8, 7, 6], key, false), [9, 6, 7, 8]);
  const names = { 1: 'b', 2: '', 3: 'a' };
  assert.deepEqual(ordered([1, 2, 3], (seq) => names[seq], false), [3, 1, 2]);
});

test('a head goes through largest, smallest and arrival; words begin with A', () => {
  const first = nextOrder(null, 'size', true);
  assert.deepEqual(first, { id: 'size', down: true });
  const second = nextOrder(first, 'size', true);
  assert.deepEqual(second, { id: 'size', down: false });
  assert.equal(nextOrder(second, 'size', true), null);
  assert.deepEqual(nextOrder(first, 'sym', false), { id: 'sym', down: false });
});

test('rows held are those of the view from a place down, without gap markers', () => {
  const one = new Feed('al', 8);
  one.hello(Object.keys(COLUMNS.al));
  const add = (n) => one.frame({ d: [[n, 'SPY', 'low', n, null, 'bullish', 'x', 'e' + n]], n }, 0);
  for (let n = 1; n <= 6; n++) add(n);
  one.view.add(one.ring.pushGap(6, 7, 3));
  add(8);
  assert.deepEqual(heldRows(one.view, one.ring, 7).map((seq) => one.ring.number('score', seq)), [8, 6, 5, 4, 3, 2, 1]);
  assert.deepEqual(heldRows(one.view, one.ring, 2).map((seq) => one.ring.number('score', seq)), [3, 2, 1]);
});

test('a splitter moves by arrows within its bounds, whichever edge it counts from', () => {
  const left = { orientation: 'vertical', from: 'start', min: 35, max: 75 };
  const low = { orientation: 'horizontal', from: 'end', min: 10, max: 60 };
  assert.equal(moved(left, 62, 'ArrowRight', false), 64);
  assert.equal(moved(left, 74, 'ArrowRight', true), 75);
  assert.ok(Number.isNaN(moved(left, 62, 'ArrowUp', false)));
  assert.equal(moved(low, 20, 'ArrowUp', false), 22, 'the edge goes up: the pane below it grows');
  assert.equal(moved(low, 11, 'ArrowDown', true), 10);
  assert.deepEqual([moved(left, 62, 'Home'), moved(left, 62, 'End'), moved(low, 20, 'Home'), moved(low, 20, 'End')], [35, 75, 60, 10]);
  assert.equal(bounded(left, 61.234), 61.2);
  assert.ok(Number.isNaN(bounded(left, parseFloat('none'))));
});

test('a packet reads as a row; its profile is that of the event made of it', () => {
  const { ring } = feed('pk', { ts: 0, sym: 'NVDA', contract: 'NVDA-2026-06-19-STRUCT-vertical', span: 45, prints: 4, size: 1200, notional: 410000, buy: 0.755,
    sell: 0.245, coverage: 1, structure: 'vertical', legs: 2, quality: 'fresh', packet_id: 'p' });
  const shown = texts(packetRuns((id) => (id === 'p' ? 'vol_seller' : null)), ring);
  assert.deepEqual([shown.contract, shown.span, shown.size, shown.prem, shown.sides, shown.cover, shown.structure, shown.quality, shown.profile],
    ['NVDA JUN19 vertical', '45', '1,200', '410K', '76/25', '100', 'Vertical 2', 'fresh', 'VOL']);
  assert.equal(texts(packetRuns(() => null), ring).profile, '–');
  assert.match(packetLabel(ring, 0), /NVDA JUN19 vertical, 4 prints, 1,200 contracts, premium 410K, 76 percent bought/);
});

test('an alert reads as a row, severity in words, unknown ones as they are', () => {
  const row = { ts: 0, sym: 'SPY', severity: 'high', score: 88, profile: 'arbitrage', direction: 'bearish', reason: 'matched_leg_symmetry', event_id: 'e' };
  const shown = texts(ALERT_RUNS, feed('al', row).ring);
  assert.deepEqual([shown.sym, shown.severity, shown.score, shown.profile, shown.dir, shown.why], ['SPY', 'High', '88', 'ARB', '▼ Bearish', 'Matched leg symmetry']);
  assert.equal(texts(ALERT_RUNS, feed('al', { ...row, severity: 'odd' }).ring).severity, 'Odd');
  assert.match(alertLabel(feed('al', row).ring, 0), /SPY, High severity, score 88, Arbitrage, bearish, Matched leg symmetry/);
});

test('rows that are on screen before the first heartbeat are not denied', () => {
  const link = { phase: 'open', attempt: 1, retryAt: 0 };
  assert.equal(feedState(link, feed('eq', { ts: 1, sym: 'SPY', trace_id: 'a' }), 10, 5000).text, 'Live');
  assert.equal(feedState(link, new Feed('eq', 16), 10, 5000).text, 'Live, no rows yet');
});

test('a paused tape tells what waits, and what of it the ring has lost', () => {
  assert.equal(pausedState(1284, 5000).text, 'Paused · +1,284 queued');
  assert.equal(pausedState(5003, 5000).text, 'Paused · +5,000 queued, oldest queued rows dropped: 3');
});

test('the drawer says what to expect of a preset, and when', () => {
  const live = (regime) => ({ derived: { regime }, session: { ts: 1e9, regime_since: 1e9 - 372000 } });
  assert.equal(outlook(live('trend_up'), 'balanced_demo'), 'Now Trending up, since 6 min.');
  assert.equal(outlook(live('dealer_gamma'), 'dealer_day'), 'Now Dealer gamma, since 6 min, the preset\'s own.');
  assert.equal(outlook(live('trend_up'), 'dealer_day'),
    'Now Trending up, since 6 min. Within 90 s of the choice, then every ten minutes or so, one is drawn: mostly Dealer gamma.');
  assert.match(outlook(live('trend_up'), 'quiet_range'), /mostly Mean reverting or Arbitrage calm\.$/);
  assert.equal(outlook({ derived: { regime: 'trend_up' } }, 'lunar_new_year'), 'Now Trending up.');
  assert.equal(outlook({ derived: null }, 'dealer_day'), '');
  assert.equal(outlook(null, 'dealer_day'), '');
});

test('answers that fail four times in a row empty neither the words nor the ribbon; the fifth does', async () => {
  const places = {};
  const at = (id) => (places[id] ??= { textContent: '', dataset: {}, replaceChildren() {} });
  let works = true;
  const answers = { '/session': { ts: 9000, regime: 'mean_revert', regime_since: 3000, session_phase: 'lunch', preset_id: 'event_day' },
    '/session/timeline': { ts: 9000, regimes: [] } };
  const ribbon = { shown: null, write(timeline) { this.shown = timeline; } };
  const session = Object.assign(Object.create(Session.prototype), { state: null, missed: 0, at, ribbon, onFocus() {},
    fetchJson: async (url) => (works ? answers[url] : Promise.reject(new Error('late'))) });
  await session.load();
  const words = () => ['regime', 'phase', 'since', 'preset'].map((id) => places[id].textContent);
  const before = words();
  assert.ok(before.every((text) => text !== ''), before.join());
  works = false;
  for (let miss = 1; miss < 5; miss++) {
    await session.load();
    assert.deepEqual(words(), before, `after ${miss}`);
    assert.equal(ribbon.shown, answers['/session/timeline'], `after ${miss}`);
  }
  await session.load();
  assert.deepEqual(words(), ['', '', '', '']);
  assert.equal(ribbon.shown, null);
  works = true;
  await session.load();
  assert.deepEqual(words(), before);
  assert.equal(ribbon.shown, answers['/session/timeline']);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Feed } from '../app/feed.js';
import { Reader, Ring, View, Words } from '../app/ring.js';
import { feedState, gapText, linkState } from '../app/state.js';

const COLUMNS = ['sym', 'ts', 'price', 'size', 'side', 'ex', 'off', 'trace_id', 'bid', 'ask', 'new_column'];
const row = (n, sym = 'SPY') => [sym, 1000 + n, 10 + n, n, 'A', 'NYSE', n % 2 === 1, 't' + n, 1, 2, 'x'];
const open = { phase: 'open', attempt: 1, retryAt: 0 };

function feed(capacity) {
  const one = new Feed('eq', capacity);
  one.hello(COLUMNS);
  return one;
}

test('columns are read by name, whatever their order, and missing ones are empty', () => {
  const one = feed();
  one.frame({ d: [row(1)], n: 1 }, 0);
  assert.equal(one.ring.word('sym', 0), 'SPY');
  assert.equal(one.ring.number('price', 0), 11);
  assert.equal(one.ring.isTrue('off', 0), true);
  const bare = new Feed('eq');
  bare.hello(['ts', 'sym']);
  bare.frame({ d: [[5, 'A']], n: 1 }, 0);
  assert.equal(bare.ring.word('side', 0), '');
});

test('the ring keeps the newest rows and names them by sequence number', () => {
  const one = feed(8);
  for (let i = 0; i < 20; i++) one.frame({ d: [row(i)], n: i + 1 }, 0);
  assert.equal(one.ring.first, 12);
  assert.equal(one.ring.has(11), false);
  assert.equal(one.ring.number('size', 19), 19);
  assert.equal(one.view.at(11), -1);
  assert.equal(one.view.at(19), 19);
});

test('words are bounded: beyond the limit they read as an ellipsis', () => {
  const words = new Words(4);
  const ids = ['a', 'b', 'c', 'a', null].map((w) => words.id(w));
  assert.deepEqual(ids.map((id) => words.word(id)), ['a', 'b', '…', 'a', '']);
  assert.equal(words.list.length, 4);
});

test('a filtered view holds the rows that pass, old ones too', () => {
  const one = feed(16);
  for (let i = 0; i < 10; i++) one.frame({ d: [row(i, i % 2 ? 'SPY' : 'QQQ')], n: i + 1 }, 0);
  one.view.filter((seq) => one.ring.word('sym', seq) === 'QQQ');
  assert.equal(one.view.next, 5);
  one.frame({ d: [row(10, 'QQQ'), row(11, 'SPY')], n: 12 }, 0);
  assert.equal(one.view.next, 6);
  assert.equal(one.view.at(5), 10);
});

test('after a reconnect known rows are left out and the gap is told', () => {
  const one = feed();
  one.frame({ snapshot: true, d: [row(1), row(2), row(3)], n: 3 }, 0);
  one.hello(COLUMNS);
  one.frame({ snapshot: true, d: [row(3), row(9), row(10)], n: 10 }, 0);
  assert.equal(one.received, 5);
  assert.equal(one.ring.isGap(3), true);
  assert.equal(one.ring.number('gapRows', 3), 5); // 4, 5, 6, 7, 8
  assert.equal(one.ring.number('size', 4), 9);
});

test('a snapshot that closes the hole leaves no marker', () => {
  const one = feed();
  one.frame({ snapshot: true, d: [row(1), row(2)], n: 2 }, 0);
  one.hello(COLUMNS);
  one.frame({ snapshot: true, d: [row(1), row(2), row(3)], n: 3 }, 0);
  assert.equal(one.ring.next, 3);
});

test('a service that counts from the start again is a gap of unknown size', () => {
  const one = feed();
  one.frame({ snapshot: true, d: [row(1), row(2)], n: 500 }, 0);
  one.hello(COLUMNS);
  one.frame({ snapshot: true, d: [row(60)], n: 1 }, 0);
  assert.equal(one.ring.number('gapRows', 2), -1);
  assert.match(gapText(0, 0, -1), /restarted/);
  assert.match(gapText(1000, 7000, 412), /412 rows not shown/);
});

test('malformed frames change nothing', () => {
  const one = feed();
  for (const message of [{}, { d: null }, { d: 'x' }, { d: [null, 3, 'x'] }, { d: {} }]) one.frame(message, 0);
  assert.equal(one.ring.next, 0);
  new Feed('eq').frame({ d: [row(1)] }, 0); // before any hello
});

test('server drops are added up for ten seconds', () => {
  const one = feed();
  one.frame({ d: [], drop: 40 }, 1000);
  one.heartbeat({ age_ms: 1, rows_per_s: 3, dropped: 60, drop: 20 }, 5000);
  assert.equal(one.dropNotice, 60);
  one.frame({ d: [], drop: 5 }, 30000);
  assert.equal(one.dropNotice, 5);
});

test('a feed is live, quiet, stale or without heartbeat, in words', () => {
  const one = feed();
  assert.equal(feedState(open, one, 0, 5000).id, 'quiet');
  one.heartbeat({ age_ms: 100, rows_per_s: 412, dropped: 0 }, 1000);
  assert.equal(feedState(open, one, 1500, 5000).text, 'Live · 412/s');
  one.heartbeat({ age_ms: 8000, rows_per_s: 0, dropped: 0 }, 2000);
  assert.equal(feedState(open, one, 2000, 5000).text, 'Stale 8 s');
  assert.equal(feedState(open, one, 2000, 5000, true).id, 'quiet');
  assert.match(feedState(open, one, 9000, 5000).text, /No heartbeat 7 s/);
  const waiting = { phase: 'waiting', attempt: 4, retryAt: 12500 };
  assert.equal(linkState(waiting, 10000).text, 'Reconnecting in 3 s (try 4)');
  assert.equal(feedState(waiting, one, 10000, 5000).id, 'reconnecting');
  assert.equal(linkState({ phase: 'connecting', attempt: 5 }, 10000).text, 'Reconnecting (try 4)', 'the try that was announced');
  assert.equal(linkState({ phase: 'connecting', attempt: 1 }, 0).id, 'connecting');
});

test('a view over an empty ring is empty', () => {
  const ring = new Ring(4, { ts: 'number' });
  const view = new View(ring);
  assert.equal(view.at(0), -1);
  assert.equal(view.at(-1), -1);
  assert.deepEqual(new Reader({ ts: 'number' }, []).names, []);
});

// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Link } from '../app/link.js';

/** A link over a clock that the test moves and sockets that it holds. */
function bench() {
  const b = { now: 0, timers: [], sockets: [], messages: [] };
  b.link = new Link({
    url: 'ws://x/ws',
    open: () => { const s = { closed: false, close() { s.closed = true; } }; b.sockets.push(s); return s; },
    now: () => b.now,
    random: () => 0.5,
    setTimer: (f, ms) => { const t = { f, at: b.now + ms }; b.timers.push(t); return t; },
    clearTimer: (t) => { b.timers = b.timers.filter((o) => o !== t); },
    onMessage: (m) => b.messages.push(m),
    onChange: () => {},
  });
  b.run = (ms) => {
    const end = b.now + ms;
    for (;;) {
      const due = b.timers.filter((t) => t.at <= end).sort((x, y) => x.at - y.at)[0];
      if (!due) break;
      b.now = due.at;
      b.timers = b.timers.filter((t) => t !== due);
      due.f();
    }
    b.now = end;
  };
  b.last = () => b.sockets[b.sockets.length - 1];
  return b;
}

test('lost sockets are tried again after 1, 2, 4, 8, 10, 10 s', () => {
  const b = bench();
  b.link.start();
  const delays = [];
  for (let i = 0; i < 6; i++) {
    b.last().onclose();
    delays.push(b.link.retryAt - b.now);
    b.run(delays[i]);
  }
  assert.deepEqual(delays, [1000, 2000, 4000, 8000, 10000, 10000]);
  assert.equal(b.sockets.length, 7);
});

test('only a service that says hello resets the back-off', () => {
  const b = bench();
  b.link.start();
  b.last().onclose();
  b.run(1000);
  b.last().onopen();
  b.last().onclose();
  assert.equal(b.link.retryAt - b.now, 2000);
  b.run(2000);
  b.last().onopen();
  b.last().onmessage({ data: '{"c":"hello"}' });
  b.last().onclose();
  assert.equal(b.link.retryAt - b.now, 1000);
});

test('a socket that says nothing for 8 s is given up', () => {
  const b = bench();
  b.link.start();
  b.last().onopen();
  b.run(6000);
  b.last().onmessage({ data: '{"c":"hb"}' });
  b.run(7000);
  assert.equal(b.link.phase, 'open');
  b.run(4000);
  assert.equal(b.sockets[0].closed, true);
  assert.equal(b.sockets.length >= 1 && b.link.phase !== 'open', true);
});

test('a frame that is no JSON object is counted and skipped', () => {
  const b = bench();
  b.link.start();
  b.last().onopen();
  for (const data of ['', '{', '3', 'null', '"x"']) b.last().onmessage({ data });
  assert.equal(b.link.badFrames, 5);
  assert.equal(b.messages.length, 0);
});

test('retry now does not wait, and events of an old socket are ignored', () => {
  const b = bench();
  b.link.start();
  const old = b.last();
  old.onclose();
  b.link.retryNow();
  assert.equal(b.sockets.length, 2);
  old.onclose();
  old.onmessage({ data: '{"c":"opt"}' });
  assert.equal(b.link.phase, 'connecting');
  assert.equal(b.messages.length, 0);
});

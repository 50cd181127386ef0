// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkPath } from '../app/control-live.js';
import { VERDICTS, numberText } from '../app/lab.js';
import { extent, ticksOf } from '../app/plot.js';

test('ticks are round and inside the range, in both kinds of axis', () => {
  assert.deepEqual(ticksOf(0, 1, false), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  assert.deepEqual(ticksOf(-0.05, 0.05, false).map((t) => Math.round(t * 1e6) / 1e6), [-0.04, -0.02, 0, 0.02, 0.04]);
  assert.deepEqual(ticksOf(0.001, 1, true), [0.001, 0.01, 0.1, 1]);
  assert.deepEqual(ticksOf(2, 5, true), [2, 5]);
  assert.deepEqual(ticksOf(3, 3, false), [3]);
});

test('a panel without points has no extent; bars stand on zero; a band counts', () => {
  assert.equal(extent({ lines: [{ style: 'line', points: [] }] }), null);
  const bars = extent({ lines: [{ style: 'bars', points: [[1, 4], [2, 8]] }], log_y: false });
  assert.equal(bars.y[0], 0);
  assert.ok(bars.x[0] < 1 && bars.x[1] > 2);
  const band = extent({ lines: [{ style: 'line', points: [[1, 0]] }], band: [[1, -3, 5]], log_y: false });
  assert.ok(band.y[0] <= -3 && band.y[1] >= 5);
});

test('a number says its band, its sample and a word', () => {
  assert.equal(numberText({ label: 'lag 10 s', value: -0.0266, low: -0.05, high: 0.05, n: 1409 }), 'lag 10 s -0.027, band -0.05 to 0.05, n 1,409');
  assert.equal(numberText({ label: 'x', value: null, low: null, high: 2, n: null }), 'x –, at most 2, n –');
  assert.deepEqual(Object.values(VERDICTS), ['pass', 'watch', 'fail', 'fail', 'small sample']);
});

test('a spark has a bar a minute, the largest as high as the place', () => {
  const path = sparkPath([0, 1, 4], 60, 16);
  assert.equal(path.match(/M/g).length, 3);
  assert.match(path, /v-16\.0/);
});

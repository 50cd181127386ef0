// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { band, computed, number, source, table, tally, wordOf } from '../app/lab_text.js';

test('numbers have three digits, thousands apart, a true minus, and a dash where there is none', () => {
  assert.deepEqual([0.123456, -0.05, 0, 2, 21793.2, 1234567, null, NaN, 0.00001234].map(number),
    ['0.123', '−0.05', '0', '2', '21,793', '1,234,567', '–', '–', '1.2e−5']);
});

test('bands are words, open ends too', () => {
  assert.equal(band({ low: -0.05, high: 0.05 }), '−0.05 to 0.05');
  assert.equal(band({ low: null, high: 1 }), 'to 1');
  assert.equal(band({ low: 3, high: null }), 'from 3');
  assert.equal(band({ low: 6, high: 6 }), '6');
  assert.equal(band({ low: null, high: null }), '–');
});

test('a number measured on too little says so instead of its word', () => {
  const one = { value: 1, n: 10, n_min: 20, word: 'watch' };
  assert.equal(wordOf(one), '▲ too few');
  assert.equal(wordOf({ ...one, n: 20, word: 'fail' }), '✕ fail');
  assert.equal(wordOf({ ...one, value: null }), '▲ nothing yet');
});

test('a picture has a table with the same values and the names of its categories', () => {
  const set = { x_axis: { label: 'lag' }, categories: null, x: [1, 2], series: [{ label: 'a', y: [0.5, null] }, { label: 'b', y: [1, 2] }] };
  assert.deepEqual(table(set), { head: ['lag', 'a', 'b'], rows: [['1', '0.5', '1'], ['2', '–', '2']] });
  assert.deepEqual(table({ ...set, categories: ['bid', 'ask'] }).rows.map((row) => row[0]), ['bid', 'ask']);
});

test('the header counts words; times are New York\'s; nothing is said of a past that is not there', () => {
  assert.equal(tally([{ word: 'pass' }, { word: 'fail' }, { word: 'pass' }]), '2 pass · 0 watch · 1 fail');
  assert.equal(computed(Date.UTC(2026, 10, 20, 19, 2, 0)), 'Computed 14:02:00');
  assert.equal(source({ recomputed_until: 0 }), '');
  assert.match(source({ recomputed_until: Date.UTC(2026, 10, 20, 19, 2, 0) }), /before 14:02:00 were recomputed/);
});

test('what is bundled is what its sums say', () => {
  const folder = new URL('../', import.meta.url);
  const lines = readFileSync(new URL('vendor/SHA256SUMS', folder), 'utf8').trim().split('\n');
  assert.ok(lines.some((line) => line.endsWith('uPlot.iife.min.js')));
  for (const line of lines) {
    const [sum, name] = line.split('  ');
    assert.equal(createHash('sha256').update(readFileSync(new URL(name, folder))).digest('hex'), sum, name);
  }
});

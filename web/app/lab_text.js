// SPDX-License-Identifier: Apache-2.0
// The Lab's words and tables. Without DOM. Nothing is computed from the values here: they are shown.

import { clock } from './format.js';

export const WORDS = { pass: '● pass', watch: '▲ watch', fail: '✕ fail' };

/** Three significant digits, thousands apart. @param {number|null} value */
export function number(value) {
  if (value === null || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ',');
  if (size > 0 && size < 1e-4) return value.toExponential(1).replace('-', '−').replace('e−', 'e-').replace('e-', 'e−');
  return String(Number(value.toPrecision(3))).replace('-', '−');
}

/** A band in words. @param {{low: number|null, high: number|null}} one */
export function band({ low, high }) {
  if (low !== null && high !== null) return low === high ? number(low) : number(low) + ' to ' + number(high);
  if (low !== null) return 'from ' + number(low);
  return high !== null ? 'to ' + number(high) : '–';
}

/** Why a number does not count yet, or its word. */
export function wordOf(one) {
  if (one.value === null) return '▲ nothing yet';
  return one.n < one.n_min ? '▲ too few' : WORDS[one.word] ?? one.word;
}

export const computed = (ms) => 'Computed ' + clock(ms);

/** The alternative to a picture: heads and rows of text. @param {any} set */
export function table(set) {
  return {
    head: [set.x_axis.label, ...set.series.map((one) => one.label)],
    rows: set.x.map((x, i) => [set.categories ? set.categories[i] : number(x), ...set.series.map((one) => number(one.y[i] ?? null))]),
  };
}

/** How many panels have each word. @param {any[]} panels */
export function tally(panels) {
  return Object.keys(WORDS).map((word) => panels.filter((panel) => panel.word === word).length + ' ' + word).join(' · ');
}

/** Where the returns come from. @param {any} facts */
export function source(facts) {
  if (!facts.recomputed_until) return '';
  return 'Mids before ' + clock(facts.recomputed_until) + ' were recomputed from seed and control log when the service started; '
    + 'everything else is read off the tape.';
}

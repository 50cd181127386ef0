// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  age, clock, clockMs, count, daysToExpiry, direction, expiry, price, profile, regime, short, sideText, strike, words,
} from '../app/format.js';

const summer = Date.UTC(2026, 5, 18, 18, 2, 11, 402); // 14:02:11.402 in New York
const winter = Date.UTC(2026, 0, 5, 14, 30, 0, 7);

test('times are New York times, summer and winter', () => {
  assert.equal(clockMs(summer), '14:02:11.402');
  assert.equal(clock(winter), '09:30:00');
  assert.equal(clockMs(winter), '09:30:00.007');
});

test('days to expiry count from the New York date', () => {
  assert.equal(daysToExpiry('2026-06-18', summer), 0);
  assert.equal(daysToExpiry('2026-06-19', summer), 1);
  assert.equal(daysToExpiry('2026-06-18', Date.UTC(2026, 5, 19, 2)), 0); // still the 18th there
  assert.ok(Number.isNaN(daysToExpiry('', summer)));
  assert.equal(expiry('2026-06-19', summer), 'JUN19');
  assert.equal(expiry('2029-01-19', summer), 'JAN\'29', 'far away the year tells, not the day');
  assert.equal(expiry(null), '');
});

test('amounts keep three significant digits', () => {
  const cases = { 0: '0', 9.5: '9.5', 584: '584', 999.4: '999', 999.6: '1.00K', 1234: '1.23K', 52200: '52.2K',
    999499: '999K', 999500: '1.00M', 1240000: '1.24M', 3.4e9: '3.40B' };
  for (const [n, text] of Object.entries(cases)) assert.equal(short(Number(n)), text, n);
  assert.equal(short(NaN), '–');
  assert.equal(count(1234567), '1,234,567');
  assert.equal(price(4.1), '4.10');
  assert.equal(price(4.1025), '4.1025');
  assert.equal(strike(412.5), '412.5');
  assert.equal(strike(610), '610');
});

test('unknown ids are shown, never a crash', () => {
  assert.equal(regime('mean_revert'), 'Mean reverting');
  assert.equal(regime('brand_new'), 'Brand new');
  assert.equal(profile('hedge_reactive').badge, 'HEDGE');
  assert.equal(profile('something_else').badge, 'SOMETH');
  assert.equal(profile(null).badge, '–');
  assert.equal(sideText('AA'), '▲AA');
  assert.equal(sideText('STALE'), '–');
  assert.equal(direction('bullish'), '▲ Bullish');
  assert.equal(direction(undefined), '– Unknown');
  assert.equal(age(8400), '8 s');
  assert.equal(age(192000), '3 min');
});

test('ids read as words, and what the field abbreviates stays in capitals', () => {
  assert.equal(words('short_dated_otm_attention_flow'), 'Short dated OTM attention flow');
  assert.equal(words('atm'), 'ATM');
  assert.equal(words('atmosphere'), 'Atmosphere');
});

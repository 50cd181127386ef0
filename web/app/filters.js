// SPDX-License-Identifier: Apache-2.0
// What the user filters by: the state, its words, and the test each feed's rows must pass. Pure.

import { daysToExpiry, expiry, short, strike } from './format.js';

export const PREMIUMS = [0, 25000, 100000, 500000, 1000000];
/** @type {[string, string][]} */
export const SIDES = [['AA', 'above ask'], ['A', 'ask side'], ['MID', 'mid'], ['B', 'bid side'], ['BB', 'below bid']];
/** @type {[string, string][]} */
export const TYPES = [['C', 'calls'], ['P', 'puts']];

/** Which option prints: one at a time. @type {[string, string][]} */
export const VIEWS = [['all', 'All'], ['signal', 'Signal'], ['sweeps', 'Sweeps'], ['today', '0DTE']];
const VIEW_CHIPS = { signal: 'signal prints', sweeps: 'sweeps', today: 'expiring today' };

/** @typedef {{sym: string, exp: string, strike: number, right: string}} Contract */

export class Filters {
  constructor() {
    this.clear();
  }

  clear() {
    /** @type {string[]} */ this.tickers = [];
    this.premium = 0;
    /** @type {string[]} */ this.sides = [];
    /** @type {string[]} */ this.types = [];
    this.view = 'all';
    /** @type {Contract|null} */ this.contract = null;
  }

  /** Takes what was typed; words that are no tickers are left out. */
  setTickers(text) {
    this.tickers = [...new Set(text.toUpperCase().split(/[\s,]+/).filter((t) => /^[A-Z][A-Z0-9.-]{0,7}$/.test(t)))];
  }

  /** Adds or removes a value of a list. @param {'sides'|'types'} list */
  toggle(list, value) {
    this[list] = this[list].includes(value) ? this[list].filter((v) => v !== value) : [...this[list], value];
  }

  get contractText() {
    const c = this.contract;
    return c ? c.sym + ' ' + expiry(c.exp) + ' ' + strike(c.strike) + c.right : '';
  }

  /** Every active filter: its words, what its chip says to assistive technology, how it goes. */
  chips() {
    const chips = [];
    const add = (text, remove) => chips.push({ text, remove });
    if (this.contract) add(this.contractText, () => { this.contract = null; });
    for (const t of this.tickers) add(t, () => { this.tickers = this.tickers.filter((other) => other !== t); });
    for (const [id, words] of SIDES) if (this.sides.includes(id)) add(words, () => this.toggle('sides', id));
    for (const [id, words] of TYPES) if (this.types.includes(id)) add(words, () => this.toggle('types', id));
    if (this.premium) add('≥ $' + short(this.premium).replace(/\.0+(?=[KMB])/, '').toLowerCase(), () => { this.premium = 0; });
    if (this.view !== 'all') add(VIEW_CHIPS[this.view], () => { this.view = 'all'; });
    return chips;
  }

  get active() {
    return this.chips().length > 0;
  }

  /** "No prints match SPY, ask side, ≥ $100k." Only what the feed is filtered by. */
  sentence(what, feed) {
    const scoped = feed === 'opt' ? this : Object.assign(new Filters(), feed === 'eq' || feed === 'al'
      ? { tickers: this.symbols } : { tickers: this.symbols, premium: this.premium });
    return 'No ' + what + ' match ' + scoped.chips().map((c) => c.text).join(', ') + '.';
  }

  get symbols() {
    return this.contract ? [this.contract.sym] : this.tickers;
  }

  /** The test of a feed's rows; null: everything passes. @param {string} feed */
  accept(feed, ring) {
    const tests = [];
    const symbols = new Set(this.symbols);
    if (symbols.size) tests.push((seq) => symbols.has(ring.word('sym', seq)));
    if (feed === 'opt') tests.push(...this.optionTests(ring));
    if (feed === 'sm') tests.push((seq) => !ring.isTrue('abstained', seq));
    if (feed === 'sm' || feed === 'pk') {
      if (this.premium) tests.push((seq) => ring.number('notional', seq) >= this.premium);
    }
    return tests.length ? (seq) => tests.every((test) => test(seq)) : null;
  }

  optionTests(ring) {
    const tests = [];
    const { contract, premium, sides, types } = this;
    if (contract) {
      tests.push((seq) => ring.word('exp', seq) === contract.exp && ring.number('strike', seq) === contract.strike &&
        ring.word('right', seq) === contract.right);
    }
    if (premium) tests.push((seq) => ring.number('notional', seq) >= premium);
    if (sides.length) tests.push((seq) => sides.includes(ring.word('side', seq)));
    if (types.length) tests.push((seq) => types.includes(ring.word('right', seq)));
    if (this.view === 'signal') tests.push((seq) => ring.isTrue('signal', seq));
    if (this.view === 'sweeps') tests.push((seq) => ring.bit('conds', seq, 'SWEEP'));
    if (this.view === 'today') tests.push((seq) => daysToExpiry(ring.word('exp', seq), ring.number('ts', seq)) === 0);
    return tests;
  }
}

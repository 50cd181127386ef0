// SPDX-License-Identifier: Apache-2.0
// How a row of each feed reads: columns with widths in characters, grouped into text runs (a run is
// one text node with one style; few nodes a row is what keeps 2,000 rows a second smooth). Pure.
//
// phone: shown in the two lines of a phone, where `small` may say it in more words, for it has no head.
// none: the title of its "–".
// drop: when the pane is narrow the lowest number goes first. A column without `drop` always stays.

import { contractText } from './evidence-model.js';
import {
  clock, clockMs, count, daysToExpiry, direction, expiry, percent, price, profile, short,
  sideClass, sideText, strike, words,
} from './format.js';

/** @typedef {{id: string, label: string, ch: number, left?: boolean, drop?: number, grow?: boolean,
 *   none?: string, phone?: boolean, small?: (ring: any, seq: number) => string, text: ((ring: any, seq: number) => string) & {key?: (ring: any, seq: number) => any}}} Column */
/** @typedef {{id: string, columns: Column[], css?: (ring: any, seq: number) => string}} Run */

const FLAG_WORDS = [['CANCEL', 'CXL'], ['LATE', 'LATE'], ['SWEEP', 'SWEEP'], ['ISO', 'ISO'],
  ['COMPLEX', 'ML'], ['SPREAD', 'ML'], ['CROSS', 'CROSS'], ['FLOOR', 'FLOOR'],
  ['AUCTION', 'AUCT'], ['OPENING', 'OPEN'], ['CLOSING', 'CLOSE']];

/** At most two flag words, then "+n". */
export function flagText(ring, seq) {
  const list = [];
  for (const [word, short_] of FLAG_WORDS)
    if (ring.bit('conds', seq, word) && !list.includes(short_)) list.push(short_);
  const sweep = list.indexOf('SWEEP');
  if (sweep >= 0 && list.includes('ISO')) list.splice(list.indexOf('ISO'), 1); // a sweep is ISOs
  if (daysToExpiry(ring.word('exp', seq), ring.number('ts', seq)) === 0) list.push('0DTE');
  return list.length > 2 ? list.slice(0, 2).join(' ') + ' +' + (list.length - 2) : list.join(' ');
}

/** Heat of the premium: four bins of premium. */
export function heat(notional) {
  if (!(notional >= 25000)) return '';
  if (notional < 100000) return ' h1';
  if (notional < 500000) return ' h2';
  return notional < 1000000 ? ' h3' : ' h4';
}

const NO_QUOTE = 'No quote within 1 s';

const side = (ring, seq) => sideClass(ring.word('side', seq));
const bidAsk = (ring, seq) => {
  const bid = ring.number('bid', seq);
  const ask = ring.number('ask', seq);
  return Number.isFinite(bid) && Number.isFinite(ask) ? price(bid) + '×' + price(ask) : '–';
};
const cents = (n) => (Number.isFinite(n) ? n.toFixed(2) : '–'); // a mid may sit on half a cent
/** A column's text; `key` is what a paused tape sorts it by. */
const number = (name, write) => Object.assign((ring, seq) => write(ring.number(name, seq)),
  { key: (ring, seq) => ring.number(name, seq) });
const word = (name) => Object.assign((ring, seq) => ring.word(name, seq) || '–', { key: (ring, seq) => ring.word(name, seq) });
const keyed = (text, key) => Object.assign(text, { key });
const SIDE_ORDER = ['', 'STALE', 'MISSING', 'BB', 'B', 'MID', 'A', 'AA'];
const sideOrder = (ring, seq) => SIDE_ORDER.indexOf(ring.word('side', seq));

/** Columns of more than one tape. */
const TIME = { id: 'time', label: 'Time', ch: 8, left: true, text: number('ts', clock), phone: true };
const MS = { id: 'ms', label: '', ch: 4, left: true, drop: 3, text: (ring, seq) => clockMs(ring.number('ts', seq)).slice(8) };
const SYM = { id: 'sym', label: 'Sym', ch: 5, left: true, text: word('sym'), phone: true };
const SIDE = { id: 'side', label: 'Side', ch: 4, left: true, none: NO_QUOTE, text: keyed((r, s) => sideText(r.word('side', s)), sideOrder), phone: true };
const PROFILE = { id: 'profile', label: 'Profile', ch: 7, left: true, none: 'Abstained', phone: true,
  text: keyed((r, s) => profile(r.word('profile', s)).badge, (r, s) => r.word('profile', s)) };
/** @type {Run} */
const DIRECTION = { id: 'd', css: (r, s) => 'd-' + (r.word('direction', s) || 'unknown'), columns: [
  { id: 'dir', label: 'Direction', ch: 9, left: true, phone: true,
    text: keyed((r, s) => direction(r.word('direction', s)), (r, s) => r.word('direction', s)) }] };
const profileCss = (ring, seq) => profile(ring.word('profile', seq)).css;

/** @type {Run[]} */
export const OPTION_RUNS = [
  { id: 'a', columns: [
    TIME, { ...MS, drop: 4 }, SYM,
    { id: 'exp', label: 'Exp', ch: 6, left: true, text: keyed((r, s) => expiry(r.word('exp', s), r.number('ts', s)), (r, s) => r.word('exp', s)), phone: true },
    { id: 'dte', label: 'DTE', ch: 3, drop: 5,
      text: keyed((r, s) => { const d = daysToExpiry(r.word('exp', s), r.number('ts', s)); return Number.isNaN(d) ? '–' : String(d); },
        (r, s) => daysToExpiry(r.word('exp', s), r.number('ts', s))) },
    { id: 'strike', label: 'Strike', ch: 7, text: number('strike', strike), phone: true }] },
  { id: 'r', css: (ring, seq) => (ring.word('right', seq) === 'P' ? 'put' : 'call'),
    columns: [{ id: 'right', label: '', ch: 1, left: true, text: word('right'), phone: true }] },
  { id: 'p', css: side, columns: [
    { id: 'price', label: 'Px', ch: 7, text: number('price', price), phone: true },
    { id: 'size', label: 'Size', ch: 6, text: number('size', count), phone: true }] },
  { id: 'q', columns: [{ id: 'quote', label: 'Bid×Ask', ch: 13, drop: 3, none: NO_QUOTE, text: bidAsk }] },
  { id: 's', css: side, columns: [SIDE] },
  { id: 'n', css: (ring, seq) => heat(ring.number('notional', seq)), columns: [
    { id: 'prem', label: 'Prem', ch: 6, text: number('notional', short), phone: true }] },
  { id: 'v', columns: [
    { id: 'iv', label: 'IV', ch: 5, drop: 6, none: 'No IV fits', text: number('iv', percent), phone: true },
    { id: 'spot', label: 'Spot', ch: 8, drop: 2, none: 'No stock quote', text: number('spot', cents) },
    { id: 'ex', label: 'Ex', ch: 5, left: true, drop: 1, text: word('ex') }] },
  { id: 'f', css: (ring, seq) => (ring.bit('conds', seq, 'CANCEL') ? 'cancel'
    : ring.bit('conds', seq, 'SWEEP') ? 'sweep' : ''),
    columns: [{ id: 'flags', label: 'Flags', ch: 11, left: true, text: flagText, phone: true }] },
];

/** @type {Run[]} */
export const EQUITY_RUNS = [
  { id: 'a', columns: [TIME, MS, SYM] },
  { id: 'p', css: side, columns: [
    { id: 'price', label: 'Px', ch: 9, text: number('price', price), phone: true },
    { id: 'size', label: 'Size', ch: 7, text: number('size', count), phone: true }] },
  { id: 'n', columns: [{ id: 'ntl', label: 'Ntl', ch: 8,
    text: keyed((r, s) => short(r.number('price', s) * r.number('size', s)), (r, s) => r.number('price', s) * r.number('size', s)), phone: true }] },
  { id: 'q', columns: [{ id: 'quote', label: 'Bid×Ask', ch: 15, drop: 2, none: NO_QUOTE, text: bidAsk }] },
  { id: 's', css: side, columns: [SIDE] },
  { id: 'v', columns: [
    { id: 'ex', label: 'Ex', ch: 6, left: true, drop: 1, text: word('ex') },
    { id: 'tape', label: 'Tape', ch: 4, left: true, text: keyed((r, s) => (r.isTrue('off', s) ? 'OFF' : 'LIT'), (r, s) => (r.isTrue('off', s) ? 'OFF' : 'LIT')), phone: true }] },
];

/** First reason in words. @param {string} reasons comma-joined ids */
export function reasonText(reasons) {
  const list = reasons.split(',').filter(Boolean);
  if (!list.length) return '–';
  return words(list[0]) + (list.length > 1 ? ' +' + (list.length - 1) : '');
}

const meter = (p) => '█'.repeat(Math.round(Math.min(1, Math.max(0, p)) * 5)).padEnd(5, '░');

/** @type {Run[]} */
export const EVENT_RUNS = [
  { id: 'a', columns: [TIME, SYM] },
  { id: 'b', css: profileCss, columns: [PROFILE] },
  DIRECTION,
  { id: 'n', columns: [
    { id: 'prob', label: 'Prob', ch: 4, text: number('probability', (n) => n.toFixed(2)), phone: true }] },
  { id: 'm', columns: [
    { id: 'bar', label: '', ch: 5, left: true, drop: 1, text: (r, s) => meter(r.number('probability', s)) }] },
  { id: 'v', columns: [
    { id: 'ntl', label: 'Prem', ch: 6, drop: 3, text: number('notional', short), phone: true },
    { id: 'prints', label: 'n', ch: 3, drop: 2, text: number('prints', count) }] },
  { id: 'w', columns: [
    { id: 'why', label: 'Why', ch: 24, left: true, grow: true, text: (r, s) => reasonText(r.text('reasons', s)), phone: true }] },
];

const SHRINK_MAX = 14; // characters a growing column may give up

/** Which columns fit into `ch` characters. Always returns the ones that may not be dropped; `spare` is what
 *  the growing column gets besides its width, less than 0 where there is too little room. */
export function fitColumns(runs, ch) {
  const all = runs.flatMap((run) => run.columns);
  const kept = new Set(all);
  const width = () => [...kept].reduce((sum, column) => sum + column.ch + (column.id === 'ms' ? 0 : 1), -1);
  const droppable = all.filter((c) => c.drop !== undefined).sort((a, b) => a.drop - b.drop);
  for (const column of droppable) {
    if (width() <= ch) break;
    kept.delete(column);
  }
  return { kept, spare: Math.max(-SHRINK_MAX, ch - width()) };
}

/** Fits a text to a width; what does not fit ends in "…". */
export function pad(text, ch, left) {
  if (text.length > ch) return text.slice(0, ch - 1) + '…';
  return left ? text.padEnd(ch) : text.padStart(ch);
}

const SIDES_SAID = { AA: 'above ask', A: 'at ask', MID: 'mid', B: 'at bid', BB: 'below bid' };
const sideSaid = (ring, seq) => SIDES_SAID[ring.word('side', seq)] ?? 'no quote';

/** Spoken form of an option row, for assistive technology. */
export function optionLabel(ring, seq) {
  const right = ring.word('right', seq) === 'P' ? 'put' : 'call';
  return [clockMs(ring.number('ts', seq)), ring.word('sym', seq), expiry(ring.word('exp', seq), ring.number('ts', seq)),
    strike(ring.number('strike', seq)), right + ',', count(ring.number('size', seq)), 'at',
    price(ring.number('price', seq)) + ',', sideSaid(ring, seq) + ',',
    'premium', short(ring.number('notional', seq)), flagText(ring, seq)].join(' ').trim();
}

export function equityLabel(ring, seq) {
  return [clockMs(ring.number('ts', seq)), ring.word('sym', seq), count(ring.number('size', seq)),
    'shares at', price(ring.number('price', seq)) + ',',
    sideSaid(ring, seq), ring.word('ex', seq)].join(' ');
}

export function eventLabel(ring, seq) {
  return [clock(ring.number('ts', seq)), ring.word('sym', seq),
    profile(ring.word('profile', seq)).name + ',', ring.word('direction', seq) + ',', 'probability',
    ring.number('probability', seq).toFixed(2) + ',', reasonText(ring.text('reasons', seq))].join(' ');
}

const SEVERITIES = { high: ['High', 'sev-high', 3], medium: ['Medium', 'sev-medium', 2], low: ['Low', 'sev-low', 1] };
const severity = (id) => SEVERITIES[id] ?? [words(id) || '–', 'sev-low', 0];
const part = (n) => (Number.isFinite(n) ? Math.round(n * 100).toString() : '–');
const structure = (ring, seq) => {
  const type = ring.word('structure', seq);
  return type ? words(type) + ' ' + count(ring.number('legs', seq)) : '–';
};

/** Packets. @param {(packetId: string) => string|null} profileOf of the event made of a packet, once it is known
 *  @returns {import('./rows.js').Run[]} */
export function packetRuns(profileOf) {
  const named = (ring, seq) => profile(profileOf(ring.text('packet_id', seq)));
  return [
    { id: 'a', columns: [{ ...TIME, label: 'Start' }, MS] },
    { id: 'r', columns: [
      { id: 'contract', label: 'Contract', ch: 20, left: true, phone: true,
        text: keyed((r, s) => contractText(r.text('contract', s)), (r, s) => r.text('contract', s)) }] },
    { id: 'p', columns: [
      { id: 'span', label: 'ms', ch: 5, drop: 4, text: number('span', count) },
      { id: 'prints', label: 'Prints', ch: 6, text: number('prints', count), phone: true, small: (r, s) => count(r.number('prints', s)) + ' prints' },
      { id: 'size', label: 'Size', ch: 6, text: number('size', count), phone: true, small: (r, s) => count(r.number('size', s)) + ' contracts' }] },
    { id: 'n', columns: [{ id: 'prem', label: 'Prem', ch: 6, text: number('notional', short), phone: true }] },
    { id: 'v', columns: [
      { id: 'sides', label: 'Buy/Sell', ch: 8, phone: true, none: 'No quote within 1 s', small: (r, s) => part(r.number('buy', s)) + ' % bought',
        text: keyed((r, s) => part(r.number('buy', s)) + '/' + part(r.number('sell', s)), (r, s) => r.number('buy', s)) },
      { id: 'cover', label: 'Cov%', ch: 4, drop: 1, text: number('coverage', part) },
      { id: 'structure', label: 'Structure', ch: 12, left: true, none: 'A single contract', text: keyed(structure, structure) },
      { id: 'quality', label: 'Quote', ch: 8, left: true, drop: 2, text: word('quality') }] },
    { id: 'b', css: (r, s) => named(r, s).css, columns: [
      { id: 'profile', label: 'Profile', ch: 7, left: true, phone: true, none: 'No event yet',
        text: keyed((r, s) => named(r, s).badge, (r, s) => named(r, s).badge) }] },
  ];
}

/** @type {import('./rows.js').Run[]} */
export const ALERT_RUNS = [
  { id: 'a', columns: [TIME, SYM] },
  { id: 'g', css: (r, s) => severity(r.word('severity', s))[1], columns: [
    { id: 'severity', label: 'Severity', ch: 8, left: true, phone: true,
      text: keyed((r, s) => severity(r.word('severity', s))[0], (r, s) => severity(r.word('severity', s))[2]) }] },
  { id: 'n', columns: [{ id: 'score', label: 'Score', ch: 5, text: number('score', count), phone: true, small: (r, s) => 'score ' + count(r.number('score', s)) }] },
  { id: 'b', css: profileCss, columns: [{ ...PROFILE, drop: 1 }] },
  DIRECTION,
  { id: 'w', columns: [
    { id: 'why', label: 'Why', ch: 22, left: true, grow: true, phone: true,
      text: keyed((r, s) => reasonText(r.word('reason', s)), (r, s) => r.word('reason', s)) }] },
];

/** Spoken form of a packet's row. */
export function packetLabel(ring, seq) {
  return [clock(ring.number('ts', seq)), contractText(ring.text('contract', seq)) + ',', count(ring.number('prints', seq)), 'prints,',
    count(ring.number('size', seq)), 'contracts, premium', short(ring.number('notional', seq)) + ',',
    part(ring.number('buy', seq)), 'percent bought'].join(' ');
}

/** Spoken form of an alert's row. */
export function alertLabel(ring, seq) {
  return [clock(ring.number('ts', seq)), ring.word('sym', seq) + ',', severity(ring.word('severity', seq))[0], 'severity, score',
    count(ring.number('score', seq)) + ',', profile(ring.word('profile', seq)).name + ',', ring.word('direction', seq) + ',',
    reasonText(ring.word('reason', seq))].join(' ');
}

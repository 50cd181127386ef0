// SPDX-License-Identifier: Apache-2.0
// How packets and alerts read: columns and runs as rows.js describes them. Pure.

import { contractText } from './evidence-model.js';
import { clock, count, direction, profile, short, words } from './format.js';
import { keyed, number, reasonText, startMs, word } from './rows.js';

const SEVERITIES = { high: ['High', 'sev-high', 3], medium: ['Medium', 'sev-medium', 2], low: ['Low', 'sev-low', 1] };
const severity = (id) => SEVERITIES[id] ?? [words(id) || '–', 'sev-low', 0];
const part = (n) => (Number.isFinite(n) ? Math.round(n * 100).toString() : '–');
const structure = (ring, seq) => {
  const type = ring.word('structure', seq);
  return type ? words(type) + ' ' + count(ring.number('legs', seq)) : '–';
};

/** @param {(packetId: string) => string|null} profileOf of the event made of a packet, once it is known
 *  @returns {import('./rows.js').Run[]} */
export function packetRuns(profileOf) {
  const named = (ring, seq) => profile(profileOf(ring.text('packet_id', seq)));
  return [
    { id: 'a', columns: [
      { id: 'time', label: 'Start', ch: 8, left: true, text: number('ts', clock), phone: true },
      { id: 'ms', label: '', ch: 4, left: true, drop: 3, text: startMs }] },
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
  { id: 'a', columns: [
    { id: 'time', label: 'Time', ch: 8, left: true, text: number('ts', clock), phone: true },
    { id: 'sym', label: 'Sym', ch: 5, left: true, text: word('sym'), phone: true }] },
  { id: 'g', css: (r, s) => severity(r.word('severity', s))[1], columns: [
    { id: 'severity', label: 'Severity', ch: 8, left: true, phone: true,
      text: keyed((r, s) => severity(r.word('severity', s))[0], (r, s) => severity(r.word('severity', s))[2]) }] },
  { id: 'n', columns: [{ id: 'score', label: 'Score', ch: 5, text: number('score', count), phone: true, small: (r, s) => 'score ' + count(r.number('score', s)) }] },
  { id: 'b', css: (r, s) => profile(r.word('profile', s)).css, columns: [
    { id: 'profile', label: 'Profile', ch: 7, left: true, drop: 1, phone: true,
      text: keyed((r, s) => profile(r.word('profile', s)).badge, (r, s) => profile(r.word('profile', s)).badge) }] },
  { id: 'd', css: (r, s) => 'd-' + (r.word('direction', s) || 'unknown'), columns: [
    { id: 'dir', label: 'Direction', ch: 9, left: true, phone: true,
      text: keyed((r, s) => direction(r.word('direction', s)), (r, s) => r.word('direction', s)) }] },
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

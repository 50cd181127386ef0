// SPDX-License-Identifier: Apache-2.0
// What stands behind a smart-money event, as rows of words: from the event, its packets and its
// prints as the public endpoints give them. Pure; whatever is missing is left out, never invented.

import { clockMs, count, direction, expiry, percent, price, profile, short, sideClass, sideText, strike, words } from './format.js';

/** "NVDA-2026-06-19-290-C" -> "NVDA JUN19 290C"; what does not parse is shown as it is. */
export function contractText(id) {
  const structure = /^(.+)-(\d{4}-\d\d-\d\d)-STRUCT-(.+)$/.exec(id ?? '');
  if (structure) return structure[1] + ' ' + expiry(structure[2]) + ' ' + words(structure[3]).toLowerCase();
  const plain = /^(.+)-(\d{4}-\d\d-\d\d)-([\d.]+)-([CP])$/.exec(id ?? '');
  return plain ? plain[1] + ' ' + expiry(plain[2]) + ' ' + strike(Number(plain[3])) + plain[4] : String(id ?? '–');
}

const duration = (ms) => (ms < 1000 ? count(ms) + ' ms' : ms < 120000 ? (ms / 1000).toFixed(1) + ' s' : Math.round(ms / 60000) + ' min');

/** One line that says what happened. */
export function summary(event) {
  const f = event.features ?? {};
  const span = Math.max(0, Number(f.end_ts) - Number(f.start_ts));
  const what = f.structure_type ? words(f.structure_type) : event.event_kind === 'multi_leg_event' ? 'Several legs' : 'Single leg';
  return [contractText(f.option_contract_id ?? event.underlying_id), what,
    count(f.print_count) + (f.print_count === 1 ? ' print' : ' prints'), count(f.total_size) + ' contracts',
    '$' + short(f.total_notional) + ' premium', Number.isFinite(span) ? 'over ' + duration(span) : ''].filter(Boolean).join(' · ');
}

/** @returns {{id: string, name: string, css: string, probability: number, band: string, direction: string, primary: boolean, reasons: string[]}[]} */
export function scores(event) {
  return (Array.isArray(event.profile_scores) ? event.profile_scores : []).map((s) => ({
    id: String(s.profile_id), name: profile(s.profile_id).name, css: profile(s.profile_id).css,
    probability: Number(s.probability) || 0, band: words(s.confidence_band), direction: direction(s.direction),
    primary: s.profile_id === event.primary_profile_id, reasons: (s.reasons ?? []).map(words) }));
}

/** @type {[string, string, (n: number) => string][]} feature, label, its words */
const FACTS = [
  ['net_directional_bias', 'Net bias', (n) => (n > 0 ? '+' : '') + n.toFixed(2)],
  ['aggressor_buy_ratio', 'Bought at ask', (n) => percent(n) + ' %'],
  ['aggressor_sell_ratio', 'Sold at bid', (n) => percent(n) + ' %'],
  ['nbbo_coverage_ratio', 'Quotes known', (n) => percent(n) + ' %'],
  ['dte_days', 'Days to expiry', count],
  ['moneyness', 'Moneyness', (n) => n.toFixed(3)],
  ['synthetic_iv_shock', 'IV move', (n) => (n * 100).toFixed(1) + ' pts'],
  ['underlying_move_bps', 'Stock move', (n) => n.toFixed(1) + ' bp'],
  ['spread_widening', 'Spread', (n) => n.toFixed(1) + ' sd'],
  ['days_to_event', 'Days to event', (n) => n.toFixed(1)],
  ['venue_count', 'Venues', count],
  ['strike_count', 'Strikes', count],
  ['same_size_leg_symmetry', 'Leg symmetry', (n) => n.toFixed(2)],
];

/** The features that say something: label and text. */
export function facts(event) {
  const f = event.features ?? {};
  return FACTS.filter(([key]) => typeof f[key] === 'number' && Number.isFinite(f[key]) &&
    !(key === 'same_size_leg_symmetry' && f[key] === 0)).map(([key, label, write]) => ({ label, text: write(f[key]) }));
}

/** A packet as one row. */
export function packetRow(packet) {
  const f = packet.features ?? {};
  return { contract: contractText(f.option_contract_id), prints: count(f.count), size: count(f.total_size),
    premium: short(f.total_notional), buy: percent(f.nbbo_aggressive_buy_ratio), sell: percent(f.nbbo_aggressive_sell_ratio),
    span: duration(Math.max(0, f.end_ts - f.start_ts)), structure: f.structure_type ? words(f.structure_type) : '–' };
}

/** A print as one row. */
export function printRow(print) {
  return { time: clockMs(print.ts), contract: contractText(print.option_contract_id), price: price(print.price),
    size: count(print.size), side: sideText(print.nbbo_side), css: sideClass(print.nbbo_side), exchange: String(print.exchange ?? '–'),
    iv: percent(print.execution_iv), flags: (print.conditions ?? []).filter((c) => c !== 'FILL').join(' ') };
}

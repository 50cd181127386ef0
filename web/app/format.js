// SPDX-License-Identifier: Apache-2.0
// Numbers, times and words as the terminal writes them. Pure: no DOM, no locale of the browser.
// Market time is New York's; its offset is asked of Intl once an hour of data and cached.

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const HOUR = 3600000;
const DAY = 24 * HOUR;
const FAR_DAYS = 330;

const zone = new Intl.DateTimeFormat('en-US', {
  timeZone: 'America/New_York', hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric',
  hour: 'numeric', minute: 'numeric', second: 'numeric',
});
let cachedHour = NaN;
let cachedOffset = 0;

/** Milliseconds to add to UTC for New York time at `ts`. @param {number} ts */
export function marketOffset(ts) {
  const hour = Math.floor(ts / HOUR);
  if (hour !== cachedHour) {
    const p = {};
    for (const part of zone.formatToParts(hour * HOUR)) p[part.type] = Number(part.value);
    cachedOffset = Date.UTC(p.year, p.month - 1, p.day, p.hour, p.minute, p.second) - hour * HOUR;
    cachedHour = hour;
  }
  return cachedOffset;
}

const two = (n) => (n < 10 ? '0' : '') + n;
let cachedSecond = NaN;
let cachedClock = '';

/** HH:MM:SS in New York. @param {number} ts */
export function clock(ts) {
  const second = Math.floor(ts / 1000);
  if (second !== cachedSecond) {
    const local = new Date(ts + marketOffset(ts));
    cachedClock = two(local.getUTCHours()) + ':' + two(local.getUTCMinutes()) + ':' +
      two(local.getUTCSeconds());
    cachedSecond = second;
  }
  return cachedClock;
}

/** HH:MM:SS.mmm in New York. @param {number} ts */
export function clockMs(ts) {
  const ms = Math.floor(ts) % 1000;
  return clock(ts) + '.' + (ms < 10 ? '00' : ms < 100 ? '0' : '') + ms;
}

/** "2026-06-19" -> "JUN19", "JUN'26" from far away: the same day of two years must not read alike.
 *  Anything else as it is. @param {string|null} day @param {number} [ts] read at */
export function expiry(day, ts = Date.now()) {
  const m = /^\d\d(\d\d)-(\d\d)-(\d\d)$/.exec(day ?? '');
  const month = m && MONTHS[Number(m[2]) - 1];
  return !month ? day ?? '' : daysToExpiry(day, ts) > FAR_DAYS ? month + "'" + m[1] : month + m[3];
}

/** Calendar days from `ts`'s New York date to an expiry date. @returns {number} NaN: no date */
export function daysToExpiry(day, ts) {
  const at = Date.parse((day ?? '') + 'T00:00:00Z');
  return Math.round((at - Math.floor((ts + marketOffset(ts)) / DAY) * DAY) / DAY);
}

/** 1234567 -> "1.23M": three significant digits. @param {number} n */
export function short(n) {
  if (!Number.isFinite(n)) return '–';
  const sign = n < 0 ? '-' : '';
  let value = Math.abs(n);
  let unit = '';
  for (const next of ['K', 'M', 'B', 'T']) {
    if (value < 999.5) break;
    value /= 1000;
    unit = next;
  }
  if (!unit) return sign + (value < 100 && value % 1 ? value.toFixed(1) : value.toFixed(0));
  return sign + value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0) + unit;
}

/** Two decimals, four where the price needs them. @param {number} n */
export function price(n) {
  if (!Number.isFinite(n)) return '–';
  return Math.abs(n * 100 - Math.round(n * 100)) < 1e-6 ? n.toFixed(2) : n.toFixed(4);
}

/** 412.5 -> "412.5", 610 -> "610". @param {number} n */
export function strike(n) {
  return Number.isFinite(n) ? String(Math.round(n * 1000) / 1000) : '–';
}

/** 12345 -> "12,345". @param {number} n */
export function count(n) {
  if (!Number.isFinite(n)) return '–';
  return String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** 0.4123 -> "41.2". @param {number} n */
export function percent(n) {
  return Number.isFinite(n) ? (n * 100).toFixed(1) : '–';
}

/** 8400 -> "8 s", 192000 -> "3 min". @param {number} ms */
export function age(ms) {
  if (!Number.isFinite(ms)) return '–';
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 120) return s + ' s';
  return s < 7200 ? Math.round(s / 60) + ' min' : Math.round(s / 3600) + ' h';
}

/** "event_ramp" -> "Event ramp", "otm_calls" -> "OTM calls"; unknown ids are shown, never a crash. */
export function words(id) {
  const text = String(id ?? '').replaceAll('_', ' ').replace(/\b[ao]tm\b/g, (term) => term.toUpperCase());
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const REGIMES = {
  trend_up: 'Trending up', trend_down: 'Trending down', mean_revert: 'Mean reverting',
  arb_calm: 'Arbitrage calm',
};
export const regime = (id) => REGIMES[id] ?? words(id);

/** Profile ids to badges and full names. */
export const PROFILES = {
  institutional_directional: { badge: 'INST', name: 'Institutional', css: 'p-inst', color: '#8cc7ff' },
  retail_whale: { badge: 'RETAIL', name: 'Retail whale', css: 'p-retail', color: '#ff9fcf' },
  event_driven: { badge: 'EVENT', name: 'Event driven', css: 'p-event', color: '#e9b44c' },
  vol_seller: { badge: 'VOL', name: 'Vol seller', css: 'p-vol', color: '#bba9ff' },
  arbitrage: { badge: 'ARB', name: 'Arbitrage', css: 'p-arb', color: '#68d3d1' },
  hedge_reactive: { badge: 'HEDGE', name: 'Hedge reactive', css: 'p-hedge', color: '#c4d56a' },
};
const NO_PROFILE = { badge: '–', name: 'Abstained', css: 'p-none', color: '#aab0b8' };
/** @param {string|null} id */
export function profile(id) {
  if (!id) return NO_PROFILE;
  return PROFILES[id] ?? { ...NO_PROFILE, badge: words(id).slice(0, 6).toUpperCase(), name: words(id) };
}

/** Side letters with their glyph and CSS class. */
const SIDES = {
  AA: ['▲AA', 's-aa'], A: ['▲A', 's-a'], MID: ['·M', 's-m'], B: ['▼B', 's-b'], BB: ['▼BB', 's-bb'],
};
export const sideText = (side) => (SIDES[side] ?? ['–', 's-m'])[0];
export const sideClass = (side) => (SIDES[side] ?? ['–', 's-m'])[1];

const DIRECTIONS = {
  bullish: '▲ Bullish', bearish: '▼ Bearish', neutral: '◆ Neutral', mixed: '◆ Mixed',
};
export const direction = (id) => DIRECTIONS[id] ?? '– Unknown';

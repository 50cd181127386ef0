// SPDX-License-Identifier: Apache-2.0
// The words for what a feed is doing, in one place: glyph, tone and text, never colour alone. Pure.

import { age, clock, count } from './format.js';

/**
 * @param {{phase: string, retryAt: number, attempt: number}} link
 * @param {import('./feed.js').Feed} feed
 * @returns {{id: string, glyph: string, tone: string, text: string}}
 */
export function feedState(link, feed, now, staleMs, upstreamLive = false) {
  if (link.phase === 'connecting' && link.attempt <= 1)
    return { id: 'connecting', glyph: '○', tone: 'dim', text: 'Connecting…' };
  if (link.phase !== 'open') return reconnecting(link, now);
  const old = feed.age(now);
  if (now - feed.heartbeatAt > 5000 && feed.heartbeatAt > 0)
    return { id: 'stale', glyph: '▲', tone: 'warn', text: 'No heartbeat ' + age(now - feed.heartbeatAt) };
  if (Number.isNaN(old)) return { id: 'quiet', glyph: '●', tone: 'dim', text: feed.received ? 'Live' : 'Live, no rows yet' };
  if (old > staleMs) {
    const last = feed.lastTs ? ' · last ' + clock(feed.lastTs) : '';
    // A flow feed may well have nothing to say while the prints that feed it run.
    if (upstreamLive) return { id: 'quiet', glyph: '●', tone: 'dim', text: 'Live, quiet' + last };
    return { id: 'stale', glyph: '▲', tone: 'warn', text: 'Stale ' + age(old) };
  }
  return { id: 'live', glyph: '●', tone: 'ok', text: 'Live · ' + count(feed.rowsPerS) + '/s' };
}

export function pausedState(waiting, capacity) {
  const lost = Math.max(0, waiting - capacity);
  return { id: 'paused', glyph: '‖', tone: 'accent',
    text: 'Paused · +' + count(waiting - lost) + ' queued' + (lost ? ', oldest queued rows dropped: ' + count(lost) : '') };
}

/** What the socket itself is doing, for the header. */
export function linkState(link, now) {
  if (link.phase === 'open') return { id: 'live', glyph: '●', tone: 'ok', text: 'LIVE' };
  if (link.phase === 'connecting' && link.attempt <= 1)
    return { id: 'connecting', glyph: '○', tone: 'dim', text: 'Connecting…' };
  return reconnecting(link, now);
}

function reconnecting(link, now) {
  const left = Math.max(0, Math.ceil((link.retryAt - now) / 1000));
  const when = link.phase === 'waiting' && left > 0 ? 'Reconnecting in ' + left + ' s' : 'Reconnecting';
  const attempt = link.attempt - Number(link.phase === 'connecting'); // the one that was announced
  return { id: 'reconnecting', glyph: '↻', tone: 'warn', text: when + ' (try ' + attempt + ')' };
}

/** The text of a gap marker row. @param {number} missing -1: not known */
export function gapText(from, to, missing) {
  const span = from === to ? 'gap at ' + clock(from) : 'gap ' + clock(from) + '–' + clock(to);
  const rows = missing < 0 ? 'the service restarted, rows between are not shown'
    : count(missing) + (missing === 1 ? ' row' : ' rows') + ' not shown';
  return '— ' + span + ', ' + rows + ' —';
}

// SPDX-License-Identifier: Apache-2.0
// Candles of one symbol: closed ones from the API, the running one from the prints the page sees, and
// where neither was there (before the system started) the session's mids. Also the markers of smart-money events, merged when a bar has more than three. Pure.

/** @typedef {{time: number, open: number, high: number, low: number, close: number, volume: number,
 *   closed: boolean, mid: boolean}} Candle time: bar start, ms; mid: of quotes, it has no volume */

const BARS_MAX = 1000;
const WORD_BARS = 6;
const MARKERS_MAX = 300;

export class Candles {
  /** @param {number} intervalMs */
  constructor(intervalMs) {
    this.intervalMs = intervalMs;
    /** @type {Map<number, Candle>} */ this.bars = new Map();
    this.changed = true; // since it was last drawn
    this.reshaped = true; // more than the newest bar has changed
    this.since = NaN; // the page has each print from then on
  }

  /** Takes the API's rows; they win over what was made from prints. */
  merge(rows) {
    for (const row of rows) {
      const known = this.bars.get(Number(row.ts));
      if (known?.closed && !known.mid) continue; // a closed candle does not change
      const time = Number(row.ts);
      const bar = { time, open: Number(row.open), high: Number(row.high), low: Number(row.low),
        close: Number(row.close), volume: Number(row.volume), closed: true, mid: false };
      if (![time, bar.open, bar.high, bar.low, bar.close].every(Number.isFinite)) continue;
      this.bars.set(time, bar);
      this.changed = this.reshaped = true;
    }
    this.trim();
  }

  /** Takes sessions of mids ([open, high, low, close] a minute, the running one last) for what no closed candle tells. */
  fill(answer) {
    const step = Number(answer?.interval_ms);
    const found = new Map();
    for (const session of Array.isArray(answer?.sessions) ? answer.sessions : []) {
      const start = Number(session?.session_start);
      if (!Array.isArray(session?.bars) || !(start > 0) || !(step > 0)) continue;
      [...session.bars, session.running].forEach((row, i) => this.gather(found, start + i * step, row));
    }
    for (const [time, bar] of found) {
      this.fillOne(time, bar);
    }
    this.trim();
  }

  /** A minute into the bar it belongs to. */
  gather(found, ts, row) {
    const [open, high, low, close] = (Array.isArray(row) ? row : []).map(Number);
    if (![open, high, low, close].every(Number.isFinite)) return;
    const time = Math.floor(ts / this.intervalMs) * this.intervalMs;
    const bar = found.get(time);
    if (bar) Object.assign(bar, { high: Math.max(bar.high, high), low: Math.min(bar.low, low), close });
    else found.set(time, { time, open, high, low, close, volume: 0, closed: true, mid: true });
  }

  fillOne(time, bar) {
    const known = this.bars.get(time);
    if (known?.closed && !known.mid) return;
    if (!known || known.mid) {
      if (known?.close === bar.close && known.high === bar.high && known.low === bar.low) return;
      this.bars.set(time, bar);
    } else if (time < this.since) { // the page came in the middle of it
      const { open, high, low } = known;
      Object.assign(known, { open: bar.open, high: Math.max(high, bar.high), low: Math.min(low, bar.low) });
      if (known.open === open && known.high === high && known.low === low) return;
    }
    this.changed = this.reshaped = true;
  }

  /** One print; a bar the API has closed is left as it is. */
  print(ts, price, size) {
    if (!Number.isFinite(ts) || !Number.isFinite(price)) return;
    const time = Math.floor(ts / this.intervalMs) * this.intervalMs;
    const bar = this.bars.get(time);
    if (!bar) {
      this.bars.set(time, { time, open: price, high: price, low: price, close: price,
        volume: size || 0, closed: false, mid: false });
      this.reshaped = true;
      this.trim();
    } else if (bar.mid || !bar.closed) {
      if (bar.mid) this.reshaped = true; // its colour changes
      bar.mid = bar.closed = false;
      bar.high = Math.max(bar.high, price);
      bar.low = Math.min(bar.low, price);
      bar.close = price;
      bar.volume += size || 0;
      if (this.bars.has(time + this.intervalMs)) this.reshaped = true; // a late print
    } else {
      return;
    }
    this.changed = true;
  }

  trim() {
    if (this.bars.size <= BARS_MAX) return;
    const times = [...this.bars.keys()].sort((a, b) => a - b);
    for (const time of times.slice(0, times.length - BARS_MAX)) this.bars.delete(time);
  }

  /** @returns {Candle[]} ascending */
  list() {
    return [...this.bars.values()].sort((a, b) => a.time - b.time);
  }
}

/**
 * Events to chart markers, ascending by time.
 * @param {{ts: number, direction: string, badge: string, color: string, id: string}[]} events
 */
export function markers(events, intervalMs) {
  const bars = new Map();
  for (const event of events.slice(-MARKERS_MAX)) {
    const time = Math.floor(event.ts / intervalMs) * intervalMs;
    if (!bars.has(time)) bars.set(time, []);
    bars.get(time).push(event);
  }
  const out = [];
  const named = { aboveBar: -Infinity, belowBar: -Infinity };
  // Words are as wide as six bars: between two that near only the shape and its color tell.
  const words = (position, time, text) => {
    if (time > named[position] && time - named[position] < WORD_BARS * intervalMs) return '';
    named[position] = time;
    return text;
  };
  for (const [time, list] of [...bars].sort((a, b) => a[0] - b[0])) {
    if (list.length > 3) {
      out.push({ time, position: 'aboveBar', shape: 'circle', color: '#aab0b8',
        text: words('aboveBar', time, String(list.length)), id: list[list.length - 1].id });
      continue;
    }
    for (const event of list) {
      const up = event.direction === 'bullish';
      const down = event.direction === 'bearish';
      const position = up ? 'belowBar' : 'aboveBar';
      out.push({ time, position, shape: up ? 'arrowUp' : down ? 'arrowDown' : 'square', color: event.color,
        text: words(position, time, event.badge), id: event.id });
    }
  }
  return out;
}

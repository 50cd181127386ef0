// SPDX-License-Identifier: Apache-2.0
// Candles of one symbol: closed ones from the API, the running one from the prints the page sees.
// Also the markers of smart-money events, merged when a bar has more than three. Pure.

/** @typedef {{time: number, open: number, high: number, low: number, close: number, volume: number,
 *   closed: boolean}} Candle time: bar start, ms */

const BARS_MAX = 1000;
const MARKERS_MAX = 300;

export class Candles {
  /** @param {number} intervalMs */
  constructor(intervalMs) {
    this.intervalMs = intervalMs;
    /** @type {Map<number, Candle>} */ this.bars = new Map();
    this.changed = true; // since it was last drawn
    this.reshaped = true; // more than the newest bar has changed
  }

  /** Takes the API's rows; they win over what was made from prints. */
  merge(rows) {
    for (const row of rows) {
      if (this.bars.get(Number(row.ts))?.closed) continue; // a closed candle does not change
      const time = Number(row.ts);
      const bar = { time, open: Number(row.open), high: Number(row.high), low: Number(row.low),
        close: Number(row.close), volume: Number(row.volume), closed: true };
      if (![time, bar.open, bar.high, bar.low, bar.close].every(Number.isFinite)) continue;
      this.bars.set(time, bar);
      this.changed = this.reshaped = true;
    }
    this.trim();
  }

  /** One print; a bar the API has closed is left as it is. */
  print(ts, price, size) {
    if (!Number.isFinite(ts) || !Number.isFinite(price)) return;
    const time = Math.floor(ts / this.intervalMs) * this.intervalMs;
    const bar = this.bars.get(time);
    if (!bar) {
      this.bars.set(time, { time, open: price, high: price, low: price, close: price,
        volume: size || 0, closed: false });
      this.reshaped = true;
      this.trim();
    } else if (!bar.closed) {
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
  for (const [time, list] of [...bars].sort((a, b) => a[0] - b[0])) {
    if (list.length > 3) {
      out.push({ time, position: 'aboveBar', shape: 'circle', color: '#aab0b8',
        text: String(list.length), id: list[list.length - 1].id });
      continue;
    }
    for (const event of list) {
      const up = event.direction === 'bullish';
      const down = event.direction === 'bearish';
      out.push({ time, position: up ? 'belowBar' : 'aboveBar',
        shape: up ? 'arrowUp' : down ? 'arrowDown' : 'square', color: event.color,
        text: event.badge, id: event.id });
    }
  }
  return out;
}

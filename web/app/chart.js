// SPDX-License-Identifier: Apache-2.0
// The price pane: candles and volume of one symbol, smart-money markers. Closed candles come from
// the API (re-read each 5 s), the running one grows from the equities feed (what it was before the page came:
// from quotes); the session before the system started is drawn paler, from its quotes and without volume. Drawn at
// most 4 times a second; the library draws in UTC, so times are shifted.

import { Candles, markers } from './candles.js';
import { make } from './dom.js';
import { marketOffset, profile } from './format.js';

const POLL_MS = 5000;
const PAST_MS = 20000; // the sessions of mids: whole minutes
const DRAW_MS = 250;
const ROWS_FIRST_MS = 2000;
const UP = '#45c796';
const DOWN = '#f2836f';

/** A bar of quotes is half as bright as one of prints. */
const bar = (c, time) => {
  const one = { time, open: c.open, high: c.high, low: c.low, close: c.close };
  const color = (c.close >= c.open ? UP : DOWN) + '80';
  return c.mid ? { ...one, color, wickColor: color } : one;
};
const volumeBar = (c, time) => (c.mid ? { time } : { time, value: c.volume, color: (c.close >= c.open ? UP : DOWN) + '55' });

export class PriceChart {
  /** @param {{root: HTMLElement, equities: any, events: any, fetchJson: (url: string) => Promise<any>,
   *   onMarker: (id: string) => void}} options */
  constructor({ root, equities, events, fetchJson, onMarker }) {
    this.root = root;
    this.onMarker = onMarker;
    this.equities = equities;
    this.events = events;
    this.fetchJson = fetchJson;
    this.symbol = '';
    this.pick = ''; // a symbol to show that nobody asked for
    this.chosen = false;
    this.intervalMs = 60000;
    this.candles = new Candles(this.intervalMs);
    this.error = '';
    this.pastAt = -Infinity;
    this.pale = false; // some of the bars are of quotes
    this.drawnAt = 0;
    this.offset = 0;
    this.drawnEvents = -1;
    this.place = root.querySelector('.plot');
    /** @type {HTMLElement} */ this.status = root.querySelector('.state');
    this.last = root.querySelector('.last');
    this.select = root.querySelector('select');
    this.known = new Set();
    this.asked = false;
    this.missing = '';
    this.select.onchange = () => this.show(this.select.value);
    this.intervals = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('[data-interval]')]);
    for (const button of this.intervals)
      button.onclick = () => this.setInterval(Number(button.dataset.interval));
    equities.listeners.push((seq) => this.onPrint(seq));
    events.listeners.push((seq) => this.know(events.ring.word('sym', seq)));
  }

  /** The library is half of the script: rows come first. */
  async ask() {
    this.asked = true;
    try {
      this.make(await import('../vendor/lightweight-charts/lightweight-charts.standalone.production.mjs'));
    } catch (failure) {
      this.missing = 'Chart: ' + failure.message;
      setTimeout(() => { this.asked = false; }, POLL_MS);
    }
  }

  make({ CandlestickSeries, HistogramSeries, createChart, createSeriesMarkers }) {
    this.chart = createChart(this.place, {
      autoSize: true,
      layout: { background: { color: '#121417' }, textColor: '#aab0b8', fontSize: 11,
        fontFamily: 'Inter, system-ui, sans-serif' },
      grid: { vertLines: { color: '#1b1e22' }, horzLines: { color: '#1b1e22' } },
      rightPriceScale: { borderColor: '#26292e', minimumWidth: 72, scaleMargins: { top: 0.18, bottom: 0.22 } },
      timeScale: { borderColor: '#26292e', timeVisible: true, secondsVisible: false, rightOffset: 3,
        barSpacing: 7 },
      localization: { locale: 'en-US' },
      handleScale: { axisPressedMouseMove: true },
    });
    this.bars = this.chart.addSeries(CandlestickSeries, { upColor: UP, downColor: DOWN,
      wickUpColor: UP, wickDownColor: DOWN, borderVisible: false, priceLineColor: '#747b85' });
    this.volume = this.chart.addSeries(HistogramSeries, { priceFormat: { type: 'volume' },
      priceScaleId: 'volume', lastValueVisible: false, priceLineVisible: false });
    this.chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.84, bottom: 0 } });
    this.marks = createSeriesMarkers(this.bars, []);
    this.chart.subscribeClick((point) => { if (typeof point.hoveredObjectId === 'string') this.onMarker(point.hoveredObjectId); });
  }

  start() {
    const poll = async () => {
      if (!document.hidden) await this.load();
      setTimeout(poll, POLL_MS);
    };
    setTimeout(poll, POLL_MS);
  }

  /** A symbol that may be picked. */
  know(symbol) {
    if (!symbol || this.known.has(symbol)) return;
    this.known.add(symbol);
    const after = [...this.select.options].find((o) => o.value > symbol);
    this.select.insertBefore(make('option', { value: symbol, text: symbol }), after ?? null);
    // Shown at the next paint: this may run inside a reset, which must not begin another.
    if (!this.chosen && ((!this.symbol && !this.pick) || symbol === 'SPY')) this.pick = symbol;
  }

  /** Shows a symbol because the user, or the page on the user's behalf, asked for it. */
  choose(symbol) {
    this.chosen = true;
    this.pick = '';
    this.know(symbol);
    this.show(symbol);
  }

  show(symbol) {
    if (document.activeElement === this.select) {
      this.chosen = true;
      this.pick = '';
    }
    this.symbol = symbol;
    this.select.value = symbol;
    this.reset();
  }

  setInterval(ms) {
    this.intervalMs = ms;
    for (const button of this.intervals)
      button.setAttribute('aria-pressed', String(Number(button.dataset.interval) === ms));
    this.reset();
  }

  reset() {
    this.candles = new Candles(this.intervalMs);
    this.fitted = false;
    this.pastAt = -Infinity;
    this.drawnEvents = -1;
    const ring = this.equities.ring;
    for (let seq = ring.first; seq < ring.next; seq++) this.onPrint(seq);
    this.load();
  }

  onPrint(seq) {
    const ring = this.equities.ring;
    if (ring.isGap(seq)) return;
    const missed = seq > ring.first && ring.isGap(seq - 1);
    if (missed) this.pastAt = -PAST_MS; // asked for with the next candles
    if (missed || Number.isNaN(this.candles.since)) this.candles.since = ring.number('ts', seq);
    const symbol = ring.word('sym', seq);
    if (!this.known.has(symbol)) this.know(symbol);
    if (symbol === this.symbol)
      this.candles.print(ring.number('ts', seq), ring.number('price', seq), ring.number('size', seq));
  }

  async load() {
    const { symbol, intervalMs } = this;
    if (!symbol) return;
    try {
      const answer = await this.fetchJson('/candles/equities?underlying_id=' +
        encodeURIComponent(symbol) + '&interval_ms=' + intervalMs + '&limit=400');
      if (symbol !== this.symbol || intervalMs !== this.intervalMs) return;
      if (Array.isArray(answer?.data)) this.candles.merge(answer.data);
      this.error = '';
    } catch (failure) {
      this.error = 'Candles: ' + failure.message;
    }
    if (performance.now() - this.pastAt >= PAST_MS) await this.loadPast(symbol, intervalMs);
  }

  /** The session so far, of mids; asked for again soon while the service does not know it yet. */
  async loadPast(symbol, intervalMs) {
    const answer = await this.fetchJson('/session/candles/' + encodeURIComponent(symbol)).catch(() => null);
    if (symbol !== this.symbol || intervalMs !== this.intervalMs || !answer?.sessions?.length) return;
    if (this.pastAt === -Infinity) this.fitted = false; // more bars to look at than were there
    this.pastAt = performance.now();
    this.candles.fill(answer);
  }

  paint(now) {
    if (this.pick) {
      const { pick } = this;
      this.pick = '';
      this.show(pick);
    }
    const newEvents = this.drawnEvents !== this.events.ring.next;
    if ((!this.candles.changed && !newEvents) || now - this.drawnAt < DRAW_MS) return;
    this.drawnAt = now;
    const list = this.candles.list();
    if (!this.chart) {
      if (!this.asked && list.length && (this.equities.ring.next > this.equities.ring.first || now > ROWS_FIRST_MS)) this.ask();
      return;
    }
    const end = list[list.length - 1];
    const reshaped = this.candles.reshaped;
    // One offset for all bars: when clocks go back an hour, times must still ascend.
    if (reshaped) this.offset = end ? marketOffset(end.time) : 0;
    const shifted = (ms) => (ms + this.offset) / 1000;
    if (reshaped) {
      this.pale = list.some((c) => c.mid);
      this.bars.setData(list.map((c) => bar(c, shifted(c.time))));
      this.volume.setData(list.map((c) => volumeBar(c, shifted(c.time))));
    } else if (end && this.candles.changed) {
      this.bars.update(bar(end, shifted(end.time)));
      this.volume.update(volumeBar(end, shifted(end.time)));
    }
    if (newEvents || reshaped)
      this.marks.setMarkers(this.findMarkers(list).map((m) => ({ ...m, time: shifted(m.time) })));
    this.candles.changed = this.candles.reshaped = false;
    this.drawnEvents = this.events.ring.next;
    if (!this.fitted && list.length) {
      this.fitted = true;
      this.chart.timeScale().setVisibleLogicalRange({ from: list.length - 70, to: list.length + 3 });
    }
    this.last.textContent = end ? end.close.toFixed(2) : '';
  }

  findMarkers(list) {
    if (!list.length) return [];
    const ring = this.events.ring;
    const found = [];
    for (let seq = ring.first; seq < ring.next; seq++) {
      if (ring.isGap(seq) || ring.isTrue('abstained', seq)) continue;
      if (ring.word('sym', seq) !== this.symbol || ring.number('ts', seq) < list[0].time) continue;
      const { badge, color } = profile(ring.word('profile', seq));
      found.push({ ts: ring.number('ts', seq), direction: ring.word('direction', seq), badge, color,
        id: ring.text('event_id', seq) });
    }
    const end = list[list.length - 1].time;
    return markers(found, this.intervalMs).filter((m) => m.time <= end);
  }

  describe() {
    const error = (!this.chart && this.missing) || this.error;
    const text = error ? '▲ ' + error
      : this.pale ? 'Paler bars: quotes, no volume'
        : this.candles.bars.size ? '' : '○ No candles yet';
    if (this.status.textContent !== text) this.status.textContent = this.status.title = text; // a narrow pane cuts it
    this.status.className = 'state' + (error ? ' tone-warn' : ' tone-dim');
  }
}

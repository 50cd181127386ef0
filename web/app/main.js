// SPDX-License-Identifier: Apache-2.0
// Wiring: the socket to the feeds, the feeds to the panes, one frame loop that paints what is dirty.

import { PriceChart } from './chart.js';
import { Feed } from './feed.js';
import { age, clock, count } from './format.js';
import { Link } from './link.js';
import {
  EQUITY_RUNS, EVENT_RUNS, OPTION_RUNS, equityLabel, eventLabel, optionLabel,
} from './rows.js';
import { STALE_MS } from './schema.js';
import { Session } from './session.js';
import { feedState, linkState } from './state.js';
import { Tape } from './tape.js';

const DESCRIBE_MS = 200;
const SLOW_PAINT_MS = 250; // with prefers-reduced-motion

const at = (id) => document.getElementById(id);
const reduced = matchMedia('(prefers-reduced-motion: reduce)');

async function fetchJson(url) {
  const answer = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(8000) });
  if (!answer.ok) throw new Error('the service answered ' + answer.status);
  return answer.json();
}

const feeds = { opt: new Feed('opt'), eq: new Feed('eq'), sm: new Feed('sm') };
/** @type {string[]} */ let tickers = [];

// --- filters -------------------------------------------------------------------------------------

let abstained = 0;
feeds.sm.listeners.push((seq) => { if (feeds.sm.ring.isTrue('abstained', seq)) abstained++; });

function applyFilters() {
  for (const [name, feed] of Object.entries(feeds)) {
    const ring = feed.ring;
    const wanted = new Set(tickers);
    const symbol = wanted.size ? (seq) => wanted.has(ring.word('sym', seq)) : null;
    feed.view.filter(name !== 'sm' ? symbol
      : (seq) => !ring.isTrue('abstained', seq) && (!symbol || symbol(seq)));
  }
  for (const tape of tapes) {
    tape.version++;
    tape.jump();
  }
  const chips = at('chips');
  chips.replaceChildren(...tickers.map((ticker) => {
    const chip = document.createElement('button');
    chip.type = 'button';
    chip.className = 'chip';
    chip.textContent = ticker + ' ×';
    chip.setAttribute('aria-label', 'Remove filter ' + ticker);
    chip.onclick = () => { tickers = tickers.filter((t) => t !== ticker); applyFilters(); };
    return chip;
  }));
  if (tickers.length === 1) chart.choose(tickers[0]);
}

const empty = (what) => () => (link.phase !== 'open' ? '' : tickers.length
  ? 'No ' + what + ' match ' + tickers.join(', ') + '. Clear the filter to see all.'
  : 'Waiting for the first ' + what + '.');

// --- socket --------------------------------------------------------------------------------------

let lagMs = NaN;

function onMessage(message) {
  const now = performance.now();
  if (message.c === 'hello') {
    for (const [name, feed] of Object.entries(feeds)) feed.hello(message.columns?.[name] ?? []);
  } else if (message.c === 'hb') {
    for (const [name, feed] of Object.entries(feeds)) feed.heartbeat(message.feeds?.[name], now);
    lagMs = feeds.eq.ageMs;
  } else if (Object.hasOwn(feeds, message.c)) {
    if (!feeds[message.c].frame(message, now)) return;
    for (const tape of tapes) if (tape.feed === feeds[message.c]) tape.dirty = true;
  }
}

const link = new Link({
  url: '',
  open: (url) => new WebSocket(url),
  now: () => performance.now(),
  random: Math.random,
  setTimer: (f, ms) => setTimeout(f, ms),
  clearTimer: (timer) => clearTimeout(timer),
  onMessage,
  onChange: () => describe(),
});

// --- panes ---------------------------------------------------------------------------------------

const optionsLive = () => feeds.opt.age(performance.now()) <= STALE_MS.opt;
const tapes = [
  new Tape(at('options'), { title: 'Options', feed: feeds.opt, runs: OPTION_RUNS, label: optionLabel,
    staleMs: STALE_MS.opt, link, empty: empty('option prints') }),
  new Tape(at('equities'), { title: 'Equities', feed: feeds.eq, runs: EQUITY_RUNS, label: equityLabel,
    staleMs: STALE_MS.eq, link, empty: empty('equity prints') }),
  new Tape(at('events'), { title: 'Smart money', feed: feeds.sm, runs: EVENT_RUNS, label: eventLabel,
    staleMs: STALE_MS.sm, link, empty: empty('events'), upstreamLive: optionsLive,
    note: () => (abstained ? count(abstained) + ' abstained, not listed' : '') }),
];
const chart = new PriceChart({ root: at('chart'), equities: feeds.eq, events: feeds.sm, fetchJson });
const session = new Session({ fetchJson, root: document, onFocus: (symbols) => symbols.forEach((s) => chart.know(s)) });

// --- labels --------------------------------------------------------------------------------------

const shown = {};
function put(id, text, css) {
  if (shown[id] !== text) at(id).textContent = shown[id] = text;
  if (css !== undefined && at(id).className !== css) at(id).className = css;
}

function describe() {
  const now = performance.now();
  for (const tape of tapes) tape.describe(now);
  chart.describe();
  const state = linkState(link, now);
  put('link', state.glyph + ' ' + state.text, 'tone-' + state.tone);
  at('retry').hidden = link.phase !== 'waiting';
  const rate = Object.values(feeds).reduce((sum, feed) => sum + feed.rowsPerS, 0);
  put('rate', link.phase === 'open' ? count(rate) + '/s' : '');
  put('lag', link.phase === 'open' && !Number.isNaN(lagMs) ? 'lag ' + (lagMs < 1000 ? Math.round(lagMs) + ' ms' : age(lagMs)) : '');
  put('clock', clock(Date.now()) + ' ET');
  for (const [name, feed] of Object.entries(feeds)) {
    const one = feedState(link, feed, now, STALE_MS[name], name === 'sm' && optionsLive());
    put('feed-' + name, one.glyph + ' ' + { opt: 'opt', eq: 'eq', sm: 'flow' }[name], 'tone-' + one.tone);
    at('feed-' + name).title = one.text;
  }
  const dropped = Object.values(feeds).reduce((sum, feed) => sum + feed.dropped, 0);
  put('dropped', dropped ? count(dropped) + ' rows skipped by the server' : '');
}

// --- keys ----------------------------------------------------------------------------------------

function setTickers(text) {
  tickers = [...new Set(text.toUpperCase().split(/[\s,]+/).filter((t) => /^[A-Z][A-Z0-9.-]{0,7}$/.test(t)))];
  applyFilters();
}

at('ticker').addEventListener('keydown', (event) => {
  if (event.key === 'Enter') {
    setTickers([...tickers, at('ticker').value].join(','));
    at('ticker').value = '';
    tapes[0].body.focus();
  } else if (event.key === 'Escape') {
    at('ticker').value = '';
    tapes[0].body.focus();
  }
});

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === ',' && gear && !event.target.closest?.('input:not([type=radio], [type=checkbox]), textarea')) {
    gear.toggle();
    event.preventDefault();
    return;
  }
  const typing = event.target.closest?.('input, select, textarea, button');
  if (typing) return;
  if (event.key === '/') {
    at('ticker').focus();
    event.preventDefault();
  } else if (/^[1-3]$/.test(event.key)) {
    tapes[Number(event.key) - 1].body.focus();
  } else if ((event.key === ' ' || event.key === 'l') && !event.defaultPrevented && !event.target.closest('.body')) {
    tapes[0].key(event);
  }
});

for (const tab of document.querySelectorAll('[data-tab]')) {
  tab.onclick = () => {
    document.body.dataset.tab = tab.dataset.tab;
    for (const other of document.querySelectorAll('[data-tab]'))
      if (other !== document.body) other.setAttribute('aria-pressed', String(other === tab));
  };
}
at('retry').onclick = () => link.retryNow();

// --- start ---------------------------------------------------------------------------------------

/** @type {import('./gear.js').Gear|null} */ let gear = null;
let paintedAt = 0;
let describedAt = 0;
function frame(now) {
  requestAnimationFrame(frame);
  if (reduced.matches && now - paintedAt < SLOW_PAINT_MS) return;
  paintedAt = now;
  for (const tape of tapes) tape.paint();
  chart.paint(now);
  if (now - describedAt >= DESCRIBE_MS) {
    describedAt = now;
    describe();
  }
}

/** The operator's gear; nothing of it is asked for where the service has no operator plane. */
async function mountGear() {
  const { Gear } = await import('./gear.js');
  gear = await Gear.mount({ onTicker: (symbol) => setTickers(symbol), onOpen: () => {} });
}

async function start() {
  let config = { ws_path: '/ws', build: '' };
  try {
    config = { ...config, ...await fetchJson('/config.json') };
  } catch { /* the socket's own state tells that the service is away */ }
  const path = typeof config.ws_path === 'string' && config.ws_path.startsWith('/') ? config.ws_path : '/ws';
  link.options.url = location.origin.replace(/^http/, 'ws') + path;
  put('build', config.build ? 'build ' + config.build : '');
  applyFilters();
  link.start();
  if (config.synthetic_admin === true) mountGear();
  session.start();
  chart.start();
  requestAnimationFrame(frame);
}

start();

// SPDX-License-Identifier: Apache-2.0
// Wiring: the socket to the feeds, the feeds to the panes, one frame loop that paints what is dirty.

import { PriceChart } from './chart.js';
import { Evidence } from './evidence.js';
import { Feed } from './feed.js';
import { FilterBar } from './filter-bar.js';
import { Filters } from './filters.js';
import { age, clock, count } from './format.js';
import { browser } from './kept.js';
import { Keys } from './keys.js';
import { Link } from './link.js';
import {
  ALERT_RUNS, EQUITY_RUNS, EVENT_RUNS, OPTION_RUNS, alertLabel, equityLabel, eventLabel, optionLabel, packetLabel, packetRuns,
} from './rows.js';
import { STALE_MS } from './schema.js';
import { Session } from './session.js';
import { Splitters } from './splitters.js';
import { feedState, linkState } from './state.js';
import { Tape } from './tape.js';
import { VolStrip } from './vol-strip.js';

const DESCRIBE_MS = 200;
const SLOW_PAINT_MS = 250; // with prefers-reduced-motion
const BOTH_PX = 1440; // from this width the drawer and the evidence fit side by side

const at = (id) => document.getElementById(id);
const reduced = matchMedia('(prefers-reduced-motion: reduce)');

async function fetchJson(url, options = {}) {
  const answer = await fetch(url, { headers: { accept: 'application/json' }, signal: AbortSignal.timeout(8000), ...options });
  if (!answer.ok) throw new Error('the service answered ' + answer.status);
  return answer.json();
}

const feeds = { opt: new Feed('opt'), eq: new Feed('eq'), sm: new Feed('sm'), pk: new Feed('pk', 2000), al: new Feed('al', 1000) };
const SHOWN = { opt: 'opt', eq: 'eq', sm: 'flow' }; // in the status bar; packets and alerts are of the flow

// --- filters -------------------------------------------------------------------------------------

const filters = new Filters();
let abstained = 0;
feeds.sm.listeners.push((seq) => { if (feeds.sm.ring.isTrue('abstained', seq)) abstained++; });

function applyFilters() {
  for (const [name, feed] of Object.entries(feeds)) feed.view.filter(filters.accept(name, feed.ring));
  for (const tape of tapes) {
    tape.version++;
    tape.jump();
  }
  if (filters.symbols.length === 1) chart.choose(filters.symbols[0]);
}

function setTicker(symbol) {
  filters.contract = null;
  filters.setTickers(symbol);
  bar.changed();
}

/** What stands in a pane without rows, and whether clearing the filters may help. */
const empty = (what, name) => () => (link.phase !== 'open' ? { text: '', clear: false }
  : filters.accept(name, feeds[name].ring) && filters.active
    ? { text: filters.sentence(what, name), clear: true }
    : { text: 'Waiting for the first ' + what + '.', clear: false });

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
/** Of each packet the event made of it: its id ends in the packet's. */
const events = new Map();
feeds.sm.listeners.push((seq) => {
  const { ring } = feeds.sm;
  const id = ring.text('event_id', seq);
  events.set(id.split(':').slice(2).join(':'), { id, ts: ring.number('ts', seq), profile: ring.word('profile', seq) });
  if (events.size > 2000) events.delete(events.keys().next().value);
  const packets = tapes[3];
  packets.version++; // its profile is known now
  packets.dirty = true;
});

const PLACES = [['options', 'packets'], ['events', 'alerts']];
/** Shows one of the panes that share a place. */
function showPane(id) {
  const place = PLACES.find((ids) => ids.includes(id));
  const inside = place.some((other) => at(other).contains(document.activeElement));
  for (const other of place) at(other).hidden = other !== id;
  for (const tape of tapes) if (tape.root.id === id) tape.layout();
  if (inside) /** @type {HTMLElement} */ (at(id).querySelector('[aria-pressed=true]')).focus();
}
const turns = (here, ids, labels) => ids.map((id, i) => ({ label: labels[i], here: id === here, show: () => showPane(id) }));
const optionTabs = (here) => turns(here, PLACES[0], ['Options', 'Packets']);
const eventTabs = (here) => turns(here, PLACES[1], ['Smart money', 'Alerts']);

/** A tape of a feed; without rows it says that there are none of `what`. */
const pane = (id, name, what, options) => new Tape(at(id), { feed: feeds[name], staleMs: STALE_MS[name], link,
  empty: empty(what, name), onClear: () => bar.clear(), ...options });
const openEventOf = (ring, seq) => openEvent(ring.text('event_id', seq), ring.number('ts', seq));

const tapes = [
  pane('options', 'opt', 'prints', { title: 'Options', tabs: optionTabs('options'), runs: OPTION_RUNS, label: optionLabel,
    onOpen: (ring, seq) => evidence.showPrint(ring.text('trace_id', seq)) }),
  pane('equities', 'eq', 'prints', { title: 'Equities', runs: EQUITY_RUNS, label: equityLabel }),
  pane('events', 'sm', 'events', { title: 'Smart money', tabs: eventTabs('events'), runs: EVENT_RUNS, label: eventLabel,
    openOnClick: true, onOpen: openEventOf, upstreamLive: optionsLive, note: () => (abstained ? count(abstained) + ' abstained' : '') }),
  pane('packets', 'pk', 'packets', { title: 'Packets', tabs: optionTabs('packets'), label: packetLabel, upstreamLive: optionsLive,
    runs: packetRuns((id) => events.get(id)?.profile ?? null), onOpen: (ring, seq) => openPacket(ring.text('packet_id', seq)) }),
  pane('alerts', 'al', 'alerts', { title: 'Alerts', tabs: eventTabs('alerts'), runs: ALERT_RUNS, label: alertLabel,
    openOnClick: true, onOpen: openEventOf, upstreamLive: optionsLive }),
];
new Splitters(document.querySelector('main'));
const chart = new PriceChart({ root: at('chart'), equities: feeds.eq, events: feeds.sm, fetchJson,
  onMarker: (id) => openMarker(id) });
const volatility = new VolStrip({ root: at('chart'), symbol: () => chart.symbol, fetchJson });
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
  put('pause-all', allPaused() ? 'Resume' : 'Pause');
  at('pause-all').setAttribute('aria-pressed', String(allPaused()));
  const state = linkState(link, now);
  put('link', state.glyph + ' ' + state.text, 'tone-' + state.tone);
  at('retry').hidden = state.id !== 'reconnecting'; // there while it tries, too
  const rate = Object.keys(SHOWN).reduce((sum, name) => sum + feeds[name].rowsPerS, 0);
  put('rate', rate && link.phase === 'open' ? count(rate) + '/s' : '');
  put('lag', link.phase === 'open' && !Number.isNaN(lagMs) ? 'lag ' + (lagMs < 1000 ? Math.round(lagMs) + ' ms' : age(lagMs)) : '');
  put('clock', clock(Date.now()) + ' ET');
  for (const [name, words] of Object.entries(SHOWN)) {
    const one = feedState(link, feeds[name], now, STALE_MS[name], name === 'sm' && optionsLive());
    put('feed-' + name, one.glyph + ' ' + words, 'tone-' + one.tone);
    at('feed-' + name).title = one.text;
  }
  const dropped = Object.values(feeds).reduce((sum, feed) => sum + feed.dropped, 0);
  const queued = tapes.reduce((sum, tape) => sum + (tape.root.hidden ? 0 : tape.waiting), 0);
  put('queued', '+' + count(queued) + ' queued', queued ? 'tone-accent' : '');
  put('dropped', dropped ? count(dropped) + ' rows skipped by the server' : '');
}

// --- evidence ------------------------------------------------------------------------------------

const bar = new FilterBar({ filters, onChange: applyFilters, onDone: () => shownOf(0).body.focus() });
const evidence = new Evidence(at('evidence'), { fetchJson, onTicker: setTicker,
  // Below 1440 px there is room for the drawer or the evidence, not for both.
  onOpen: () => { if (gear?.open && innerWidth < BOTH_PX) gear.close(); } });

const openEvent = (id, ts) => evidence.showEvent({ id, ts });

function openPacket(id) {
  const event = events.get(id);
  if (event?.profile) openEvent(event.id, event.ts);
  else evidence.showPacket(id);
}

/** A marker of the chart: the newest event it stands for. */
function openMarker(id) {
  const { ring } = feeds.sm;
  for (let seq = ring.next - 1; seq >= ring.first; seq--)
    if (!ring.isGap(seq) && ring.text('event_id', seq) === id) {
      openEvent(id, ring.number('ts', seq));
      return;
    }
}

/** Only the contract of the row the cursor is on. */
function focusContract() {
  const seq = tapes[0].cursorSeq();
  const { ring } = feeds.opt;
  if (seq < 0) return;
  filters.contract = { sym: ring.word('sym', seq), exp: ring.word('exp', seq), strike: ring.number('strike', seq), right: ring.word('right', seq) };
  bar.changed();
}

// --- keys ----------------------------------------------------------------------------------------

/** The pane that has its place now. */
const shownOf = (place) => tapes.find((tape) => PLACES[place].includes(tape.root.id) && !tape.root.hidden);
const focusPane = [() => shownOf(0).body.focus(), () => tapes[1].body.focus(), () => at('symbol').focus(),
  () => shownOf(1).body.focus(), () => evidence.open && evidence.body.focus()];

/** F6: through the regions that are there, from the one that has the focus. */
function nextRegion(step) {
  const regions = ['.top', '#options', '#packets', '#equities', '#chart', '#events', '#alerts', '#evidence', '#synthetic-drawer', '.status']
    .map((selector) => /** @type {HTMLElement} */ (document.querySelector(selector))).filter((node) => node && node.offsetParent !== null);
  const here = regions.findIndex((node) => node.contains(document.activeElement));
  const node = regions[(here + step + regions.length) % regions.length];
  const first = node.querySelector('.body, .evidence-body, h2[tabindex], input, select, button:not([hidden], :disabled)');
  /** @type {HTMLElement} */ (first)?.focus();
}

function setDensity(roomy) {
  document.body.classList.toggle('roomy', roomy);
  at('density').setAttribute('aria-pressed', String(roomy));
  browser.set('roomy', roomy ? '1' : '0');
  for (const tape of tapes) tape.layout();
}
if (browser.get('roomy') === '1') setDensity(true);

const focused = () => tapes.find((tape) => tape.body === document.activeElement) ?? shownOf(0);
const keys = new Keys({
  '/': () => at('ticker').focus(), f: () => bar.toggle(), x: () => bar.clear(), c: () => focusContract(),
  ' ': (event) => focused().key(event), l: (event) => focused().key(event), Home: (event) => focused().key(event),
  j: (event) => focused().key(event), k: (event) => focused().key(event),
  ...Object.fromEntries(focusPane.map((focus, i) => [String(i + 1), focus])),
  F6: (event) => nextRegion(event.shiftKey ? -1 : 1),
  '[': () => chart.setInterval(60000), ']': () => chart.setInterval(300000),
  d: () => setDensity(!document.body.classList.contains('roomy')), ',': () => gear?.toggle(),
  Escape: () => { if (bar.open) bar.close(true); else evidence.close(); },
});
const allPaused = () => tapes.every((tape) => tape.paused);
at('pause-all').onclick = () => {
  const paused = !allPaused();
  for (const tape of tapes) if (tape.paused !== paused) tape.setPaused(paused);
  describe();
};
at('density').onclick = () => setDensity(!document.body.classList.contains('roomy'));
at('help-button').onclick = () => keys.help();

const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('nav [data-tab]')]);
for (const tab of tabs) {
  tab.onclick = () => {
    document.body.dataset.tab = tab.dataset.tab;
    for (const other of tabs) other.setAttribute('aria-pressed', String(other === tab));
  };
}
tabs.find((tab) => tab.dataset.tab === location.hash.slice(1))?.click();
at('retry').onclick = () => link.retryNow();

// --- start ---------------------------------------------------------------------------------------

/** @type {import('./gear.js').Gear|null} */ let gear = null;
let describedAt = 0;
const nextFrame = () => requestAnimationFrame(frame);
function frame(now) {
  if (reduced.matches) setTimeout(nextFrame, SLOW_PAINT_MS);
  else nextFrame();
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
  gear = await Gear.mount({ onTicker: setTicker, onOpen: () => { if (innerWidth < BOTH_PX) evidence.close(); } });
}

const WS_PATH = '/ws'; // unless config.json says otherwise
const socketAt = (path) => location.origin.replace(/^http/, 'ws') + path;

async function start() {
  applyFilters();
  link.options.url = socketAt(WS_PATH);
  link.start();
  session.start();
  chart.start();
  volatility.start();
  requestAnimationFrame(frame);
  const config = await fetchJson('/config.json').catch(() => ({})); // the socket tells
  if (typeof config.ws_path === 'string' && config.ws_path.startsWith('/') && config.ws_path !== WS_PATH) {
    link.options.url = socketAt(config.ws_path);
    link.lost();
    link.retryNow();
  }
  put('build', config.build ? 'build ' + config.build : '');
  if (config.synthetic_admin === true) mountGear();
}

start();

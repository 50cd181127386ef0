// SPDX-License-Identifier: Apache-2.0
// The Lab: asks the service for its panels every five seconds and shows them. Statistics come from
// the service; nothing is computed here.

import { clock } from './format.js';
import { Panel } from './lab_panel.js';
import { source, tally } from './lab_text.js';

const POLL_MS = 5000;
const TIMEOUT_MS = 4000;

const at = (id) => document.getElementById(id);
/** @type {Map<string, Panel>} */
const panels = new Map();
let computedAt = 0;
let timer = 0;
let asking = false;

function say(text, tone) {
  const state = at('state');
  if (state.textContent !== text) state.textContent = text;
  state.className = 'tone-' + tone;
}

function show(facts) {
  if (facts.computed_at === computedAt) return;
  computedAt = facts.computed_at;
  for (const panel of facts.panels) {
    if (!panels.has(panel.id)) panels.set(panel.id, new Panel(at('panels'), panel.id));
    panels.get(panel.id).show(panel);
  }
  at('panels').setAttribute('aria-busy', 'false');
  at('words').textContent = tally(facts.panels);
  at('source').textContent = source(facts);
}

async function ask() {
  const answer = await fetch('/lab/facts', { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (answer.status === 204) {
    say('Measuring for the first time…', 'dim');
    return;
  }
  if (!answer.ok) throw new Error('the service answered ' + answer.status);
  show(await answer.json());
  const old = Date.now() - computedAt > 20000;
  say(old ? '▲ Stale since ' + clock(computedAt) : '● Live', old ? 'warn' : 'ok');
  document.body.classList.toggle('stale', old);
}

async function turn() {
  clearTimeout(timer);
  if (asking || document.hidden) return;
  asking = true;
  try {
    await ask();
  } catch {
    say(computedAt ? '▲ Not reached; shown is ' + clock(computedAt) : '▲ The service is not reached. Retrying.', 'err');
    document.body.classList.toggle('stale', computedAt > 0);
  }
  asking = false;
  timer = setTimeout(turn, computedAt ? POLL_MS : 1000);
}

/** The operator's gear, as on the tape; nothing of it is asked for where there is no operator plane. */
async function mountGear() {
  const { Gear } = await import('./gear.js');
  const gear = await Gear.mount({ onTicker: () => location.assign('/'), onOpen: () => {} });
  document.addEventListener('keydown', (event) => {
    if (event.key !== ',' || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/** @type {HTMLElement} */ (event.target).closest?.('input, select, textarea')) return;
    gear.toggle();
    event.preventDefault();
  });
}

async function start() {
  try {
    const config = await (await fetch('/config.json', { signal: AbortSignal.timeout(TIMEOUT_MS) })).json();
    at('build').textContent = config.build ? 'build ' + config.build : '';
    if (config.synthetic_admin === true) mountGear();
  } catch { /* the panels' own state tells that the service is away */ }
}

document.addEventListener('visibilitychange', turn);
start();
turn();

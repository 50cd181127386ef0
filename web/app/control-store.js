// SPDX-License-Identifier: Apache-2.0
// The drawer's state machine, without DOM. Clock, timers and fetch are given, so tests need neither.
//
//   view = server ⊕ inflight ⊕ pending
//
// server: last confirmed by the service. pending: edits of the last 250 ms, or those made while a PUT
// was on its way. inflight: what that PUT carries. There is never more than one PUT; a failed one
// drops only its own fields. The status is polled each 5 s from start to start, one at a time; a poll
// that began before a PUT started or ended says nothing about the control, only about the market.

import {
  backendLine, bodyOf, overlay, pollTrouble, readControl, refusal, sectionOf, SECTIONS, valueWords,
  writeTrouble,
} from './control-model.js';
import { clock as at } from './format.js';

export const STATUS_URL = '/api/admin/synthetic/status';
export const CONTROL_URL = '/api/admin/synthetic/control';
export const DEBOUNCE_MS = 250;
export const PUT_TIMEOUT_MS = 4000;
export const POLL_MS = 5000;
export const POLL_TIMEOUT_MS = 3000;
const DELAYED = 3; // failures in a row after which values are called old
const BACK_OFF = [5000, 5000, 5000, 10000, 20000, 30000]; // by failures in a row

const isEmpty = (patch) => !patch || Object.keys(patch).length === 0;

export class ControlStore {
  /**
   * @param {{fetch: (url: string, options: any) => Promise<any>, now: () => number, wall: () => number,
   *   setTimer: (f: () => void, ms: number) => any, clearTimer: (timer: any) => void,
   *   onChange: () => void}} env now: monotonic ms; wall: ms since the epoch
   */
  constructor(env) {
    this.env = env;
    /** @type {any} */ this.server = null;
    /** @type {string|null} */ this.etag = null;
    /** @type {any} */ this.inflight = null;
    /** @type {Record<string, any>} */ this.pending = {};
    this.dueTimer = null;
    this.due = false; // the 250 ms are over, but a PUT is still on its way
    this.writes = 0; // PUTs started plus PUTs ended
    /** @type {Record<string, {text: string, patch: any}>} */ this.alerts = {};
    this.savedAt = 0;
    this.savedRevision = 0;
    this.appliedAt = 0;
    this.foreign = ''; // "Changed by … at …"
    /** @type {any} */ this.live = null; // the last good status
    this.liveAt = 0; // monotonic
    /** @type {{id: string, title: string}|null} */ this.refused = null;
    this.trouble = '';
    this.failures = 0;
    this.failingSince = 0;
    this.polling = false;
    this.pollTimer = null;
    this.pollStartedAt = -Infinity;
    /** @type {number|null} */ this.pollDue = null; // when the timer of the next poll was to fire
    this.running = false;
    this.hidden = false;
    this.announcement = '';
    this.wasDisabled = false;
  }

  changed() {
    this.env.onChange();
  }

  // --- what is shown ---------------------------------------------------------------------------

  /** The control as the user sees it; null: none known yet. */
  get view() {
    return this.server && overlay(this.server, this.inflight?.patch, this.pending);
  }

  get disabled() {
    return this.refused !== null || this.live?.enabled === false;
  }

  /** Whether inputs take edits. */
  get editable() {
    return this.server !== null && !this.disabled;
  }

  get saving() {
    return this.inflight !== null;
  }

  get old() {
    return this.failures >= DELAYED;
  }

  get word() {
    if (this.disabled || !this.server) return 'Read only';
    if (this.saving) return 'Saving…';
    if (!isEmpty(this.pending)) return 'Unsaved';
    return isEmpty(this.alerts) ? 'Saved' : 'Not saved';
  }

  /** The footer: the word, and since when. */
  get footer() {
    if (this.word !== 'Saved' || !this.savedAt) return this.word;
    return this.appliedAt ? 'Saved ' + at(this.savedAt) + ' · Applied ' + at(this.appliedAt)
      : 'Saved ' + at(this.savedAt) + (this.live?.applied ? ' · applying…' : '');
  }

  /** The dot on the gear: '' | 'busy' | 'error' | 'off'. */
  get dot() {
    if (this.disabled) return 'off';
    if (!isEmpty(this.alerts) || this.old) return 'error';
    return this.saving || !isEmpty(this.pending) ? 'busy' : '';
  }

  /** What stands above the sections; null: all is well. */
  get notice() {
    if (this.refused) return { title: this.refused.title, text: '', line: '' };
    if (this.live?.enabled === false && !this.old) {
      return { title: 'Synthetic control unavailable', line: backendLine(this.live),
        text: String(this.live.disabled_reason ?? '') };
    }
    if (!this.failures) return null;
    if (!this.live || !this.old) {
      return { title: this.live ? 'Status delayed' : this.trouble, line: '',
        text: this.live ? this.trouble : 'Retrying every ' + this.interval / 1000 + ' s.' };
    }
    return { title: this.trouble, line: '', text: 'Status unavailable since ' + at(this.failingSince) +
      '. Retrying every ' + this.interval / 1000 + ' s. Values shown may be old.' };
  }

  // --- edits -------------------------------------------------------------------------------------

  /** @param {Record<string, any>} patch flat fields; the last choice of a field wins */
  edit(patch) {
    if (!this.editable) return;
    Object.assign(this.pending, patch);
    this.foreign = '';
    this.schedule();
    this.changed();
  }

  schedule() {
    this.env.clearTimer(this.dueTimer);
    this.due = false;
    this.dueTimer = this.env.setTimer(() => this.fire(), DEBOUNCE_MS);
  }

  fire() {
    this.dueTimer = null;
    if (isEmpty(this.pending)) return;
    if (this.inflight) this.due = true;
    else this.put();
  }

  retry(section) {
    const alert = this.alerts[section];
    if (!alert) return;
    delete this.alerts[section];
    this.edit(alert.patch);
  }

  dismiss(section) {
    delete this.alerts[section];
    this.changed();
  }

  // --- writing -----------------------------------------------------------------------------------

  headers() {
    return { 'content-type': 'application/json', accept: 'application/json',
      ...(this.etag ? { 'if-match': this.etag } : {}) };
  }

  async put() {
    const inflight = { patch: this.pending };
    const body = bodyOf(this.view);
    this.inflight = inflight;
    this.pending = {};
    this.due = false;
    this.writes++;
    this.changed();
    const answer = await this.request(CONTROL_URL, { method: 'PUT', headers: this.headers(), body,
      keepalive: true }, PUT_TIMEOUT_MS);
    this.writes++;
    this.inflight = null;
    const control = readControl(answer.body?.control);
    if (answer.ok && control) this.saved(inflight.patch, control, answer);
    else this.failed(inflight.patch, control, answer);
    if (this.due) this.put();
    else this.changed();
  }

  saved(patch, control, answer) {
    this.server = control;
    this.take(answer.etag);
    this.savedAt = this.env.wall();
    this.savedRevision = this.revision;
    this.appliedAt = 0;
    for (const field of Object.keys(patch)) delete this.alerts[sectionOf(field)];
    if (answer.body.derived && this.live) this.live = { ...this.live, derived: answer.body.derived };
  }

  failed(patch, control, answer) {
    const reason = answer.ok ? 'unreadable' : answer.reason;
    const why = writeTrouble(reason, answer.status, answer.body);
    const conflict = answer.status === 412;
    if (conflict && control) {
      this.server = control;
      this.take(answer.etag);
    }
    if (answer.status === 409 && answer.body) this.takeStatus(answer);
    const bySection = {};
    for (const [field, value] of Object.entries(patch)) (bySection[sectionOf(field)] ??= {})[field] = value;
    for (const [section, part] of Object.entries(bySection)) {
      const rolled = Object.keys(part).filter((field) => !(field in this.pending));
      const back = rolled.length ? (conflict ? ' Now ' : ' Back to ') + valueWords(this.server, rolled) + '.' : '';
      this.alerts[section] = { text: SECTIONS[section] + ' not saved: ' + why + '.' + back, patch: part };
    }
    if (conflict && !control) this.pollNow();
  }

  take(etag) {
    this.etag = etag || null;
    this.revision = Number(/\d+/.exec(etag ?? '')?.[0] ?? 0);
  }

  /** The page goes away: what was not sent is sent now, and outlives the page. */
  flush() {
    if (isEmpty(this.pending) || !this.editable) return;
    this.env.clearTimer(this.dueTimer);
    const body = bodyOf(this.view);
    // A PUT on its way will change the revision, so this one cannot name it.
    const headers = this.headers();
    if (this.inflight) delete headers['if-match'];
    this.pending = {};
    this.env.fetch(CONTROL_URL, { method: 'PUT', headers, body, keepalive: true }).catch(() => {});
  }

  // --- asking ------------------------------------------------------------------------------------

  /** One request with a timeout. Never throws: {ok, status, reason, body, etag}. */
  async request(url, options, timeoutMs) {
    const abort = new AbortController();
    let timer;
    const late = new Promise((resolve) => {
      timer = this.env.setTimer(() => {
        resolve({ ok: false, status: 0, reason: 'timeout', body: null, etag: null });
        abort.abort();
      }, timeoutMs);
    });
    const asked = (async () => {
      let answer;
      try {
        answer = await this.env.fetch(url, { ...options, signal: abort.signal, cache: 'no-store' });
      } catch {
        return { ok: false, status: 0, reason: 'network', body: null, etag: null };
      }
      let body = null;
      try {
        body = JSON.parse(await answer.text());
      } catch { /* told by what is missing in it */ }
      const etag = answer.headers?.get?.('etag') ?? null;
      return { ok: answer.status >= 200 && answer.status < 300, status: answer.status, reason: 'status', body, etag };
    })();
    const answer = await Promise.race([asked, late]);
    this.env.clearTimer(timer);
    return answer;
  }

  start() {
    this.running = true;
    if (!this.hidden) this.pollNow();
  }

  stop() {
    this.running = false;
    this.env.clearTimer(this.pollTimer);
    this.env.clearTimer(this.dueTimer);
  }

  setHidden(hidden) {
    if (hidden === this.hidden) return;
    this.hidden = hidden;
    if (hidden) this.env.clearTimer(this.pollTimer);
    else if (this.running) this.pollNow();
  }

  get interval() {
    return BACK_OFF[Math.min(this.failures, BACK_OFF.length - 1)];
  }

  /** Polls at once, unless a poll is on its way. */
  pollNow() {
    this.env.clearTimer(this.pollTimer);
    if (!this.polling) this.poll();
  }

  async poll() {
    this.polling = true;
    // A timer that fires a little late does not push back all polls after it.
    const now = this.env.now();
    this.pollStartedAt = this.pollDue !== null && now - this.pollDue < 1000 ? this.pollDue : now;
    this.pollDue = null;
    const writes = this.writes;
    const answer = await this.request(STATUS_URL, { headers: { accept: 'application/json' } }, POLL_TIMEOUT_MS);
    this.polling = false;
    this.takePoll(answer, writes === this.writes && !this.inflight);
    this.planPoll();
    this.changed();
  }

  planPoll() {
    if (!this.running || this.hidden) return;
    this.env.clearTimer(this.pollTimer);
    const due = this.pollStartedAt + this.interval;
    this.pollTimer = this.env.setTimer(() => {
      this.pollDue = due;
      this.pollNow();
    }, Math.max(0, due - this.env.now()));
  }

  takePoll(answer, current) {
    const status = answer.status;
    if (status === 409 && answer.body?.enabled === false) {
      this.good();
      this.takeStatus(answer);
      return;
    }
    const refused = answer.ok ? null : refusal(status, answer.body);
    if (refused) {
      this.good();
      this.refused = refused;
      this.wasDisabled = true;
      return;
    }
    const control = readControl(answer.body?.control);
    if (!answer.ok || !control || typeof answer.body.enabled !== 'boolean') {
      if (this.failures++ === 0) this.failingSince = this.env.wall();
      this.trouble = answer.reason === 'status' ? pollTrouble(status) : pollTrouble(0);
      return;
    }
    this.good();
    this.takeStatus(answer);
    if (current) this.takeControl(control, answer.etag);
    this.seeApplied();
  }

  good() {
    this.failures = 0;
    this.trouble = '';
    this.refused = null;
  }

  takeStatus(answer) {
    this.live = answer.body;
    this.liveAt = this.env.now();
    const disabled = this.live.enabled === false;
    if (disabled) this.pending = {}; // they can no longer be sent
    if (this.wasDisabled && !disabled) this.announcement = 'Synthetic control available again.';
    this.wasDisabled = disabled;
  }

  takeControl(control, etag) {
    const known = this.server;
    this.server = control;
    this.take(etag);
    if (!known) {
      this.savedRevision = this.revision;
      return;
    }
    if (control.updated_at <= known.updated_at) return;
    // Not ours: our own answers are taken as they come, and this poll began after them. Except a PUT
    // whose answer never came: its alert goes when the service shows its values.
    let ours = false;
    for (const [section, alert] of Object.entries(this.alerts)) {
      const shown = overlay(control, alert.patch);
      if (bodyOf(shown) !== bodyOf(control)) continue;
      delete this.alerts[section];
      ours = true;
    }
    this.savedRevision = this.revision;
    this.savedAt = ours ? control.updated_at : 0;
    this.appliedAt = 0;
    if (!ours) this.foreign = 'Changed by ' + control.updated_by + ' at ' + at(control.updated_at);
  }

  /** Both ingest services report the saved revision, or a later one. */
  seeApplied() {
    if (!this.savedRevision || !this.savedAt || this.appliedAt || !isEmpty(this.pending)) return;
    const applied = [this.live?.applied?.options, this.live?.applied?.equities];
    if (!applied.every((one) => Number(one?.revision) >= this.savedRevision)) return;
    const seconds = applied.map((one) => Number(one.effective_second)).filter(Number.isFinite);
    this.appliedAt = seconds.length ? Math.max(...seconds) * 1000 : this.env.wall();
  }
}

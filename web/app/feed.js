// SPDX-License-Identifier: Apache-2.0
// One feed on the page's side: rows into the ring, what was dropped, and after a reconnect which
// rows of the snapshot are new and how many are missing between. Pure.

import { Reader, Ring, View } from './ring.js';
import { COLUMNS, FLAGS, IDS } from './schema.js';

const CAPACITY = 5000;
const REMEMBERED = 512; // ids; a snapshot has at most 200 rows

export class Feed {
  /** @param {string} name of the feed, as in schema.js */
  constructor(name, capacity = CAPACITY) {
    this.name = name;
    this.ring = new Ring(capacity, COLUMNS[name], FLAGS);
    this.view = new View(this.ring);
    /** @type {Reader|null} */ this.reader = null;
    this.lastTs = 0; // of the newest row
    this.lastCount = -1; // the server's running count
    this.resumed = false; // the next frame is the first after a (re)connect
    this.received = 0;
    this.ageMs = NaN; // as of the last heartbeat
    this.heartbeatAt = 0;
    this.rowsPerS = 0;
    this.dropped = 0; // by the server, for this page
    this.dropNotice = 0;
    this.dropNoticeAt = -Infinity;
    /** @type {Set<string>} */ this.ids = new Set();
    /** @type {((seq: number) => void)[]} */ this.listeners = [];
  }

  /** A new connection told its columns. @param {string[]} columns */
  hello(columns) {
    this.reader = new Reader(COLUMNS[this.name], columns);
    this.resumed = this.received > 0;
  }

  /** A data frame; returns how many rows were taken. */
  frame(message, now) {
    if (!this.reader || !Array.isArray(message.d)) return 0;
    const rows = message.d.filter((row) => Array.isArray(row));
    if (message.drop > 0) this.noteDrop(message.drop, now);
    const fresh = this.received > 0 && (message.snapshot || this.resumed)
      ? rows.filter((row) => !this.ids.has(this.idOf(row))) : rows;
    if (this.resumed && (fresh.length || message.n !== this.lastCount)) this.markGap(fresh, message.n);
    this.resumed = false;
    for (const row of fresh) this.push(row);
    if (Number.isFinite(message.n)) this.lastCount = message.n;
    return fresh.length;
  }

  idOf(row) {
    return String(row[this.reader.at[IDS[this.name]]] ?? '');
  }

  push(row) {
    const id = this.idOf(row);
    if (id) {
      this.ids.add(id);
      if (this.ids.size > REMEMBERED) this.ids.delete(this.ids.values().next().value);
    }
    const seq = this.ring.push(this.reader, row);
    const ts = this.ring.number('ts', seq);
    if (ts > this.lastTs) this.lastTs = ts;
    this.received++;
    this.view.add(seq);
    for (const listener of this.listeners) listener(seq);
  }

  /** Between what was seen and what the snapshot starts with. A smaller count: the server is new. */
  markGap(fresh, count) {
    const first = fresh.length ? Number(fresh[0][this.reader.at.ts]) : this.lastTs;
    const known = Number.isFinite(count) && count >= this.lastCount && this.lastCount >= 0;
    const missing = known ? Math.max(0, count - this.lastCount - fresh.length) : -1;
    if (missing === 0) return; // the snapshot closed it
    this.view.add(this.ring.pushGap(this.lastTs, Math.max(first, this.lastTs), missing));
  }

  noteDrop(rows, now) {
    this.dropNotice = (now - this.dropNoticeAt < 10000 ? this.dropNotice : 0) + rows;
    this.dropNoticeAt = now;
  }

  /** The feed's part of a heartbeat. */
  heartbeat(told, now) {
    if (!told) return;
    this.ageMs = told.age_ms === null || told.age_ms === undefined ? NaN : Number(told.age_ms);
    this.heartbeatAt = now;
    this.rowsPerS = Number(told.rows_per_s) || 0;
    this.dropped = Number(told.dropped) || 0;
    if (told.drop > 0) this.noteDrop(Number(told.drop), now);
  }

  /** Age of the newest row now, ms; NaN: nothing seen yet. */
  age(now) {
    return Number.isNaN(this.ageMs) ? NaN : this.ageMs + Math.max(0, now - this.heartbeatAt);
  }
}

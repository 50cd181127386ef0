// SPDX-License-Identifier: Apache-2.0
// A pane of rows, newest on top. A fixed set of row elements is placed by transform; a row is
// written only when another row takes its element, so following the tape costs text for new rows
// only. Data goes in as text, never as markup.
//
// Paused, a column head may put the rows held in another order (tape-head.js).
//
// anchor: the place (of the feed's view) shown in the first line. Following: the newest. Paused or
// scrolled: it stays, rows keep arriving behind it.

import { make } from './dom.js';
import { count } from './format.js';
import { fitColumns, pad } from './rows.js';
import { feedState, gapText, pausedState } from './state.js';
import { Head, heldRows, nextOrder, ordered, paneTabs } from './tape-head.js';

let ids = 0;

export class Tape {
  /**
   * @param {HTMLElement} root
   * @param {{title: string, feed: import('./feed.js').Feed, runs: import('./rows.js').Run[],
   *   label: (ring: any, seq: number) => string, staleMs: number, link: any,
   *   empty: () => {text: string, clear: boolean}, onClear?: () => void, note?: () => string,
   *   tabs?: {label: string, here: boolean, show: () => void}[],
   *   upstreamLive?: () => boolean, openOnClick?: boolean, onOpen?: (ring: any, seq: number) => void}} options
   */
  constructor(root, options) {
    this.options = options;
    this.feed = options.feed;
    this.id = 'tape' + ++ids;
    this.following = true;
    this.paused = false;
    this.anchor = -1;
    this.cursor = -1;
    this.pressed = -1;
    this.pausedAt = -1; // the newest place when it was paused
    /** @type {number[]|null} */ this.sorted = null; // sequence numbers, top first
    this.rows = [];
    this.dirty = true;
    this.version = 0;
    this.shown = {};
    this.build(root);
    new ResizeObserver(() => this.layout()).observe(this.body);
  }

  build(root) {
    const { title, tabs } = this.options;
    const button = (css, onclick, text = '') => make('button', { type: 'button', class: css, text, onclick });
    this.root = root;
    root.classList.add('tape');
    this.stateText = make('span', { class: 'state' });
    this.noteText = make('span', { class: 'note' });
    this.jumpButton = button('jump', () => this.jump());
    this.jumpButton.hidden = true;
    this.pauseButton = button('pause', () => this.setPaused(!this.paused), 'Pause');
    root.append(make('header', { class: 'bar' }, [make('h2', { class: tabs ? 'hide' : '', text: title }), tabs ? paneTabs(tabs) : null,
      this.stateText, this.noteText, this.jumpButton, this.pauseButton]));
    this.head = new Head(this, root);
    this.emptyWords = make('span');
    this.clearButton = button('clear', () => this.options.onClear?.(), 'Clear filters');
    this.emptyText = make('p', { class: 'empty' }, [this.emptyWords, this.clearButton]);
    this.body = make('div', { class: 'body', tabindex: 0, role: 'grid', 'aria-rowcount': -1, 'aria-label': title + ' tape',
      onkeydown: (event) => this.key(event),
      // A row that arrives between press and release moves the others on: what was pressed counts.
      onpointerdown: (event) => { this.pressed = this.placeAt(event); },
      onclick: (event) => this.pick(event), onwheel: (event) => this.wheel(event) }, [this.emptyText]);
    this.touch();
    root.append(this.body);
  }

  touch() {
    let y = NaN;
    this.body.ontouchstart = (event) => { y = event.touches[0].clientY; };
    this.body.ontouchmove = (event) => {
      const lines = Math.trunc((event.touches[0].clientY - y) / this.rowHeight);
      y += lines * this.rowHeight;
      if (lines) this.scroll(-lines);
    };
  }

  // --- layout ---

  layout() {
    const style = getComputedStyle(this.root);
    this.rowHeight = parseFloat(style.getPropertyValue('--row-h')) || 22;
    this.phone = style.getPropertyValue('--two-lines').trim() === '1';
    const probe = make('span', { class: 'probe', text: '0'.repeat(100) });
    this.body.append(probe);
    const ch = probe.getBoundingClientRect().width / 100 || 7.2;
    probe.remove();
    const width = Math.floor((this.body.clientWidth - 20) / ch);
    const fit = fitColumns(this.options.runs, width);
    this.columns = this.phone
      ? new Set(this.options.runs.flatMap((r) => r.columns.filter((c) => c.phone))) : fit.kept;
    this.spare = this.phone ? 0 : fit.spare;
    this.head.write();
    this.makeRows(Math.max(1, Math.floor(this.body.clientHeight / this.rowHeight)));
    this.keepCursor();
    this.version++;
    this.dirty = true;
  }

  /** Brings the row of the cursor into sight. */
  keepCursor() {
    if (this.cursor < 0) return;
    if (this.cursor > this.anchor) this.anchor = this.cursor;
    if (this.cursor <= this.anchor - this.rows.length) this.anchor = this.cursor + this.rows.length - 1;
  }

  columnText(column, text) {
    if (this.phone && (column.small || column.grow)) return text;
    return pad(text, column.ch + (column.grow ? this.spare : 0), column.left);
  }

  runText(run, write) {
    let text = '';
    this.hint = '';
    for (const column of run.columns) {
      if (!this.columns.has(column)) continue;
      const written = write(column);
      if (written.startsWith('–') && column.none && !this.hint.includes(column.none)) this.hint += (this.hint && '. ') + column.none;
      text += (text && column.id !== 'ms' ? ' ' : '') + this.columnText(column, written);
    }
    // Nothing follows the last run, so it needs no blanks (a line through them would show).
    return run === this.options.runs[this.options.runs.length - 1] ? text.trimEnd() : text;
  }

  makeRows(wanted) {
    while (this.rows.length > wanted) this.rows.pop().node.remove();
    while (this.rows.length < wanted) {
      const spans = this.options.runs.map((run) => {
        const span = make('span', { class: 'run run-' + run.id });
        return { span, text: span.appendChild(document.createTextNode('')), css: span.className, title: '' };
      });
      const cell = make('div', { class: 'cell', role: 'gridcell' }, spans.map((one) => one.span));
      const node = make('div', { class: 'row', id: this.id + '-' + this.rows.length, role: 'row' }, [cell]);
      this.body.append(node);
      this.rows.push({ node, cell, spans, place: -2, line: -1, version: -1, css: 'row' });
    }
  }

  // --- what the user does ----------------------------------------------------------------------

  get newest() {
    return this.feed.view.next - 1;
  }

  /** The topmost and the lowest place there is, and whose row a place shows (-1: nobody's). */
  get top() {
    return this.sorted ? this.pausedAt : this.newest;
  }

  get bottom() {
    return this.sorted ? this.pausedAt - this.sorted.length + 1 : this.feed.view.first;
  }

  seqAt(place) {
    if (!this.sorted) return this.feed.view.at(place);
    const seq = this.sorted[this.pausedAt - place] ?? -1;
    return this.feed.ring.has(seq) ? seq : -1;
  }

  /** A column's order for the rows held; again: the other way, then back. */
  sortBy(column) {
    if (!this.paused) return;
    const { ring, view } = this.feed;
    const held = heldRows(view, ring, this.pausedAt);
    const numeric = held.length > 0 && typeof column.text.key(ring, held[0]) === 'number';
    this.head.order = nextOrder(this.head.order, column.id, numeric);
    const { order } = this.head;
    this.sorted = order ? ordered(held, (seq) => column.text.key(ring, seq), order.down) : null;
    this.anchor = this.pausedAt;
    this.cursor = -1;
    this.version++;
    this.tellPaused();
  }

  setPaused(paused) {
    if (!paused) {
      this.jump();
      return;
    }
    this.paused = true;
    this.pausedAt = this.newest;
    if (this.following) this.anchor = this.newest;
    this.following = false;
    this.tellPaused();
  }

  jump() {
    this.following = true;
    this.cursor = -1;
    if (this.sorted) this.version++;
    this.sorted = this.head.order = null;
    if (this.paused) {
      this.paused = false;
      this.tellPaused();
    }
    this.dirty = true;
  }

  tellPaused() {
    this.describe(performance.now()); // not at its next turn, which is up to 200 ms away
    this.pauseButton.textContent = this.paused ? 'Resume' : 'Pause';
    this.pauseButton.setAttribute('aria-pressed', String(this.paused));
    if (this.columns) this.head.write();
    this.dirty = true;
  }

  /** Moves by lines, positive to older rows. */
  scroll(lines) {
    const from = this.following ? this.newest : this.anchor;
    const oldest = Math.min(this.top, this.bottom + this.rows.length - 1);
    this.anchor = Math.max(oldest, Math.min(this.top, from - lines));
    this.following = this.anchor >= this.newest && !this.paused;
    this.dirty = true;
  }

  wheel(event) {
    const lines = Math.sign(event.deltaY) * Math.max(1, Math.round(Math.abs(event.deltaY) / 40));
    this.scroll(lines);
    event.preventDefault();
  }

  moveCursor(lines) {
    if (this.cursor < 0) {
      this.cursor = this.following ? this.newest : this.anchor;
      this.anchor = this.cursor;
      this.following = false;
    } else {
      const oldest = Math.max(this.bottom, 0);
      this.cursor = Math.max(oldest, Math.min(this.top, this.cursor - lines));
      this.keepCursor();
    }
    this.dirty = true;
  }

  placeAt(event) {
    const node = event.target.closest('.row');
    return this.rows.find((r) => r.node === node)?.place ?? -1;
  }

  pick(event) {
    const place = event.detail > 0 ? this.pressed : this.placeAt(event); // 0: no pointer made this click
    if (place < 0) return;
    if (this.following) {
      this.anchor = this.newest;
      this.following = false;
    }
    this.cursor = place;
    this.keepCursor();
    this.dirty = true;
    if (this.options.openOnClick) this.openRow();
  }

  /** The ring's row under the cursor; -1: none. */
  cursorSeq() {
    const seq = this.cursor < 0 ? -1 : this.seqAt(this.cursor);
    return seq >= 0 && !this.feed.ring.isGap(seq) ? seq : -1;
  }

  openRow() {
    const seq = this.cursorSeq();
    if (seq >= 0) this.options.onOpen?.(this.feed.ring, seq);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, this.rows.length - 1);
    const actions = {
      ' ': () => this.setPaused(!this.paused), Home: () => this.jump(), l: () => this.jump(),
      ArrowDown: () => this.moveCursor(1), j: () => this.moveCursor(1),
      ArrowUp: () => this.moveCursor(-1), k: () => this.moveCursor(-1),
      PageDown: () => this.scroll(page), PageUp: () => this.scroll(-page), Enter: () => this.openRow(),
    };
    const action = actions[event.key];
    if (!action) return;
    const own = event.currentTarget === this.body;
    if (own && event.target.closest('button')) return;
    // Letters belong to the page's keyboard map, which can be switched off.
    if (own && event.key.length === 1 && event.key !== ' ') return;
    action();
    event.preventDefault();
  }

  // --- painting ---

  writeRow(row, place) {
    const ring = this.feed.ring;
    const seq = this.seqAt(place);
    row.place = place;
    row.version = this.version;
    row.seq = seq;
    const gap = seq >= 0 && ring.isGap(seq);
    this.options.runs.forEach((run, i) => {
      const cell = row.spans[i];
      let text = '';
      this.hint = '';
      if (gap && i === 0) text = gapText(ring.number('ts', seq), ring.number('gapTo', seq), ring.number('gapRows', seq));
      else if (seq >= 0 && !gap) text = this.runText(run, (column) => (this.phone && column.small || column.text)(ring, seq));
      if (cell.text.data !== text) cell.text.data = text;
      if (cell.title !== this.hint) cell.span.title = cell.title = this.hint;
      const css = 'run run-' + run.id + (seq >= 0 && !gap && run.css ? ' ' + run.css(ring, seq) : '');
      if (cell.css !== css) cell.span.className = cell.css = css;
    });
    row.gap = gap;
  }

  placeRow(row, line) {
    if (row.line !== line) {
      row.node.style.transform = 'translateY(' + line * this.rowHeight + 'px)';
      row.line = line;
    }
    const css = 'row' + (row.gap ? ' gap' : '') + (row.place >= 0 && row.place === this.cursor ? ' cursor' : '');
    if (row.css !== css) row.node.className = row.css = css;
  }

  /** Once a frame, and only when something changed. */
  paint() {
    if (!this.dirty || !this.rows.length) return;
    this.dirty = false;
    if (this.feed.view.next > 0) this.emptyText.hidden = true; // it would lie over the first rows
    const top = this.following ? this.newest : this.anchor;
    let active = null;
    for (let line = 0; line < this.rows.length; line++) {
      const place = top - line;
      const row = this.rows[((place % this.rows.length) + this.rows.length) % this.rows.length];
      if (row.place !== place || row.version !== this.version) this.writeRow(row, place);
      this.placeRow(row, line);
      if (place === this.cursor && place >= 0) active = row;
    }
    this.tellCursor(active);
  }

  tellCursor(row) {
    if (this.labelled && this.labelled !== row) this.labelled.cell.removeAttribute('aria-label');
    this.labelled = row;
    if (!row) {
      this.body.removeAttribute('aria-activedescendant');
      return;
    }
    row.cell.setAttribute('aria-label', row.seq >= 0 && !row.gap ? this.options.label(this.feed.ring, row.seq) : '');
    this.body.setAttribute('aria-activedescendant', row.node.id);
  }

  get waiting() {
    return this.following ? 0 : this.newest - (this.paused ? this.pausedAt : this.anchor);
  }

  /** Labels; a few times a second. */
  describe(now) {
    const waiting = this.waiting, state = this.describeState(now, waiting);
    this.set('state', this.stateText, state.glyph + ' ' + state.text, 'state tone-' + state.tone);
    const dropped = now - this.feed.dropNoticeAt < 10000;
    const note = dropped ? 'Server skipped ' + count(this.feed.dropNotice) + ' rows (slow reader)'
      : this.options.note?.() ?? '';
    this.set('note', this.noteText, note, dropped ? 'note tone-warn' : 'note');
    this.jumpButton.hidden = waiting <= 0 || this.paused;
    if (!this.jumpButton.hidden) this.set('jump', this.jumpButton, '↑ ' + count(waiting) + ' new', 'jump');
    const empty = this.feed.view.next === 0 ? this.options.empty() : { text: '', clear: false };
    this.set('empty', this.emptyWords, empty.text, '');
    this.emptyText.hidden = !empty.text;
    this.clearButton.hidden = !empty.clear;
    const stale = state.id === 'stale' || state.id === 'reconnecting';
    this.root.classList.toggle('stale', stale);
    this.root.dataset.state = state.id;
  }

  describeState(now, waiting) {
    if (this.paused) return pausedState(waiting, this.feed.ring.capacity);
    const live = this.options.upstreamLive?.() ?? false;
    return feedState(this.options.link, this.feed, now, this.options.staleMs, live);
  }

  set(key, node, text, css) {
    if (this.shown[key] !== text) node.textContent = this.shown[key] = text;
    if (node.className !== css) node.className = css;
  }
}

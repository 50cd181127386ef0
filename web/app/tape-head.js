// SPDX-License-Identifier: Apache-2.0
// The column heads of a tape and the order they put its rows in. While rows come in, their order is
// that of arrival and the heads are words; paused, each head sorts the frozen window: first click
// largest (or A) first, second the other way round, third back to arrival.

import { make } from './dom.js';

/** Sequence numbers in the order of a column, first on top; what is not known comes last. Pure.
 *  @param {number[]} seqs newest first @param {(seq: number) => number|string} key */
export function ordered(seqs, key, down) {
  const unknown = (v) => v === '' || v === undefined || v === null || Number.isNaN(v);
  const rows = seqs.map((seq, i) => ({ seq, i, value: key(seq) }));
  rows.sort((a, b) => {
    if (unknown(a.value) || unknown(b.value)) return Number(unknown(a.value)) - Number(unknown(b.value)) || a.i - b.i;
    const less = a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
    return (down ? -less : less) || a.i - b.i; // alike: the newest first
  });
  return rows.map((row) => row.seq);
}

/** What the next click on a column's head makes of the order; null: arrival. Pure. */
export function nextOrder(now, column, numeric) {
  if (now?.id !== column) return { id: column, down: numeric };
  return now.down === numeric ? { id: column, down: !numeric } : null;
}

/** The rows of a view from a place down, without gap markers. @returns {number[]} */
export function heldRows(view, ring, from) {
  const held = [];
  for (let place = from; place >= view.first; place--) {
    const seq = view.at(place);
    if (seq >= 0 && !ring.isGap(seq)) held.push(seq);
  }
  return held;
}

/** Panes that share a place take turns; each carries the names of all.
 *  @param {{label: string, here: boolean, show: () => void}[]} tabs */
export function paneTabs(tabs) {
  return make('span', { class: 'pane-tabs', role: 'group', 'aria-label': 'Pane' }, tabs.map((tab) => make('button',
    { type: 'button', text: tab.label, 'aria-pressed': String(tab.here), onclick: tab.show })));
}

export class Head {
  /** @param {import('./tape.js').Tape} tape @param {HTMLElement} root */
  constructor(tape, root) {
    this.tape = tape;
    this.node = make('div', { class: 'head', id: tape.id + '-head', 'aria-hidden': 'true' });
    root.append(this.node);
    /** @type {{id: string, down: boolean}|null} */ this.order = null;
  }

  /** Heads of the columns that fit, as buttons while the rows are held. */
  write() {
    const { tape } = this;
    const sortable = tape.paused && !tape.phone;
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset?.column;
    this.node.replaceChildren();
    this.node.classList.toggle('sortable', sortable);
    for (const run of tape.options.runs) {
      const cells = this.cells(run, sortable);
      if (cells.length) this.node.append(make('span', { class: 'run run-' + run.id }, cells));
    }
    // Heads belong to the grid only while they can be used.
    if (sortable) {
      this.node.setAttribute('role', 'row');
      this.node.removeAttribute('aria-hidden');
      tape.body.setAttribute('aria-owns', this.node.id);
      if (focused) /** @type {HTMLElement|null} */ (this.node.querySelector(`[data-column="${focused}"]`))?.focus();
    } else {
      this.node.removeAttribute('role');
      this.node.setAttribute('aria-hidden', 'true');
      tape.body.removeAttribute('aria-owns');
    }
  }

  cells(run, sortable) {
    const { tape } = this;
    const shown = run.columns.filter((column) => tape.columns.has(column));
    const texts = shown.map((column, i) => (i && column.id !== 'ms' ? ' ' : '') + tape.columnText(column, this.label(column)));
    if (!texts.join('').trim()) return texts.length ? [texts.join('')] : [];
    if (!sortable) return [texts.join('')];
    return shown.map((column, i) => {
      const here = this.order?.id === column.id;
      const inner = column.label && column.text.key
        ? make('button', { type: 'button', text: texts[i], 'data-column': column.id, 'aria-label': 'Sort by ' + column.label,
          onclick: () => tape.sortBy(column) }) : texts[i];
      return make('span', { role: 'columnheader', 'aria-sort': here ? (this.order.down ? 'descending' : 'ascending') : undefined }, [inner]);
    });
  }

  label(column) {
    if (this.order?.id !== column.id) return column.label;
    return (column.label + (this.order.down ? '▼' : '▲')).slice(-Math.max(column.ch, 1));
  }
}

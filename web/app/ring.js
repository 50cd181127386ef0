// SPDX-License-Identifier: Apache-2.0
// The last `capacity` rows of a feed as a struct of arrays: numbers in typed arrays, words as
// numbers of an intern table. A row is named by its sequence number, which never comes back, so a
// reader can tell that a row it wants has been overwritten.

/** Words to small numbers and back; bounded: words beyond the limit are stored as "…". */
export class Words {
  constructor(limit = 65535) {
    /** @type {string[]} */ this.list = ['', '…'];
    /** @type {Map<string, number>} */ this.ids = new Map([['', 0], ['…', 1]]);
    this.limit = limit;
  }

  /** @param {unknown} word */
  id(word) {
    const text = word === null || word === undefined ? '' : String(word);
    let id = this.ids.get(text);
    if (id === undefined) {
      if (this.list.length >= this.limit) return 1;
      id = this.list.length;
      this.list.push(text);
      this.ids.set(text, id);
    }
    return id;
  }

  word(id) {
    return this.list[id];
  }
}

/** @typedef {'number'|'word'|'text'|'flags'} Kind text: one string a row, for ids */

export const ROW = 0;
export const GAP = 1;

export class Ring {
  /** @param {number} capacity @param {Record<string, Kind>} columns @param {string[]} [flagWords] */
  constructor(capacity, columns, flagWords = []) {
    this.capacity = capacity;
    this.next = 0; // sequence number of the next row
    this.kinds = columns;
    this.flagBit = new Map(flagWords.map((word, i) => [word, 1 << i]));
    this.words = new Words();
    this.kind = new Uint8Array(capacity);
    /** @type {Record<string, any>} */ this.columns = {};
    for (const [name, kind] of Object.entries(columns)) {
      this.columns[name] = kind === 'number' ? new Float64Array(capacity)
        : kind === 'word' ? new Uint16Array(capacity)
          : kind === 'flags' ? new Uint32Array(capacity) : new Array(capacity).fill('');
    }
  }

  get first() {
    return Math.max(0, this.next - this.capacity);
  }

  has(seq) {
    return seq >= this.first && seq < this.next;
  }

  /** Appends a row given as an array in the feed's order. @param {Reader} reader */
  push(reader, row) {
    const slot = this.next % this.capacity;
    this.kind[slot] = ROW;
    for (const name of reader.names) {
      const value = row[reader.at[name]];
      const kind = this.kinds[name];
      if (kind === 'number') this.columns[name][slot] = value === null || value === undefined ? NaN : Number(value);
      else if (kind === 'word') this.columns[name][slot] = this.words.id(value);
      else if (kind === 'flags') this.columns[name][slot] = this.flags(value);
      else this.columns[name][slot] = value === null || value === undefined ? '' : String(value);
    }
    return this.next++;
  }

  /** A marker row: nothing is known between two times. missing: -1 when not known how many. */
  pushGap(from, to, missing) {
    const slot = this.next % this.capacity;
    this.kind[slot] = GAP;
    for (const [name, kind] of Object.entries(this.kinds))
      this.columns[name][slot] = kind === 'number' ? NaN : kind === 'text' ? '' : 0;
    this.columns.ts[slot] = from;
    this.columns.gapTo[slot] = to;
    this.columns.gapRows[slot] = missing;
    return this.next++;
  }

  flags(list) {
    let bits = 0;
    if (Array.isArray(list)) for (const word of list) bits |= this.flagBit.get(String(word)) ?? 0;
    else if (list === true) bits = 1;
    return bits;
  }

  isGap(seq) {
    return this.kind[seq % this.capacity] === GAP;
  }

  number(name, seq) {
    return this.columns[name][seq % this.capacity];
  }

  word(name, seq) {
    return this.words.word(this.columns[name][seq % this.capacity]);
  }

  text(name, seq) {
    return this.columns[name][seq % this.capacity];
  }

  isTrue(name, seq) {
    return this.columns[name][seq % this.capacity] !== 0;
  }

  bit(name, seq, word) {
    return (this.columns[name][seq % this.capacity] & (this.flagBit.get(word) ?? 0)) !== 0;
  }
}

/** Where the hello message says each wanted column is. A missing column reads as null. */
export class Reader {
  /** @param {Record<string, Kind>} wanted @param {string[]} told */
  constructor(wanted, told) {
    this.at = Object.fromEntries(told.map((name, i) => [name, i]));
    this.names = Object.keys(wanted).filter((name) => name in this.at);
  }
}

/** Sequence numbers of the rows a filter lets through, newest last, as many as the ring holds. */
export class View {
  /** @param {Ring} ring */
  constructor(ring) {
    this.ring = ring;
    this.seqs = new Float64Array(ring.capacity);
    this.next = 0;
    /** @type {((seq: number) => boolean)|null} */ this.accept = null;
  }

  add(seq) {
    if (this.accept && !this.ring.isGap(seq) && !this.accept(seq)) return false;
    this.seqs[this.next++ % this.seqs.length] = seq;
    return true;
  }

  /** Sets the filter and takes up what the ring still holds. */
  filter(accept) {
    this.accept = accept;
    this.next = 0;
    for (let seq = this.ring.first; seq < this.ring.next; seq++) this.add(seq);
  }

  get first() {
    return Math.max(0, this.next - this.seqs.length);
  }

  /** The row's sequence number at a place of the view; -1: overwritten or not there. */
  at(place) {
    if (place < this.first || place >= this.next) return -1;
    const seq = this.seqs[place % this.seqs.length];
    return this.ring.has(seq) ? seq : -1;
  }
}

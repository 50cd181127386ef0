// SPDX-License-Identifier: Apache-2.0
// The evidence pane of the right column: one smart-money event with its scores and reasons, its
// packets and its prints, read from the public endpoints when it is opened.

import { make } from './dom.js';
import { contractText, facts, packetRow, printRow, scores, summary } from './evidence-model.js';
import { clock, count, direction, profile, words } from './format.js';

const PACKETS_MAX = 12;
const PRINTS_MAX = 200; // in one lookup; the rest is counted
const TRIES = 15; // an event is on the page a moment before it is in the store
const WAIT_MS = 700;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export class Evidence {
  /**
   * @param {HTMLElement} root
   * @param {{fetchJson: (url: string, options?: any) => Promise<any>, onOpen: () => void,
   *   onTicker: (symbol: string) => void}} options
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.wanted = '';
    this.title = make('h2', { text: 'Evidence', tabindex: -1 });
    this.head = make('span', { class: 'note' });
    this.body = make('div', { class: 'evidence-body', tabindex: 0, role: 'group', 'aria-label': 'Evidence of the event' });
    const close = make('button', { type: 'button', 'aria-label': 'Close evidence', text: 'Close', onclick: () => this.close() });
    root.append(make('header', { class: 'bar' }, [this.title, this.head, close]), this.body);
    root.onkeydown = (event) => {
      if (event.key !== 'Escape') return;
      this.close();
      event.stopPropagation();
    };
  }

  get open() {
    return !this.root.hidden;
  }

  reveal() {
    if (this.open) return;
    this.back = document.activeElement;
    this.root.hidden = false;
    document.body.classList.add('evidence-open');
    this.options.onOpen();
  }

  close() {
    if (!this.open) return;
    const inside = this.root.contains(document.activeElement);
    this.wanted = '';
    this.root.hidden = true;
    document.body.classList.remove('evidence-open');
    if (inside) /** @type {HTMLElement} */ (this.back)?.focus?.();
  }

  say(text) {
    this.body.replaceChildren(make('p', { class: 'empty', role: 'status', text }));
  }

  /** An event of the list. @param {{id: string, ts: number}} row */
  async showEvent(row) {
    this.reveal();
    this.wanted = row.id;
    this.head.textContent = '';
    this.say('Loading evidence…');
    try {
      const event = await this.findEvent(row);
      if (this.wanted !== row.id) return;
      if (!event) this.say('This event is not in the store any more.');
      else await this.write(event, row.id);
    } catch (failure) {
      if (this.wanted === row.id) this.say('Evidence: ' + failure.message + '.');
    }
  }

  async findEvent({ id, ts }) {
    const url = '/history/smart-money?before_ts=' + (ts + 1) + '&before_seq=0&limit=200';
    for (let i = 0; i < TRIES && this.wanted === id; i++) {
      const answer = await this.options.fetchJson(url);
      const event = answer?.data?.find((e) => e.event_id === id);
      if (event) return event;
      await sleep(WAIT_MS);
    }
    return null;
  }

  /** The event a print belongs to, if any. */
  async showPrint(traceId) {
    this.reveal();
    this.wanted = traceId;
    this.head.textContent = '';
    this.say('Looking for an event with this print…');
    try {
      const answer = await this.options.fetchJson('/lookup/options-support', { method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' }, body: JSON.stringify({ trace_ids: [traceId] }) });
      if (this.wanted !== traceId) return;
      const event = answer?.smart_money?.find((e) => !e.abstained) ?? answer?.smart_money?.[0];
      if (event) await this.write(event, traceId);
      else if (answer?.packets?.length) this.writePackets(answer.packets);
      else this.say('No flow packet holds this print: it did not pass the signal gate, or its packet is still open.');
    } catch (failure) {
      if (this.wanted === traceId) this.say('Evidence: ' + failure.message + '.');
    }
  }

  /** A packet that no event of the list was made of. @param {string} id */
  async showPacket(id) {
    this.reveal();
    this.wanted = id;
    this.head.textContent = '';
    this.say('Loading evidence…');
    try {
      const answer = await this.options.fetchJson('/flow/packets/' + encodeURIComponent(id));
      if (this.wanted !== id) return;
      if (!answer?.data) this.say('This packet is not in the store yet, or not any more.');
      else await this.writePacket(answer.data, id);
    } catch (failure) {
      if (this.wanted === id) this.say('Evidence: ' + failure.message + '.');
    }
  }

  async writePacket(packet, wanted) {
    const members = packet.members ?? [];
    const prints = await this.findPrints(members);
    if (this.wanted !== wanted) return;
    this.writePackets([packet]);
    if (prints.length) this.body.append(this.printTable(prints, members.length));
  }

  writePackets(packets) {
    this.head.textContent = 'in a packet, no smart-money event';
    this.body.replaceChildren(this.packetTable(packets));
  }

  async write(event, wanted) {
    const { badge, name, css } = profile(event.primary_profile_id);
    this.head.textContent = event.underlying_id + ' · ' + name + ' · ' + direction(event.primary_direction) + ' · ' + clock(event.source_ts);
    const who = make('p', { class: 'evidence-head' }, [
      make('button', { type: 'button', class: 'ticker', text: event.underlying_id, 'aria-label': 'Show only ' + event.underlying_id,
        onclick: () => this.options.onTicker(event.underlying_id) }),
      make('strong', { class: css, text: badge }),
      make('span', { class: 'd-' + event.primary_direction, text: direction(event.primary_direction) })]);
    const pending = make('p', { class: 'tone-dim', text: 'Loading prints…' });
    const suppressed = event.suppressed_reasons?.length
      ? make('p', { class: 'tone-warn', text: 'Held back by: ' + event.suppressed_reasons.map(words).join(', ') + '.' }) : null;
    this.body.replaceChildren(who, make('p', { text: summary(event) }), this.scoreTable(event),
      ...(suppressed ? [suppressed] : []), this.factList(event), pending);
    this.body.scrollTo(0, 0);
    const ids = event.packet_ids ?? [];
    const packets = (await Promise.all(ids.slice(0, PACKETS_MAX).map((id) =>
      this.options.fetchJson('/flow/packets/' + encodeURIComponent(id)).then((a) => a?.data, () => null)))).filter(Boolean);
    const prints = await this.findPrints(event.member_print_ids ?? []);
    if (this.wanted !== wanted) return;
    pending.replaceWith(...[packets.length ? this.packetTable(packets, ids.length) : null,
      prints.length ? this.printTable(prints, event.member_print_ids.length)
        : make('p', { class: 'tone-dim', text: 'Its prints are older than the store keeps.' })].filter(Boolean));
  }

  async findPrints(ids) {
    if (!ids.length) return [];
    const query = ids.slice(0, PRINTS_MAX).map((id) => 'trace_id=' + encodeURIComponent(id)).join('&');
    const answer = await this.options.fetchJson('/option-prints/by-trace?' + query);
    return (answer?.data ?? []).sort((a, b) => a.ts - b.ts || a.seq - b.seq);
  }

  scoreTable(event) {
    const rows = scores(event);
    const list = make('ul', { class: 'scores', 'aria-label': 'Profile scores' }, rows.map((s) => make('li', { class: s.primary ? 'primary' : '' }, [
      make('span', { class: s.css, text: s.name }),
      make('span', { class: 'score-bar', 'aria-hidden': 'true' }, [make('span', { class: s.css, 'data-p': s.probability })]),
      make('span', { class: 'mono', text: s.probability.toFixed(2) }), make('span', { class: 'tone-dim', text: s.band })])));
    for (const bar of list.querySelectorAll('[data-p]')) bar.style.width = Math.round(Number(bar.dataset.p) * 100) + '%';
    const primary = rows.find((s) => s.primary) ?? rows[0];
    const reasons = primary?.reasons.length ? make('ul', { class: 'reasons', 'aria-label': 'Reasons' },
      primary.reasons.map((text) => make('li', { text }))) : null;
    return make('div', {}, [list, reasons]);
  }

  factList(event) {
    return make('dl', { class: 'facts' }, facts(event).map((f) => make('div', {}, [make('dt', { text: f.label }), make('dd', { text: f.text })])));
  }

  table(caption, heads, rows) {
    return make('table', {}, [make('caption', { text: caption }),
      make('thead', {}, [make('tr', {}, heads.map(([label, css]) => make('th', { scope: 'col', class: css, text: label })))]),
      make('tbody', {}, rows.map((cells) => make('tr', {}, cells.map((cell, i) => make('td', { class: [heads[i][1], cell.css].filter(Boolean).join(' '), text: cell.text ?? cell })))))]);
  }

  packetTable(packets, total = packets.length) {
    const more = total > packets.length ? ' of ' + total : '';
    const heads = [['Contract'], ['Prints', 'n'], ['Size', 'n'], ['Prem', 'n'], ['Buy %', 'n'], ['Sell %', 'n'], ['Span', 'n']];
    return this.table('Packets (' + packets.length + more + ')', heads, packets.map(packetRow)
      .map((r) => [r.contract, r.prints, r.size, r.premium, r.buy, r.sell, r.span]));
  }

  printTable(prints, total) {
    const more = total > prints.length ? ' of ' + count(total) : '';
    const one = new Set(prints.map((p) => p.option_contract_id)).size === 1;
    const heads = [['Time'], ...(one ? [] : [['Contract']]), ['Px', 'n'], ['Size', 'n'], ['Side'], ['IV', 'n'], ['Ex'], ['Flags']];
    const caption = 'Prints (' + count(prints.length) + more + ')' + (one ? ' · ' + contractText(prints[0].option_contract_id) : '');
    return this.table(caption, heads, prints.map(printRow).map((r) => [r.time, ...(one ? [] : [r.contract]),
      { text: r.price, css: r.css }, { text: r.size, css: r.css }, { text: r.side, css: r.css }, r.iv, r.exchange, r.flags]));
  }
}

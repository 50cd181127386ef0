// SPDX-License-Identifier: Apache-2.0
// The gear and the drawer it opens. Fetched only where config.json says synthetic_admin. The drawer is
// a labelled region beside the page, which stays live and usable; only below 900 px does it cover the
// page, and then the page behind it is inert.

import { ControlForm } from './control-form.js';
import { ControlLive } from './control-live.js';
import { ControlStore } from './control-store.js';
import { Voice, make, svg, write } from './dom.js';
import { tab } from './kept.js';

const KEPT = 'drawer';
const LOADING_MS = 300;
const behind = () => document.querySelectorAll('body > header, body > .ribbon, body > main, body > nav, body > footer');

/** Eight teeth around a hole. */
function gearPath() {
  const point = (radius, turn) => (9 + radius * Math.sin(turn)).toFixed(2) + ' ' + (9 - radius * Math.cos(turn)).toFixed(2);
  const parts = [];
  for (let tooth = 0; tooth < 8; tooth++) {
    const middle = (tooth * Math.PI) / 4;
    for (const [radius, turn] of [[6.1, -0.27], [8.5, -0.17], [8.5, 0.17], [6.1, 0.27]]) parts.push(point(radius, middle + turn));
  }
  const hole = 'M11.7 9A2.7 2.7 0 1 0 6.3 9A2.7 2.7 0 1 0 11.7 9Z';
  return 'M' + parts.join('L') + 'Z' + hole;
}

const loadStyles = () => new Promise((resolve) => {
  const link = make('link', { rel: 'stylesheet', href: '/drawer.css' });
  link.onload = link.onerror = resolve;
  document.head.append(link);
});

export class Gear {
  /** @param {{onTicker: (symbol: string) => void, onOpen: () => void}} options */
  constructor(options) {
    this.options = options;
    this.open = false;
    this.openedAt = 0;
    this.phone = matchMedia('(max-width: 899px)');
    this.store = new ControlStore({
      fetch: (url, init) => fetch(url, init),
      now: () => performance.now(),
      wall: () => Date.now(),
      setTimer: (f, ms) => window.setTimeout(f, ms),
      clearTimer: (timer) => window.clearTimeout(timer),
      onChange: () => this.write(),
    });
    this.voice = new Voice();
    this.announced = '';
    this.build();
  }

  /** Builds and starts; resolves when the gear is on the page. */
  static async mount(options) {
    await loadStyles();
    const gear = new Gear(options);
    gear.start();
    return gear;
  }

  build() {
    this.button = make('button', { type: 'button', id: 'synthetic-gear', 'aria-expanded': 'false',
      'aria-controls': 'synthetic-drawer', 'aria-label': 'Synthetic control', title: 'Synthetic control (,)',
      onclick: () => this.toggle() }, [
      svg('svg', { width: 18, height: 18, viewBox: '0 0 18 18', 'aria-hidden': 'true' },
        [svg('path', { d: gearPath(), 'fill-rule': 'evenodd', fill: 'currentColor' })]),
      make('span', { class: 'sc-dot', hidden: true, 'aria-hidden': 'true' }),
    ]);
    this.dot = this.button.lastChild;
    this.title = make('h2', { id: 'sc-title', tabindex: -1, text: 'Synthetic control' });
    const close = make('button', { type: 'button', class: 'sc-close', 'aria-label': 'Close synthetic control', text: '×',
      onclick: () => this.close() });
    this.form = new ControlForm(this.store);
    this.live = new ControlLive(this.store, this.options);
    this.notice = make('div', { class: 'sc-notice', hidden: true, 'data-notice': '' });
    this.loading = make('p', { class: 'sc-loading', hidden: true, text: 'Loading status…' });
    this.word = make('span', { class: 'sc-word', 'aria-hidden': 'true' });
    this.foreign = make('span', { class: 'sc-foreign', 'aria-hidden': 'true' });
    this.drawer = make('aside', { id: 'synthetic-drawer', 'aria-labelledby': 'sc-title', hidden: true,
      onkeydown: (event) => this.key(event) }, [
      make('header', { class: 'sc-head' }, [
        make('div', {}, [this.title, make('span', { class: 'synthetic', text: 'SYNTHETIC' }),
          make('p', { class: 'sc-sub', text: 'Shapes generated flow only. Applies to everyone on this host.' })]), close]),
      make('div', { class: 'sc-scroll' }, [...this.form.nodes, this.live.node, this.loading, this.notice]),
      make('footer', { class: 'sc-foot' }, [this.word, this.foreign, this.voice.node]),
    ]);
    document.body.append(this.drawer);
    this.placeGear();
  }

  /** Bottom right in either layout: last in the status bar, on a phone last in the tab bar. */
  placeGear() {
    const held = document.activeElement === this.button;
    document.querySelector(this.phone.matches ? 'nav.tabs' : 'footer.status').append(this.button);
    if (held) this.button.focus();
  }

  start() {
    this.phone.addEventListener('change', () => {
      this.placeGear();
      this.setModal();
    });
    document.addEventListener('visibilitychange', () => this.store.setHidden(document.hidden));
    addEventListener('pagehide', () => this.store.flush());
    this.store.setHidden(document.hidden);
    this.store.start();
    if (tab.get(KEPT) === '1') this.show(false);
    this.write();
    setInterval(() => { if (this.open) this.live.write(performance.now()); }, 1000);
  }

  // --- open and closed ---------------------------------------------------------------------------

  toggle() {
    if (this.open) this.close();
    else this.show(true);
  }

  show(focus) {
    if (this.open || this.button.hidden) return;
    this.open = true;
    this.openedAt = performance.now();
    this.options.onOpen();
    this.drawer.hidden = false;
    document.body.classList.add('drawer-open');
    this.button.setAttribute('aria-expanded', 'true');
    tab.set(KEPT, '1');
    this.setModal();
    this.store.pollNow();
    this.write();
    if (!this.store.live) setTimeout(() => this.write(), LOADING_MS + 10);
    if (focus) this.title.focus();
  }

  close() {
    if (!this.open) return;
    const inside = this.drawer.contains(document.activeElement);
    this.open = false;
    document.body.classList.remove('drawer-open');
    this.button.setAttribute('aria-expanded', 'false');
    tab.set(KEPT, '0');
    this.setModal();
    this.write();
    if (inside) this.button.focus();
    this.drawer.hidden = true;
  }

  /** Covering the whole page, the drawer is a dialog and the page behind it out of reach. */
  setModal() {
    const modal = this.open && this.phone.matches;
    for (const node of behind()) /** @type {HTMLElement} */ (node).inert = modal;
    if (modal) {
      this.drawer.setAttribute('role', 'dialog');
      this.drawer.setAttribute('aria-modal', 'true');
    } else {
      this.drawer.removeAttribute('role');
      this.drawer.removeAttribute('aria-modal');
    }
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key !== 'Escape' && event.key !== ',') return;
    this.close();
    event.preventDefault();
    event.stopPropagation();
  }

  // --- painting ----------------------------------------------------------------------------------

  write() {
    if (!this.drawer) return;
    const { store } = this;
    this.dot.hidden = store.dot === '';
    this.dot.className = 'sc-dot sc-dot-' + (store.dot || 'ok');
    // A service without the plane takes the gear away, but an open drawer says why first.
    this.button.hidden = store.refused?.id === 'off' && !this.open;
    const state = { busy: ', saving', error: ', error', off: ', unavailable' }[store.dot] ?? '';
    this.button.title = 'Synthetic control (,)' + state;
    this.announce();
    if (!this.open) return;
    this.form.write();
    this.live.write(performance.now());
    this.writeNotice(store.notice);
    this.loading.hidden = store.server !== null || store.notice !== null || performance.now() - this.openedAt < LOADING_MS;
    this.drawer.classList.toggle('disabled', store.disabled);
    write(this.word, store.footer);
    this.word.dataset.word = store.word;
    write(this.foreign, store.foreign);
  }

  writeNotice(notice) {
    const text = notice ? [notice.title, notice.text, notice.line].join('\n') : '';
    if (this.notice.dataset.notice === text) return;
    this.notice.dataset.notice = text;
    this.notice.hidden = notice === null;
    if (!notice) this.notice.replaceChildren();
    else {
      this.notice.replaceChildren(make('strong', { text: notice.title }),
        ...[notice.text, notice.line].filter(Boolean).map((line) => make('p', { text: line })));
    }
  }

  announce() {
    const { store } = this;
    const text = [store.announcement, store.notice && [store.notice.title, store.notice.text].join(' '), store.footer, store.foreign]
      .filter(Boolean).join('. ').replaceAll('..', '.');
    if (!this.open && !store.announcement) return;
    if (text !== this.announced) this.voice.say(this.announced = text);
    store.announcement = '';
  }
}

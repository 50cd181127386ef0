// SPDX-License-Identifier: Apache-2.0
// The keyboard map, in one table: what a key does, and the words for it in Help. Single characters can
// be switched off (WCAG 2.1.4) and never work while typing. Also Help itself.

import { make } from './dom.js';
import { browser } from './kept.js';

const OFF = 'keys-off';
const TEXT_FIELDS = 'input:not([type=radio], [type=checkbox]), textarea, select';
/** Space and Enter belong to what has the focus. */
const ACTIVE = 'button, a, input, select, textarea, summary';

/** For Help. */
export const KEYS = [
  ['/', 'Filter by ticker'], ['f', 'Filters'], ['Space', 'Pause or resume the focused pane'], ['Home, l', 'Jump to live'],
  ['↑ ↓, k j', 'Move by row'], ['Page Up, Page Down', 'Move by page'], ['Enter', 'Evidence of the row'],
  ['c', 'Only the contract of the row'], ['x', 'Clear filters'], ['1 to 5', 'Options, equities, chart, smart money, evidence'],
  ['F6, Shift F6', 'Next, previous region'], ['[ ]', 'Chart interval'], ['d', 'Row height'], [',', 'Synthetic control, where it is on'],
  ['?', 'This help'], ['Esc', 'Close what is on top'],
];

export class Keys {
  /** @param {Record<string, (event: KeyboardEvent) => void>} actions by key; F6 and Escape too */
  constructor(actions) {
    this.actions = actions;
    this.off = browser.get(OFF) === '1';
    document.addEventListener('keydown', (event) => this.key(event));
    this.build();
  }

  /** Whether a single character may act now. */
  allowed(event) {
    return !this.off && !event.target.closest?.(TEXT_FIELDS);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const single = event.key.length === 1;
    if (single && !this.allowed(event)) return;
    if ((event.key === ' ' || event.key === 'Home') && event.target.closest?.(ACTIVE)) return;
    const action = event.key === '?' ? () => this.help() : this.actions[event.key];
    if (!action || (this.dialog.open && event.key !== '?')) return;
    action(event);
    event.preventDefault();
  }

  build() {
    const list = make('dl', { class: 'keys' }, KEYS.map(([keys, words]) => make('div', {}, [
      make('dt', {}, keys.split(/(, )/).map((part) => (part === ', ' ? part : make('kbd', { text: part })))), make('dd', { text: words })])));
    const on = make('input', { type: 'checkbox', role: 'switch', id: 'keys-on', onchange: () => {
      this.off = !on.checked;
      browser.set(OFF, this.off ? '1' : '0');
    } });
    on.checked = !this.off;
    const close = make('button', { type: 'button', text: 'Close', onclick: () => this.dialog.close() });
    this.dialog = make('dialog', { id: 'help', 'aria-labelledby': 'help-title' }, [
      make('h2', { id: 'help-title', text: 'Keyboard' }), make('span', { class: 'synthetic', text: 'SYNTHETIC' }), list,
      make('p', { class: 'keys-switch' }, [make('label', { for: 'keys-on', text: 'Single-key shortcuts' }), on]), close]);
    document.body.append(this.dialog);
  }

  help() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }
}

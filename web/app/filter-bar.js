// SPDX-License-Identifier: Apache-2.0
// The header's filter controls: the ticker field, the premium select, a popover with the rest, and a
// chip for every active filter, so nothing is ever hidden silently.

import { make } from './dom.js';
import { PREMIUMS, SIDES, TYPES, VIEWS } from './filters.js';
import { short } from './format.js';

export class FilterBar {
  /** @param {{filters: import('./filters.js').Filters, onChange: () => void, onDone: () => void}} options */
  constructor({ filters, onChange, onDone }) {
    this.filters = filters;
    this.onChange = onChange;
    this.onDone = onDone; // focus goes back to the tape
    this.ticker = /** @type {HTMLInputElement} */ (document.getElementById('ticker'));
    this.chips = document.getElementById('chips');
    this.button = document.getElementById('filters');
    this.premium = /** @type {HTMLSelectElement} */ (document.getElementById('premium'));
    this.premium.append(...PREMIUMS.map((n) => make('option', { value: n, text: n ? '≥ $' + short(n).replace(/\.0+/, '') : 'Any premium' })));
    this.premium.onchange = () => { filters.premium = Number(this.premium.value); this.changed(); };
    this.ticker.addEventListener('keydown', (event) => this.typed(event));
    this.views = VIEWS.map(([id, words]) => make('button', { type: 'button', text: words, 'data-view': id, onclick: () => this.see(id) }));
    document.getElementById('views').append(...this.views);
    this.popover = this.build();
    this.button.after(this.popover);
    this.button.onclick = () => this.toggle();
    document.addEventListener('pointerdown', (event) => {
      if (this.open && !this.popover.contains(/** @type {Node} */ (event.target)) && event.target !== this.button) this.close(false);
    });
    this.write();
  }

  build() {
    const box = (list, [id, words]) => {
      const input = make('input', { type: 'checkbox', 'data-filter': list + ':' + id,
        onchange: () => { this.filters.toggle(list, id); this.changed(); } });
      return make('label', {}, [input, words.charAt(0).toUpperCase() + words.slice(1)]);
    };
    const group = (name, children) => make('fieldset', {}, [make('legend', { text: name }), ...children]);
    const view = ([id, words]) => {
      const input = make('input', { type: 'radio', name: 'view', value: id, onchange: () => this.see(id) });
      return make('label', {}, [input, { all: 'All prints', signal: 'Signal prints only', today: 'Expiring today' }[id] ?? words]);
    };
    const clear = make('button', { type: 'button', text: 'Clear all', onclick: () => this.clear() });
    const close = make('button', { type: 'button', text: 'Done', onclick: () => this.close(true) });
    return make('div', { id: 'filter-popover', role: 'dialog', 'aria-label': 'Filters', hidden: true,
      onkeydown: (event) => {
        if (event.key !== 'Escape') return;
        this.close(true);
        event.stopPropagation();
      } }, [
      group('Side of the quote', SIDES.map((s) => box('sides', s))),
      group('Type', TYPES.map((t) => box('types', t))),
      group('Prints', VIEWS.map(view)),
      make('div', { class: 'actions' }, [clear, close]),
    ]);
  }

  see(view) {
    this.filters.view = view;
    this.changed();
  }

  get open() {
    return !this.popover.hidden;
  }

  toggle() {
    if (this.open) {
      this.close(true);
      return;
    }
    this.popover.hidden = false;
    this.button.setAttribute('aria-expanded', 'true');
    this.popover.querySelector('input').focus();
  }

  close(focus) {
    if (!this.open) return;
    this.popover.hidden = true;
    this.button.setAttribute('aria-expanded', 'false');
    if (focus) this.button.focus();
  }

  typed(event) {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    if (event.key === 'Enter' && this.ticker.value.trim()) {
      this.filters.contract = null;
      this.filters.setTickers([...this.filters.tickers, this.ticker.value].join(','));
      this.changed();
    }
    this.ticker.value = '';
    this.onDone();
    event.stopPropagation();
  }

  clear() {
    this.filters.clear();
    this.changed();
  }

  changed() {
    this.write();
    this.onChange();
  }

  write() {
    const chips = this.filters.chips();
    this.chips.replaceChildren(...chips.map((chip) => make('button', { type: 'button', class: 'chip', text: chip.text + ' ×',
      'aria-label': 'Remove filter ' + chip.text, onclick: () => { chip.remove(); this.changed(); this.onDone(); } })));
    this.button.textContent = chips.length ? 'Filters (' + chips.length + ')' : 'Filters';
    this.premium.value = String(this.filters.premium);
    for (const button of this.views) button.setAttribute('aria-pressed', String(button.dataset.view === this.filters.view));
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.popover.querySelectorAll('[name=view]')))
      input.checked = input.value === this.filters.view;
    for (const input of /** @type {NodeListOf<HTMLInputElement>} */ (this.popover.querySelectorAll('[data-filter]'))) {
      const [list, id] = input.dataset.filter.split(':');
      input.checked = this.filters[list].includes(id);
    }
  }
}

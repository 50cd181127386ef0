// SPDX-License-Identifier: Apache-2.0
// The drawer's three sections that take edits: preset, coverage, profile bias. Native inputs; every
// edit goes to the store, and what is shown comes from its view only.

import {
  PRESETS, PROFILE_IDS, PROFILE_LABELS, WEIGHTS, WINDOWS, fieldOf, outlook, presetLine, weightField,
} from './control-model.js';
import { make, write } from './dom.js';
import { words } from './format.js';

export class ControlForm {
  /** @param {import('./control-store.js').ControlStore} store */
  constructor(store) {
    this.store = store;
    /** @type {Record<string, any>} */ this.sections = {};
    this.shownAlerts = {};
    this.nodes = [this.preset(), this.coverage(), this.bias()];
  }

  section(id, legend, children) {
    const alert = make('div', { class: 'sc-alert', role: 'alert' });
    const fieldset = make('fieldset', { class: 'sc-section', 'data-section': id },
      [make('legend', { text: legend }), ...children, alert]);
    this.sections[id] = { fieldset, alert };
    return fieldset;
  }

  preset() {
    this.select = make('select', { id: 'sc-preset', 'aria-label': 'Preset', 'aria-describedby': 'sc-preset-line',
      onchange: () => this.store.edit({ preset_id: this.select.value }) },
    PRESETS.map(([id, label]) => make('option', { value: id, text: label })));
    this.line = make('p', { id: 'sc-preset-line', class: 'sc-line' });
    this.now = make('p', { id: 'sc-preset-now', class: 'sc-line sc-now' });
    const note = make('p', { class: 'sc-help', text: 'Bends what comes next; past prints stay as they are.' });
    return this.section('preset', 'Preset', [this.select, this.line, this.now, note]);
  }

  /** One radio of a segmented row. */
  radio(group, label, spoken, value, field) {
    const input = make('input', { type: 'radio', name: group, value: String(value),
      onchange: () => this.store.edit({ [field]: value }) });
    const face = make('span', { class: 'sc-seg' },
      [label, spoken ? make('span', { class: 'hide', text: ' ' + spoken }) : null]);
    return { value, input, node: make('label', { class: 'sc-radio' }, [input, face]) };
  }

  coverage() {
    this.assist = make('input', { type: 'checkbox', role: 'switch', id: 'sc-assist', 'aria-describedby': 'sc-assist-help',
      onchange: () => this.store.edit({ coverage_assist: this.assist.checked }) });
    const row = make('div', { class: 'sc-switch' },
      [make('label', { for: 'sc-assist', text: 'Coverage assist' }), this.assist]);
    const help = make('p', { class: 'sc-help', id: 'sc-assist-help', text: 'Nudges profiles that have not shown up within the window.' });
    this.windows = WINDOWS.map((m) => this.radio('sc-window', m + ' min', '', m, 'coverage_window_minutes'));
    const group = make('div', { class: 'sc-row sc-window', role: 'radiogroup', 'aria-labelledby': 'sc-window-name',
      'aria-describedby': 'sc-window-help' },
    [make('span', { id: 'sc-window-name', text: 'Window' }), ...this.windows.map((r) => r.node)]);
    const windowHelp = make('p', { class: 'sc-help', id: 'sc-window-help', text: 'Also the span of the hit counts below.' });
    return this.section('coverage', 'Coverage', [row, help, group, windowHelp]);
  }

  bias() {
    this.weights = {};
    const rows = PROFILE_IDS.map((id) => {
      const field = weightField(id);
      this.weights[id] = WEIGHTS.map(([value, label, spoken]) => this.radio('sc-' + id, String(label), String(spoken), value, field));
      return make('div', { class: 'sc-row', role: 'radiogroup', 'aria-label': words(id) },
        [make('span', { text: PROFILE_LABELS[id] }), ...this.weights[id].map((r) => r.node)]);
    });
    this.normal = make('button', { type: 'button', class: 'sc-normal', text: 'All normal', onclick: () => this.allNormal() });
    return this.section('bias', 'Profile bias', [...rows, this.normal]);
  }

  allNormal() {
    const { view } = this.store;
    const off = PROFILE_IDS.filter((id) => view.profile_weights[id] !== 1);
    this.store.edit(Object.fromEntries(off.map((id) => [weightField(id), 1])));
  }

  write() {
    const { view, editable } = this.store;
    for (const [id, { fieldset }] of Object.entries(this.sections)) {
      if (fieldset.disabled !== !editable) fieldset.disabled = !editable;
      this.writeAlert(id);
    }
    if (!view) {
      this.select.selectedIndex = -1;
      return;
    }
    this.writePreset(view.preset_id);
    this.assist.checked = view.coverage_assist;
    for (const r of this.windows) r.input.checked = r.value === view.coverage_window_minutes;
    for (const id of PROFILE_IDS)
      for (const r of this.weights[id]) r.input.checked = r.value === fieldOf(view, weightField(id));
    // A button that loses focus by being switched off would throw it to the page's start.
    const done = PROFILE_IDS.every((id) => view.profile_weights[id] === 1);
    if (done && document.activeElement === this.normal) this.weights[PROFILE_IDS[0]][1].input.focus();
    this.normal.disabled = done;
  }

  writePreset(id) {
    if (![...this.select.options].some((o) => o.value === id)) this.select.append(make('option', { value: id, text: id }));
    if (this.select.value !== id) this.select.value = id;
    write(this.line, presetLine(id));
    write(this.now, outlook(this.store.live, id));
  }

  writeAlert(id) {
    const { alert } = this.sections[id];
    const told = this.store.alerts[id];
    const text = told?.text ?? '';
    if ((this.shownAlerts[id] ?? '') === text) return;
    this.shownAlerts[id] = text;
    if (!told) {
      const held = alert.contains(document.activeElement);
      alert.replaceChildren();
      if (held) this.sections[id].fieldset.querySelector('input:checked, select')?.focus();
      return;
    }
    alert.replaceChildren(make('p', { text }),
      make('button', { type: 'button', text: 'Retry', onclick: () => this.store.retry(id) }),
      make('button', { type: 'button', text: 'Dismiss', onclick: () => this.store.dismiss(id) }));
    alert.scrollIntoView({ block: 'nearest' });
  }
}

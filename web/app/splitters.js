// SPDX-License-Identifier: Apache-2.0
// The edges between panes: dragged, moved by arrow keys (Shift: further), set back by Enter or a double
// click. A size is a part of the workspace in percent, kept in the browser, and written as a custom
// property that the stylesheet's grid reads.

import { make } from './dom.js';
import { browser } from './kept.js';

const STEP = 2;
const FAR = 10;

/** name: of the property and what is kept; from: which edge the percent counts from. */
const EDGES = [
  { name: 'left', label: 'Width of the tapes', orientation: 'vertical', from: 'start', min: 35, max: 75, usual: 62 },
  { name: 'chart', label: 'Height of the chart', orientation: 'horizontal', from: 'start', min: 20, max: 75, usual: 45 },
  { name: 'equities', label: 'Height of the equities tape', orientation: 'horizontal', from: 'end', min: 10, max: 60, usual: 22 },
];

/** A size within its bounds, to a tenth of a percent; NaN where it is none. Pure. */
export function bounded(edge, percent) {
  return Number.isFinite(percent) ? Math.round(Math.min(edge.max, Math.max(edge.min, percent)) * 10) / 10 : NaN;
}

/** Where an arrow key moves an edge that is at `now`; NaN: not its key. Pure. */
export function moved(edge, now, key, far) {
  const [less, more] = edge.orientation === 'vertical' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  const sign = key === more ? 1 : key === less ? -1 : 0;
  if (key === 'Home' || key === 'End') return (key === 'End') === (edge.from === 'start') ? edge.max : edge.min;
  return sign ? bounded(edge, now + (edge.from === 'start' ? sign : -sign) * (far ? FAR : STEP)) : NaN;
}

export class Splitters {
  /** @param {HTMLElement} root the grid */
  constructor(root) {
    this.root = root;
    for (const edge of EDGES) this.add(edge);
  }

  add(edge) {
    const node = make('div', { class: 'splitter', id: 'split-' + edge.name, role: 'separator', tabindex: 0, 'aria-label': edge.label,
      'aria-orientation': edge.orientation, 'aria-valuemin': edge.min, 'aria-valuemax': edge.max, title: edge.label + ' (arrow keys; Enter: as it was)' });
    const set = (percent) => {
      this.set(edge, node, percent);
      browser.set('split-' + edge.name, String(percent));
    };
    node.onkeydown = (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const next = event.key === 'Enter' ? edge.usual : moved(edge, this.now(edge, node), event.key, event.shiftKey);
      if (Number.isNaN(next)) return;
      set(next);
      event.preventDefault();
      event.stopPropagation();
    };
    node.ondblclick = () => set(edge.usual);
    node.onpointerdown = (event) => {
      node.setPointerCapture(event.pointerId);
      node.onpointermove = (move) => set(bounded(edge, this.at(edge, move)));
      event.preventDefault();
      node.focus();
    };
    node.onpointerup = node.onpointercancel = () => { node.onpointermove = null; };
    this.root.append(node);
    const kept = bounded(edge, parseFloat(browser.get('split-' + edge.name) ?? ''));
    if (Number.isNaN(kept)) node.setAttribute('aria-valuenow', String(edge.usual));
    else this.set(edge, node, kept);
  }

  now(edge, node) {
    return Number(node.getAttribute('aria-valuenow'));
  }

  /** The pointer's place as a percent. */
  at(edge, event) {
    const box = this.root.getBoundingClientRect();
    const part = edge.orientation === 'vertical' ? (event.clientX - box.left) / box.width : (event.clientY - box.top) / box.height;
    return 100 * (edge.from === 'start' ? part : 1 - part);
  }

  set(edge, node, percent) {
    node.setAttribute('aria-valuenow', String(percent));
    this.root.style.setProperty('--' + edge.name, percent + '%');
  }
}

// SPDX-License-Identifier: Apache-2.0
// Making elements, with data as text only; and a polite voice that speaks at most once a second.

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] `class`, `text`, `on…` handlers, everything else an attribute
 * @param {(Node|string|null)[]} [children]
 * @returns {any}
 */
export function make(tag, props = {}, children = []) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === 'class') node.className = value;
    else if (name === 'text') node.textContent = value;
    else if (name.startsWith('on')) node[name] = value;
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** An SVG element. @returns {any} */
export function svg(tag, attributes = {}, children = []) {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children);
  return node;
}

/** Writes a text only when it differs. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A visually hidden live region; what comes faster than once a second is said as its last. */
export class Voice {
  constructor() {
    this.node = make('span', { class: 'hide', role: 'status', 'aria-live': 'polite' });
    this.said = '';
    this.wanted = '';
    this.timer = 0;
    this.saidAt = -Infinity;
  }

  say(text) {
    this.wanted = text;
    if (this.timer || text === this.said) return;
    const wait = Math.max(0, 1000 - (performance.now() - this.saidAt));
    this.timer = window.setTimeout(() => {
      this.timer = 0;
      if (this.wanted === this.said) return;
      this.saidAt = performance.now();
      this.node.textContent = this.said = this.wanted;
    }, wait);
  }
}

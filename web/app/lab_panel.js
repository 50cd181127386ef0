// SPDX-License-Identifier: Apache-2.0
// One panel: heading and word, numbers with their bands, a picture, and its table for who cannot see
// pictures. Elements are made once and written to when something changed.

import { Plot, colour } from './lab_plot.js';
import { WORDS, band, computed, number, table, wordOf } from './lab_text.js';

function make(tag, className, text) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function headRow(cells) {
  const head = make('thead');
  const row = head.appendChild(make('tr'));
  for (const cell of cells) row.appendChild(make('th', '', cell)).scope = 'col';
  return head;
}

function bodyRows(rows) {
  const body = make('tbody');
  for (const [first, ...rest] of rows) {
    const row = body.appendChild(make('tr'));
    row.appendChild(make('th', '', first)).scope = 'row';
    for (const cell of rest) row.appendChild(make('td', '', cell));
  }
  return body;
}

function swatch(series, index) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  const mark = svg.appendChild(document.createElementNS(ns, series.style === 'dots' ? 'circle' : series.style === 'bars' ? 'rect' : 'path'));
  const set = (values) => { for (const [key, value] of Object.entries(values)) mark.setAttribute(key, value); };
  svg.setAttribute('viewBox', '0 0 14 8');
  svg.setAttribute('aria-hidden', 'true');
  if (series.style === 'dots') set({ cx: 7, cy: 4, r: 3, fill: colour(series, index) });
  else if (series.style === 'bars') set({ x: 3, y: 0, width: 8, height: 8, fill: colour(series, index) });
  else set({ d: 'M0 4H14', stroke: colour(series, index), 'stroke-width': 2, ...(series.style === 'edge' ? { 'stroke-dasharray': '3 2' } : {}) });
  return svg;
}

export class Panel {
  /** @param {HTMLElement} root @param {string} id */
  constructor(root, id) {
    const article = make('article', 'panel');
    article.id = 'panel-' + id;
    article.setAttribute('aria-labelledby', 'title-' + id);
    const header = article.appendChild(make('header'));
    this.title = header.appendChild(make('h2'));
    this.title.id = 'title-' + id;
    header.appendChild(make('span', 'push'));
    this.word = header.appendChild(make('span', 'word'));
    this.what = article.appendChild(make('p', 'what'));
    this.numbers = article.appendChild(make('table', 'numbers'));
    this.pick = article.appendChild(make('label', 'pick'));
    this.pick.append('Picture ');
    this.select = this.pick.appendChild(make('select'));
    this.select.onchange = () => this.drawSet();
    this.yLabel = article.appendChild(make('div', 'axis y'));
    this.place = article.appendChild(make('div', 'plot'));
    this.place.setAttribute('role', 'img');
    this.xLabel = article.appendChild(make('div', 'axis x'));
    this.keys = article.appendChild(make('ul', 'keys'));
    this.foot = article.appendChild(make('p', 'foot'));
    this.details = article.appendChild(make('details'));
    this.details.appendChild(make('summary', '', 'As a table'));
    this.values = this.details.appendChild(make('div', 'values'));
    this.values.tabIndex = 0;
    this.values.setAttribute('role', 'region');
    this.details.ontoggle = () => this.fillTable();
    root.append(article);
    this.plot = new Plot(this.place);
    this.keysShown = this.setsShown = '';
  }

  /** @param {any} panel */
  show(panel) {
    this.panel = panel;
    write(this.title, panel.title);
    write(this.what, panel.what);
    write(this.word, WORDS[panel.word] ?? panel.word);
    this.word.className = 'word word-' + (panel.word in WORDS ? panel.word : 'watch');
    this.showNumbers(panel);
    write(this.foot, [number(panel.n) + ' ' + panel.sample, panel.note, computed(panel.computed_at)].filter(Boolean).join('. ').replace(/\.\. /g, '. ') + '.');
    this.showSets(panel);
    this.drawSet();
  }

  showNumbers(panel) {
    const rows = panel.numbers.map((one) => [one.label, number(one.value), band(one), number(one.n), wordOf(one)]);
    const shown = JSON.stringify(rows);
    if (shown === this.numbersShown) return;
    this.numbersShown = shown;
    this.numbers.replaceChildren(headRow(['number', 'value', 'real tape', 'n', 'word']), bodyRows(rows));
    [...this.numbers.tBodies[0].rows].forEach((row, i) => row.cells[4].classList.add('word-' + panel.numbers[i].word));
  }

  showSets(panel) {
    const names = panel.sets.map((set) => set.name);
    if (JSON.stringify(names) === this.setsShown) return;
    this.setsShown = JSON.stringify(names);
    const chosen = this.select.value;
    this.select.replaceChildren(...names.map((name) => {
      const option = make('option', '', name);
      option.value = name;
      return option;
    }));
    if (names.includes(chosen)) this.select.value = chosen;
    this.pick.hidden = names.length < 2;
  }

  drawSet() {
    const set = this.panel.sets.find((one) => one.name === this.select.value) ?? this.panel.sets[0];
    this.set = set;
    if (!set) return;
    write(this.yLabel, '↑ ' + set.y_axis.label);
    write(this.xLabel, set.x_axis.label + ' →');
    this.place.setAttribute('aria-label', this.panel.title + ', ' + set.name + ': ' + set.series.map((one) => one.label).join(', ')
      + ' by ' + set.x_axis.label + '. The values are in the table below.');
    this.showKeys(set);
    this.plot.draw(set);
    this.fillTable();
  }

  showKeys(set) {
    const shown = JSON.stringify(set.series.map((one) => [one.label, one.style]));
    if (shown === this.keysShown) return;
    this.keysShown = shown;
    this.keys.replaceChildren(...set.series.map((one, i) => {
      const item = make('li');
      item.append(swatch(one, i), one.label);
      return item;
    }));
  }

  fillTable() {
    if (!this.details.open || !this.set) return;
    const { head, rows } = table(this.set);
    const node = make('table');
    node.append(make('caption', 'hide', this.panel.title + ', ' + this.set.name), headRow(head), bodyRows(rows));
    this.values.setAttribute('aria-label', 'Values of ' + this.panel.title);
    const top = this.values.scrollTop;
    this.values.replaceChildren(node);
    this.values.scrollTop = top;
  }
}

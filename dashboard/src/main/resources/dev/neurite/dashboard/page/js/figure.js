// The frame of every chart: title, a sentence that says what it shows, a table of its numbers, and export.

import { h, s, fill, text, download, throttle } from './dom.js';
import { standalone, png } from './plot.js';
import { csvLine } from './math.js';

/**
 * @typedef {{columns: string[], rows: unknown[][], format?: (value: any, column: number) => string}} Sheet
 * @typedef {object} Content
 * @property {string} [summary]
 * @property {() => Sheet} [table] made when somebody opens or saves it
 * @property {() => (SVGElement | null)} [svg] the drawing to save
 */

const MOST_ROWS = 2000;

export class Figure {
  /**
   * @param {import('./state.js').Store} store
   * @param {{id: string, title: string, wide?: boolean, class?: string, level?: number, tabular?: boolean, entries?: [() => string, () => unknown][]}} options `entries` are more of the menu;
   * `tabular` if it is a table itself,
   * which is neither shown as one again nor saved as a picture
   */
  constructor(store, options) {
    this.store = store;
    this.id = options.id;
    this.title = options.title;
    /** @type {Content} */
    this.content = {};
    this.heading = h(`h${options.level ?? 3}`, { id: `${options.id}-title` }, options.title);
    this.actions = h('div', { class: 'field' });
    this.summary = h('p', { class: 'summary', id: `${options.id}-summary` });
    this.plot = h('div', { class: 'plot' });
    this.after = h('div', { class: 'after' });
    this.tableButton = h('button', { class: 'quiet', type: 'button', 'aria-pressed': 'false', 'aria-label': `Table: ${options.title}`,
      on: { click: () => store.toggle('tables', this.id, !this.open) } }, 'Table');
    this.sheet = h('div', { class: 'sheet scroll', tabindex: 0, role: 'region', 'aria-label': `Table: ${options.title}`, hidden: true });
    this.tableButton.hidden = Boolean(options.tabular);
    this.menu = menu(`${options.entries ? 'More' : 'Export'}: ${options.title}`, [
      ...(options.entries ?? []),
      ...(options.tabular ? [] : /** @type {[string, () => unknown][]} */ ([['PNG', () => this.save('png')], ['SVG', () => this.save('svg')]])),
      ['CSV', () => this.save('csv')],
    ]);
    this.root = h('section', { class: `figure card ${options.wide ? 'wide' : ''} ${options.class ?? ''}`, 'aria-labelledby': `${options.id}-title` },
      h('header', null, this.heading, this.actions, this.tableButton, this.menu), this.plot, this.after, this.summary, this.sheet);
    this.fillSheet = throttle(() => this.drawSheet(), 1500);
    this.setSummary = throttle((/** @type {string} */ words) => text(this.summary, words), 1000);
    this.off = store.on((changed) => changed.has('tables') && this.showSheet());
    this.showSheet();
  }

  get open() {
    return this.store.view.tables.includes(this.id);
  }

  /** @param {string} title */
  rename(title) {
    this.title = title;
    text(this.heading, title);
    this.tableButton.setAttribute('aria-label', `Table: ${title}`);
    this.sheet.setAttribute('aria-label', `Table: ${title}`);
  }

  /** @param {Content} content */
  set(content) {
    Object.assign(this.content, content);
    if (content.summary !== undefined) this.setSummary(content.summary);
    if (this.open) this.fillSheet();
  }

  showSheet() {
    this.tableButton.setAttribute('aria-pressed', String(this.open));
    this.sheet.hidden = !this.open;
    if (this.open) this.drawSheet();
  }

  drawSheet() {
    const sheet = this.content.table?.();
    if (!sheet || !this.open) return;
    fill(this.sheet, table(sheet, this.title));
  }

  /** @param {'png' | 'svg' | 'csv'} kind */
  async save(kind) {
    const name = `${this.store.view.run || 'neurite'}-${this.id}`.replace(/[^\w.-]+/g, '_');
    if (kind === 'csv') {
      const sheet = this.content.table?.();
      if (sheet) download(`${name}.csv`, [sheet.columns, ...sheet.rows].map(csvLine).join('\r\n') + '\r\n', 'text/csv');
      return;
    }
    const drawing = this.content.svg ? this.content.svg() : this.plot.querySelector('svg');
    if (!drawing) return;
    const away = !drawing.isConnected;
    if (away) { // styles are only known of what is in the document
      const place = h('div', { class: 'hush' }, drawing);
      document.body.append(place);
      this.away = place;
    }
    const file = standalone(drawing, this.title);
    this.away?.remove();
    if (kind === 'svg') download(`${name}.svg`, file, 'image/svg+xml');
    else download(`${name}.png`, await png(file));
  }

  close() {
    this.off();
  }
}

/** A table element of a sheet. @param {Sheet} sheet @param {string} caption */
export function table(sheet, caption) {
  const rows = sheet.rows.length > MOST_ROWS ? sheet.rows.slice(-MOST_ROWS) : sheet.rows;
  const words = sheet.format ?? ((/** @type {any} */ value) => (value === null || value === undefined ? '' : String(value)));
  return h('table', null, h('caption', { class: 'hush' }, caption),
    h('thead', null, h('tr', null, sheet.columns.map((name) => h('th', { scope: 'col' }, name)))),
    h('tbody', null, rows.map((row) => h('tr', null, row.map((cell, i) => (i === 0 ? h('th', { scope: 'row' }, words(cell, i)) : h('td', null, words(cell, i))))))));
}

/**
 * A button that opens a short list of buttons; Escape or a click elsewhere closes it.
 * @param {string} label
 * @param {[string | (() => string), () => unknown][]} entries words, or what gives them when it opens
 */
export function menu(label, entries) {
  const list = h('ul', { class: 'card', hidden: true });
  const button = h('button', { class: 'quiet icon', type: 'button', 'aria-expanded': 'false', 'aria-label': label, title: label.replace(/:.*/, '') },
    s('svg', { width: 16, height: 16, viewBox: '0 0 16 16', 'aria-hidden': 'true' },
      s('path', { d: label.startsWith('More') ? 'M8 3.500v.01M8 8v.01M8 12.500v.01' : 'M8 2v8M4.500 7 8 10.500 11.500 7M2.500 13.500h11', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })));
  const away = (/** @type {Event} */ event) => { if (!root.contains(/** @type {Node} */ (event.target))) show(false); };
  const show = (/** @type {boolean} */ on) => {
    list.hidden = !on;
    if (on) entries.forEach(([name], i) => text(list.children[i].firstElementChild, typeof name === 'string' ? name : name()));
    button.setAttribute('aria-expanded', String(on));
    if (on) document.addEventListener('pointerdown', away);
    else document.removeEventListener('pointerdown', away);
  };
  button.addEventListener('click', () => {
    show(list.hidden);
    if (!list.hidden) list.querySelector('button')?.focus();
  });
  for (const [name, action] of entries) {
    list.append(h('li', null, h('button', { class: 'quiet', type: 'button', on: { click: () => { show(false); button.focus(); void action(); } } }, typeof name === 'string' ? name : name())));
  }
  const root = h('div', { class: 'menu', on: {
    keydown: (/** @type {KeyboardEvent} */ event) => {
      if (list.hidden) return;
      const all = [...list.querySelectorAll('button')];
      const at = all.indexOf(/** @type {any} */ (document.activeElement));
      if (event.key === 'Escape') { show(false); button.focus(); event.stopPropagation(); }
      else if (event.key === 'ArrowDown') { all[Math.min(all.length - 1, at + 1)].focus(); event.preventDefault(); }
      else if (event.key === 'ArrowUp') { all[Math.max(0, at - 1)].focus(); event.preventDefault(); }
    },
    focusout: (/** @type {FocusEvent} */ event) => { if (event.relatedTarget && !root.contains(event.relatedTarget)) show(false); },
  } }, button, list);
  return root;
}

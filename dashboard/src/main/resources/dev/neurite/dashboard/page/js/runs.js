// The list of runs: search, a colour and dash for each, a star, its state.

import { h, s, fill, text, roving, stopAt } from './dom.js';
import { swatch } from './palette.js';
import { headline } from './data.js';
import { tagMarks } from './tags.js';

const STATES = { training: ['live', 'training'], paused: ['watch', 'paused'], finished: ['', 'finished'], interrupted: ['watch', 'interrupted'], failed: ['bad', 'failed'], unreadable: ['bad', 'unreadable'] };

/** @param {string} state */
export function statePill(state) {
  const [kind, words] = /** @type {any} */ (STATES)[state] ?? ['', state];
  return h('span', { class: `pill ${kind}` }, words);
}

export class RunList {
  /** @param {import('./page.js').App} app @param {HTMLElement} root */
  constructor(app, root) {
    this.app = app;
    this.root = root;
    this.stars = stars();
    /** @type {Map<string, any>} */
    this.rows = new Map();
    this.search = h('input', { type: 'search', placeholder: 'Search names, data, tags, notes', 'aria-label': 'Search runs', value: app.store.view.q, on: { input: () => app.store.set({ q: this.search.value }) } });
    this.count = h('span', { role: 'status' });
    this.compare = h('button', { type: 'button', on: { click: () => { app.store.set({ tab: 'compare' }); root.dispatchEvent(new Event('opened')); } } }, 'Compare');
    this.list = h('ul', { 'aria-label': 'Runs' });
    roving(this.list, () => this.items(), { columns: () => 3 });
    root.append(this.search, h('div', { class: 'count' }, this.count, this.compare), this.list);
  }

  items() {
    return [...this.list.querySelectorAll('input, button')];
  }

  update() {
    const { app } = this;
    const { view } = app.store;
    if (this.search.value !== view.q) this.search.value = view.q;
    const words = view.q.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = app.runs.filter((run) => {
      const hay = [run.name, run.data, run.model, run.state, ...(run.tags ?? []), run.note].join(' ').toLowerCase();
      return words.every((word) => hay.includes(word));
    }).sort((a, b) => Number(this.stars.has(b.id)) - Number(this.stars.has(a.id)) || b.started - a.started || a.name.localeCompare(b.name, 'en', { numeric: true }));
    const elements = shown.map((run) => this.row(run));
    const same = elements.length === this.list.children.length && elements.every((element, i) => element === this.list.children[i]);
    if (!same) {
      const focused = document.activeElement;
      this.list.replaceChildren(...elements);
      if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus();
    }
    const items = this.items();
    if (items.length && !items.some((item) => item.getAttribute('tabindex') === '0')) stopAt(items, 1);
    text(this.count, shown.length === app.runs.length ? `${shown.length} ${shown.length === 1 ? 'run' : 'runs'}` : `${shown.length} of ${app.runs.length}`);
    this.compare.hidden = view.runs.length < 2;
    text(this.compare, `Compare ${view.runs.length}`);
  }

  /** @param {any} run */
  row(run) {
    const { app } = this;
    let row = this.rows.get(run.id);
    if (!row) {
      const look = h('span', { class: 'swatch' });
      const name = h('span');
      const state = h('span');
      const what = h('span');
      const score = h('span', { class: 'score' });
      const tags = h('span', { class: 'marks' });
      const box = h('input', { type: 'checkbox', tabindex: -1, on: { change: () => app.store.toggle('runs', run.id, box.checked) } });
      const star = h('button', { class: 'star', type: 'button', tabindex: -1, on: { click: () => { this.toggleStar(run.id); } } },
        s('svg', { width: 15, height: 15, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: 'M8 1.700l1.900 4 4.400.550-3.250 3 .850 4.350L8 11.450 4.100 13.600l.850-4.350-3.250-3 4.400-.550z', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.4, 'stroke-linejoin': 'round' })));
      const open = h('button', { class: 'open', type: 'button', tabindex: -1, on: { click: () => { app.choose(run.id); this.root.dispatchEvent(new Event('opened')); } } },
        h('span', { class: 'name' }, look, name), h('span', { class: 'what' }, what), state, score, tags);
      row = h('li', { class: 'run' }, h('span', { class: 'pick' }, box), open, star);
      row.parts = { look, name, state, what, score, tags, box, star, open, style: '', stateWas: '' };
      this.rows.set(run.id, row);
    }
    const { parts } = row;
    const style = app.styleOf(run.id);
    if (JSON.stringify(style) !== parts.style) {
      parts.style = JSON.stringify(style);
      fill(parts.look, swatch(style));
    }
    text(parts.name, run.name);
    if (parts.stateWas !== run.state) {
      parts.stateWas = run.state;
      fill(parts.state, run.state === 'finished' ? h('span', { class: 'hush' }, 'finished') : statePill(run.state)); // most have finished
    }
    text(parts.what, [run.data, run.model].filter(Boolean).join(' · '));
    const best = headline(run);
    const words = JSON.stringify([best, run.tags, run.note]);
    if (parts.words !== words) {
      parts.words = words;
      fill(parts.score, h('span', null, best ? best.name : 'no score'), ' ', h('b', null, best ? best.value : '–'));
      fill(parts.tags, tagMarks(run.tags ?? []));
      parts.open.title = run.note ? `${run.name}\n${run.note}` : run.name;
    }
    const current = app.data?.id === run.id;
    row.dataset.current = String(current);
    if (current) parts.open.setAttribute('aria-current', 'true');
    else parts.open.removeAttribute('aria-current');
    parts.box.checked = app.store.view.runs.includes(run.id);
    parts.box.setAttribute('aria-label', `Compare ${run.name}`);
    const starred = this.stars.has(run.id);
    parts.star.setAttribute('aria-pressed', String(starred));
    parts.star.setAttribute('aria-label', `Star ${run.name}`);
    parts.star.querySelector('path').setAttribute('fill', starred ? 'currentColor' : 'none');
    return row;
  }

  /** @param {string} id */
  toggleStar(id) {
    if (this.stars.has(id)) this.stars.delete(id);
    else this.stars.add(id);
    try {
      localStorage.setItem('neurite.stars', JSON.stringify([...this.stars]));
    } catch {
      // without storage the stars last as long as the page
    }
    this.update();
  }
}

/** @returns {Set<string>} */
function stars() {
  try {
    const saved = JSON.parse(localStorage.getItem('neurite.stars') ?? '[]');
    return new Set(Array.isArray(saved) ? saved.filter((each) => typeof each === 'string') : []);
  } catch {
    return new Set();
  }
}

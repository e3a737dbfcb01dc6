// Parallel coordinates of a search: an axis for each key and one for the score, a line for each trial, and brushes that
// choose ranges, with the mouse and by keyboard.

import { h, s, fill, announce } from './dom.js';
import { get, latest } from './api.js';
import { Figure, table as tableOf } from './figure.js';
import { responsive } from './plot.js';
import { css, sequential } from './palette.js';
import { onTheme } from './theme.js';
import { apart, axisOf, fitted, numberTicks, shareOf } from './axes.js';
import { compare as order, duration, figure, number, short } from './math.js';

/** @typedef {import('./axes.js').Axis} Axis */

const FRESH = 5000; // how long the trials of a search that may go on are shown before they are asked for again, in milliseconds
const HEIGHT = 320;
const TOP = 44;
const BOTTOM = HEIGHT - 30;
const LETTER = 6.3; // the width of a character of a value, in pixels
const TITLE_LETTER = 7.6;
const LINE = 14; // the height of a value

export class ParallelFigure {
  /** @param {import('./page.js').App} app */
  constructor(app) {
    this.app = app;
    this.store = app.store;
    this.figure = new Figure(app.store, { id: 'parallel', title: 'Search', wide: true });
    this.select = h('select', { id: 'search-name', on: { change: () => app.store.set({ search: this.select.value, brush: [] }) } });
    this.reset = h('button', { type: 'button', on: { click: () => app.store.set({ brush: [] }) } }, 'Clear ranges');
    this.figure.actions.append(h('label', { for: 'search-name', class: 'hush' }, 'Search'), this.select, this.reset);
    this.host = h('div', { class: 'pane', style: { 'min-height': `${HEIGHT}px`, 'overflow-x': 'auto' } });
    this.list = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Trials in the chosen ranges' });
    this.figure.plot.append(this.host);
    this.figure.after.append(h('h4', null, 'Trials in the chosen ranges'), this.list);
    this.figure.content.svg = () => this.host.querySelector('svg');
    this.root = this.figure.root;
    this.root.hidden = true;
    /** @type {any} */
    this.search = null;
    /** @type {Axis[]} */
    this.axes = [];
    this.loadedName = '';
    this.loadedAt = -FRESH;
    this.redraw = responsive(this.host, (width) => this.draw(width));
    this.load = latest(async (signal, /** @type {string} */ name) => {
      this.search = await get(`/search/${encodeURIComponent(name)}`, signal);
      this.begin();
    }, (error) => this.figure.set({ summary: error.message }));
    this.offs = [onTheme(() => this.redraw()), app.store.on((changed) => {
      if (changed.has('search')) void this.load(this.name);
      if (changed.has('brush')) { this.redraw(); this.tell(); }
    })];
    this.update();
  }

  names() {
    return this.app.searches;
  }

  get name() {
    const names = this.names();
    return names.includes(this.store.view.search) ? this.store.view.search : names[0] ?? '';
  }

  update() {
    const names = this.names();
    this.root.hidden = names.length === 0;
    if (names.length === 0) return;
    if (this.select.dataset.names !== names.join()) {
      this.select.dataset.names = names.join();
      fill(this.select, names.map((name) => h('option', { value: name }, name)));
    }
    this.select.value = this.name;
    const old = performance.now() - this.loadedAt > FRESH;
    if (this.loadedName !== this.name || (old && this.running)) {
      this.loadedName = this.name;
      this.loadedAt = performance.now();
      void this.load(this.name);
    }
  }

  /** Whether trials may still come: one of the runs trains. */
  get running() {
    return this.app.runs.some((run) => run.state === 'training') || this.search === null;
  }

  begin() {
    const { keys, trials, metric } = this.search;
    const short = (/** @type {string} */ key) => key.split('.').slice(-2).join('.');
    this.axes = [...keys.map((/** @type {string} */ key) => axisOf(key, short(key), trials.map((/** @type {any} */ trial) => trial.values[key]))), axisOf('score', metric || 'score', trials.map((/** @type {any} */ trial) => number(trial.score)).filter(Number.isFinite))];
    this.figure.rename(`Search ${this.name}`);
    this.figure.set({ table: () => this.sheet(trials) });
    this.redraw();
    this.tell();
  }

  /** @param {any[]} trials @returns {import('./figure.js').Sheet} */
  sheet(trials) {
    const { keys, metric } = this.search;
    return { columns: ['trial', ...keys, metric || 'score', 'state', 'time'], rows: trials.map((trial) => [trial.number, ...keys.map((/** @type {string} */ key) => trial.values[key]), number(trial.score), trial.state, number(trial.seconds)]),
      format: (value, i) => (i === keys.length + 3 ? duration(value) : typeof value === 'number' && i > 0 ? figure(value) : value ?? '') };
  }

  /** @returns {Map<string, [number, number]>} */
  brushes() {
    const result = new Map();
    for (const each of this.store.view.brush) {
      const parts = each.split(':');
      const high = Number(parts.pop());
      const low = Number(parts.pop());
      if (low <= high) result.set(parts.join(':'), [low, high]);
    }
    return result;
  }

  /** @param {string} key @param {number} low @param {number} high */
  brush(key, low, high) {
    const all = this.brushes();
    if (low <= 0 && high >= 1) all.delete(key);
    else all.set(key, [Math.max(0, low), Math.min(1, high)]);
    this.store.set({ brush: [...all].map(([name, [a, b]]) => `${name}:${a.toFixed(3)}:${b.toFixed(3)}`) });
  }

  /** @param {any} trial @param {Axis} axis */
  share(trial, axis) {
    return shareOf(axis, axis.key === 'score' ? number(trial.score) : trial.values[axis.key]);
  }

  /** @param {any} trial */
  chosen(trial) {
    const all = this.brushes();
    return this.axes.every((axis) => {
      const range = all.get(axis.key);
      if (!range) return true;
      const share = this.share(trial, axis);
      return share >= range[0] - 1e-9 && share <= range[1] + 1e-9;
    });
  }

  tell() {
    if (!this.search) return;
    const { trials, higherIsBetter, keys } = this.search;
    const inside = trials.filter((/** @type {any} */ trial) => this.chosen(trial)).sort((/** @type {any} */ a, /** @type {any} */ b) => order(number(a.score), number(b.score), higherIsBetter));
    const top = inside.find((/** @type {any} */ trial) => Number.isFinite(number(trial.score)));
    this.reset.disabled = this.store.view.brush.length === 0;
    this.figure.set({ summary: `${inside.length} of ${trials.length} trials are in the ranges.${top ? ` Best: trial ${top.number}, ${this.search.metric} ${figure(number(top.score))}, with ${keys.map((/** @type {string} */ key) => `${key} ${top.values[key] ?? '–'}`).join(', ')}.` : ''}` });
    fill(this.list, tableOf(this.sheet(inside.slice(0, 200)), 'Trials in the chosen ranges'));
  }

  /** @param {number} width */
  draw(width) {
    const active = /** @type {any} */ (document.activeElement)?.dataset?.brush;
    this.host.querySelector('svg')?.remove();
    if (!this.search) return;
    const { axes } = this;
    const wide = Math.max(width, axes.length * 110);
    const X = (/** @type {number} */ i) => 46 + (axes.length > 1 ? (i * (wide - 110)) / (axes.length - 1) : 0);
    const Y = (/** @type {number} */ share) => BOTTOM - share * (BOTTOM - TOP);
    const root = s('svg', { viewBox: `0 0 ${wide} ${HEIGHT}`, width: wide, height: HEIGHT, role: 'group', 'aria-label': 'Ranges of the parallel coordinates', style: { width: `${wide}px`, 'touch-action': 'pan-x' } });
    const score = axes.at(-1);
    const scale = sequential();
    const up = this.search.higherIsBetter;
    const sorted = [...this.search.trials].sort((a, b) => order(number(a.score), number(b.score), !up)).toReversed();
    const lines = s('g');
    for (const on of [false, true]) {
      for (const trial of sorted.toReversed()) {
        if (this.chosen(trial) !== on) continue;
        const points = axes.map((axis, i) => [X(i), Y(this.share(trial, axis))]).filter(([, y]) => Number.isFinite(y));
        if (points.length < 2) continue;
        const quality = score ? this.share(trial, score) : 0;
        const paint = Number.isFinite(quality) ? css(scale(0.3 + 0.7 * (up ? quality : 1 - quality))) : 'var(--bad)';
        lines.append(s('path', { d: `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}`, fill: 'none', stroke: on ? paint : 'var(--surface-3)', 'stroke-width': on ? 1.8 : 1, opacity: on ? 0.9 : 0.7 },
          s('title', null, `trial ${trial.number}: ${figure(number(trial.score))}`)));
      }
    }
    root.append(lines);
    const brushes = this.brushes();
    axes.forEach((axis, i) => {
      const x = X(i);
      const group = s('g');
      group.append(s('line', { x1: x, x2: x, y1: TOP, y2: BOTTOM, stroke: 'var(--line-strong)', 'stroke-width': 1.5 }),
        s('text', { x, y: 16, 'text-anchor': i === 0 ? 'start' : i === axes.length - 1 ? 'end' : 'middle', dx: i === 0 ? -40 : i === axes.length - 1 ? 54 : 0, 'font-size': 12, 'font-weight': 650, fill: 'var(--ink)' },
          fitted(axis.title, (axes.length > 1 ? X(1) - X(0) : wide) - 12, TITLE_LETTER), s('title', null, axis.title)));
      const values = axis.texts ? axis.texts.map((words) => [words, shareOf(axis, words)]) : numberTicks(axis).map((tick) => [short(tick), shareOf(axis, tick)]);
      const marks = apart(/** @type {[string, number][]} */ (values), ([, share]) => Y(share), LINE);
      for (const [words, share] of marks) {
        const label = fitted(words, 12 * LETTER, LETTER);
        // A plate, so that lines do not run through the text.
        group.append(s('rect', { x: x + 9, y: Y(share) - LINE / 2, width: label.length * LETTER + 4, height: LINE, rx: 2, fill: 'var(--surface)', opacity: 0.9 }),
          s('text', { x: x + 11, y: Y(share) + 4, 'font-size': 10.5, fill: 'var(--ink-2)' }, label));
      }
      const range = brushes.get(axis.key) ?? [0, 1];
      if (brushes.has(axis.key)) group.append(s('rect', { x: x - 7, width: 14, y: Y(range[1]), height: Math.max(2, Y(range[0]) - Y(range[1])), fill: 'var(--accent)', opacity: 0.25, rx: 3 }));
      // A drag along the axis makes a range.
      const area = s('rect', { x: x - 14, width: 28, y: TOP - 6, height: BOTTOM - TOP + 12, fill: 'transparent', style: { cursor: 'ns-resize', 'touch-action': 'none' } });
      area.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => this.drag(event, axis, root, Y));
      group.append(area);
      [['low', 0], ['high', 1]].forEach(([end, k]) => {
        const share = range[/** @type {number} */ (k)];
        const value = this.valueText(axis, share);
        const handle = s('path', { class: 'brush', tabindex: 0, role: 'slider', 'aria-orientation': 'vertical', 'aria-label': `${axis.title}, ${end === 'low' ? 'least' : 'greatest'}`, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': Math.round(share * 100), 'aria-valuetext': value,
          'data-brush': `${axis.key} ${end}`, d: end === 'low' ? `M${x - 7} ${Y(share)}h14l-7 9z` : `M${x - 7} ${Y(share)}h14l-7 -9z`, fill: brushes.has(axis.key) ? 'var(--accent)' : 'var(--ink-3)', stroke: 'var(--surface)', 'stroke-width': 1 });
        handle.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
          const step = axis.texts ? 1 / Math.max(1, axis.texts.length - 1) : event.shiftKey ? 0.1 : 0.02;
          const to = { ArrowUp: share + step, ArrowRight: share + step, ArrowDown: share - step, ArrowLeft: share - step, PageUp: share + 0.1, PageDown: share - 0.1, Home: 0, End: 1 }[event.key];
          if (event.key === 'Escape' || event.key === 'Delete') { this.brush(axis.key, 0, 1); return; }
          if (to === undefined) return;
          event.preventDefault();
          const now = Math.min(1, Math.max(0, to));
          if (k === 0) this.brush(axis.key, Math.min(now, range[1]), range[1]);
          else this.brush(axis.key, range[0], Math.max(now, range[0]));
          announce(`${axis.title} ${end === 'low' ? 'from' : 'to'} ${this.valueText(axis, now)}`);
        });
        handle.addEventListener('pointerdown', (/** @type {PointerEvent} */ event) => this.drag(event, axis, root, Y, k === 0 ? range[1] : range[0]));
        group.append(handle);
      });
      root.append(group);
    });
    this.host.prepend(root);
    if (active) /** @type {any} */ (this.host.querySelector(`[data-brush="${CSS.escape(active)}"]`))?.focus();
  }

  /** @param {Axis} axis @param {number} share */
  valueText(axis, share) {
    if (axis.texts) return axis.texts[Math.round(share * (axis.texts.length - 1))] ?? '';
    return figure(axis.log ? axis.low * (axis.high / axis.low) ** share : axis.low + share * (axis.high - axis.low));
  }

  /** @param {PointerEvent} event @param {Axis} axis @param {SVGElement} root @param {(share: number) => number} Y @param {number} [anchor] the end that stays */
  drag(event, axis, root, Y, anchor) {
    event.preventDefault();
    const share = (/** @type {PointerEvent} */ each) => {
      const y = each.clientY - this.host.getBoundingClientRect().top;
      return Math.min(1, Math.max(0, (Y(0) - y) / (Y(0) - Y(1))));
    };
    const from = anchor ?? share(event);
    let moved = false;
    const move = (/** @type {PointerEvent} */ each) => {
      const to = share(each);
      if (!moved && Math.abs(to - from) < 0.02) return;
      moved = true;
      this.brush(axis.key, Math.min(from, to), Math.max(from, to));
    };
    const up = () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      if (!moved && anchor === undefined) this.brush(axis.key, 0, 1); // a click takes the range away
    };
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
  }

  close() {
    this.offs.forEach((off) => off());
    this.figure.close();
  }
}

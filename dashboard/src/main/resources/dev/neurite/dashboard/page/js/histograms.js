// Histograms over time: as a ridgeline, as a heat map, and as the band of mean and two standard deviations.

import { h, s } from './dom.js';
import { Figure } from './figure.js';
import { Plot, cursor, responsive } from './plot.js';
import { css, sequential } from './palette.js';
import { color, onTheme, rgb } from './theme.js';
import { deviation, extent, figure, number, rebin, short, spread } from './math.js';

/**
 * @typedef {{step: number[], min: number[], max: number[], mean: number[], norm: number[], counts: number[][]}} History
 */

/** @param {any} answer @returns {History} */
export function history(answer) {
  return { step: answer.step, min: answer.min.map(number), max: answer.max.map(number), mean: answer.mean.map(number), norm: answer.norm.map(number), counts: answer.counts };
}

const BINS = 60;

/** The histograms of a parameter or a layer over the steps. */
export class HistogramFigure {
  /** @param {import('./state.js').Store} store */
  constructor(store) {
    this.store = store;
    this.figure = new Figure(store, { id: 'histograms', title: 'Histograms over time', wide: true });
    this.host = h('div', { class: 'lines', style: { 'min-height': '320px' } });
    this.figure.plot.append(this.host);
    /** @type {History | null} */
    this.history = null;
    /** @type {import('./plot.js').Place[]} */
    this.places = [];
    cursor(this.host, 'Histograms over time', () => this.places, { plane: () => this.store.view.hist === 'ridge' });
    this.redraw = responsive(this.host, (width) => this.draw(width));
    this.off = onTheme(() => this.redraw());
    this.figure.content.table = () => this.sheet();
    this.figure.content.svg = () => this.host.querySelector('svg');
    this.root = this.figure.root;
  }

  /** @param {History} history @param {string} title */
  set(history, title) {
    this.history = history;
    this.figure.rename(title);
    const n = history.step.length;
    const words = n === 0 ? 'No samples yet.'
      : `${n} samples, step ${history.step[0]} to ${history.step[n - 1]}. Mean from ${figure(history.mean[0])} to ${figure(history.mean[n - 1])}, ` +
        `values now between ${figure(history.min[n - 1])} and ${figure(history.max[n - 1])}.`;
    this.figure.set({ summary: words });
    this.redraw();
  }

  /** @param {number} width */
  draw(width) {
    const all = this.history;
    this.host.querySelector('svg')?.remove();
    this.places = [];
    if (!all || all.step.length === 0) return;
    const low = Math.min(...all.min.filter(Number.isFinite));
    const high = Math.max(...all.max.filter(Number.isFinite));
    if (!(high >= low)) return;
    const ends = /** @type {[number, number]} */ (high > low ? [low, high] : [low - 0.5, high + 0.5]);
    const drawing = this.store.view.hist === 'heat' ? this.heat(all, ends, width) : this.ridge(all, ends, width);
    this.host.prepend(drawing);
  }

  /** @param {History} all @param {number} i @param {[number, number]} ends */
  bins(all, i, ends) {
    return rebin(all.counts[i], all.min[i], all.max[i], ends[0], ends[1], BINS);
  }

  /** @param {History} all @param {number} i */
  words(all, i) {
    return `step ${all.step[i]}: mean ${figure(all.mean[i])}, ${figure(all.min[i])} to ${figure(all.max[i])}, norm ${figure(all.norm[i])}`;
  }

  /** @param {History} all @param {[number, number]} ends @param {number} width */
  ridge(all, ends, width) {
    const chosen = spread(all.step.length, 36);
    const rise = 58; // height of the highest ridge, in pixels
    const height = 340;
    const plot = new Plot({ width, height, x: ends, y: [0, 1], yTicks: [], margin: { left: 14, right: 58, top: 8, bottom: 26 } });
    const top = plot.top + rise;
    const gap = chosen.length > 1 ? (plot.bottom - top) / (chosen.length - 1) : 0;
    const curves = chosen.map((i) => this.bins(all, i, ends));
    const most = Math.max(...curves.flat(), 1e-9);
    const [a, b] = [rgb('--c0'), rgb('--surface')];
    const edge = color('--surface');
    chosen.forEach((i, k) => {
      const base = chosen.length > 1 ? top + k * gap : plot.bottom;
      const points = curves[k].map((count, bin) => `${plot.X(ends[0] + ((bin + 0.5) / BINS) * (ends[1] - ends[0])).toFixed(1)} ${(base - (count / most) * rise).toFixed(1)}`);
      const part = chosen.length > 1 ? k / (chosen.length - 1) : 1;
      const paint = css(/** @type {any} */ (a.map((v, c) => v * (0.25 + 0.75 * part) + b[c] * (0.75 - 0.75 * part))));
      plot.layer.append(s('path', { d: `M${plot.left} ${base}L${points.join('L')}L${plot.right} ${base}Z`, fill: paint, stroke: edge, 'stroke-width': 1.2 }));
      if (k === chosen.length - 1 || k % Math.ceil(chosen.length / 8) === 0 && k < chosen.length - 2) {
        plot.root.append(s('text', { x: plot.right + 8, y: base + 4, 'font-size': 11, fill: 'var(--ink-3)' }, short(all.step[i])));
      }
      const mean = Math.min(ends[1], Math.max(ends[0], all.mean[i]));
      this.places.push({ x: plot.X(mean), y: base, text: this.words(all, i) });
    });
    return plot.root;
  }

  /** @param {History} all @param {[number, number]} ends @param {number} width */
  heat(all, ends, width) {
    const n = all.step.length;
    const first = all.step[0];
    const last = all.step[n - 1];
    const plot = new Plot({ width, height: 340, x: [first, last > first ? last : first + 1], y: ends, xLabel: 'step' });
    const canvas = h('canvas', { width: n, height: BINS });
    const context = canvas.getContext('2d');
    const image = context.createImageData(n, BINS);
    const scale = sequential();
    for (let i = 0; i < n; i++) {
      const counts = this.bins(all, i, ends);
      const most = Math.max(...counts, 1e-9);
      counts.forEach((count, bin) => {
        const at = 4 * ((BINS - 1 - bin) * n + i);
        const paint = scale(Math.sqrt(count / most));
        image.data.set([paint[0], paint[1], paint[2], 255], at);
      });
      this.places.push({ x: plot.X(all.step[i]), y: plot.Y(Math.min(ends[1], Math.max(ends[0], all.mean[i]))), text: this.words(all, i) });
    }
    context.putImageData(image, 0, 0);
    plot.layer.append(s('image', { href: canvas.toDataURL(), x: plot.left, y: plot.top, width: plot.right - plot.left, height: plot.bottom - plot.top, preserveAspectRatio: 'none', style: { 'image-rendering': 'pixelated' } }));
    plot.line(all.step, all.mean, { color: '--c1', width: 2 });
    return plot.root;
  }

  /** @returns {import('./figure.js').Sheet} */
  sheet() {
    const all = this.history;
    if (!all) return { columns: ['step'], rows: [] };
    return {
      columns: ['step', 'least', 'mean', 'greatest', 'norm', ...(all.counts[0] ?? []).map((_, i) => `bin ${i + 1}`)],
      rows: all.step.map((step, i) => [step, all.min[i], all.mean[i], all.max[i], all.norm[i], ...all.counts[i]]),
      format: (value) => (typeof value === 'number' ? figure(value) : String(value)),
    };
  }

  close() {
    this.off();
    this.figure.close();
  }
}

/** A figure of mean and spread, or of the norm, over the samples. */
export class BandFigure {
  /** @param {import('./state.js').Store} store @param {{id: string, title: string, kind: 'band' | 'norm'}} options */
  constructor(store, options) {
    this.kind = options.kind;
    this.figure = new Figure(store, options);
    this.host = h('div', { class: 'lines', style: { 'min-height': '210px' } });
    this.figure.plot.append(this.host);
    /** @type {History | null} */
    this.history = null;
    /** @type {import('./plot.js').Place[]} */
    this.places = [];
    cursor(this.host, options.title, () => this.places);
    this.redraw = responsive(this.host, (width) => this.draw(width));
    this.figure.content.table = () => this.sheet();
    this.figure.content.svg = () => this.host.querySelector('svg');
    this.root = this.figure.root;
  }

  /** @param {History} history */
  set(history) {
    this.history = history;
    const n = history.step.length;
    const last = n - 1;
    const spreadNow = n ? deviation(history.counts[last], history.min[last], history.max[last]) : NaN;
    this.figure.set({ summary: n === 0 ? 'No samples yet.' : this.kind === 'band'
      ? `Mean now ${figure(history.mean[last])}, standard deviation ${figure(spreadNow)}; at first ${figure(deviation(history.counts[0], history.min[0], history.max[0]))}.`
      : `Norm from ${figure(history.norm[0])} to ${figure(history.norm[last])}.` });
    this.redraw();
  }

  /** @param {number} width */
  draw(width) {
    this.host.querySelector('svg')?.remove();
    this.places = [];
    const all = this.history;
    if (!all || all.step.length === 0) return;
    const spreads = all.counts.map((counts, i) => deviation(counts, all.min[i], all.max[i]));
    const low = this.kind === 'band' ? all.mean.map((mean, i) => mean - 2 * spreads[i]) : all.norm;
    const high = this.kind === 'band' ? all.mean.map((mean, i) => mean + 2 * spreads[i]) : all.norm;
    const middle = this.kind === 'band' ? all.mean : all.norm;
    const y = extent([...low, ...high, ...middle]) ?? [0, 1];
    const pad = (y[1] - y[0]) * 0.08 || Math.abs(y[0]) * 0.1 || 0.5;
    const last = all.step.at(-1) ?? 1;
    const plot = new Plot({ width, height: 210, x: [all.step[0], last > all.step[0] ? last : all.step[0] + 1], y: [y[0] - pad, y[1] + pad], xLabel: 'step' });
    if (this.kind === 'band') plot.area(all.step, low, high, { color: '--c0', opacity: 0.22 });
    plot.line(all.step, middle, { color: '--c0', width: 2 });
    all.step.forEach((step, i) => {
      const words = this.kind === 'band' ? `step ${step}: mean ${figure(all.mean[i])} ± ${figure(2 * spreads[i])}` : `step ${step}: norm ${figure(all.norm[i])}`;
      if (Number.isFinite(middle[i])) this.places.push({ x: plot.X(step), y: plot.Y(middle[i]), text: words });
      else plot.mark(step, plot.frame.y[0], 'cross', '--bad', 4);
    });
    this.host.prepend(plot.root);
  }

  /** @returns {import('./figure.js').Sheet} */
  sheet() {
    const all = this.history;
    if (!all) return { columns: ['step'], rows: [] };
    const format = (/** @type {any} */ value) => (typeof value === 'number' ? figure(value) : String(value));
    return this.kind === 'band'
      ? { columns: ['step', 'mean', 'standard deviation'], rows: all.step.map((step, i) => [step, all.mean[i], deviation(all.counts[i], all.min[i], all.max[i])]), format }
      : { columns: ['step', 'norm'], rows: all.step.map((step, i) => [step, all.norm[i]]), format };
  }

  close() {
    this.figure.close();
  }
}

// The answers over a plane of two inputs, with the rows of the data on it.

import { h, s } from './dom.js';
import { read } from './answers.js';
import { get, post } from './api.js';
import { Figure } from './figure.js';
import { Plot, responsive } from './plot.js';
import { diverging, mix, sequential, style } from './palette.js';
import { onTheme, rgb } from './theme.js';
import { compare, extent, figure, number } from './math.js';

const SIDE = 28; // places along each axis
const AT_ONCE = 4; // requests that wait for an answer

export class DecisionSurface {
  /**
   * @param {import('./page.js').App} app
   * @param {string} path of the model below `/api`
   * @param {any[]} fields two columns of numbers
   * @param {(x: number, y: number) => void} pick
   */
  constructor(app, path, fields, pick) {
    this.path = path;
    this.fields = fields;
    this.ends = fields.map((field) => {
      const [low, high] = [number(field.min), number(field.max)];
      const pad = (high - low) * 0.08 || 1;
      return /** @type {[number, number]} */ ([low - pad, high + pad]);
    });
    /** @type {any[][]} answers by row and column; `undefined` where none has come */
    this.answers = Array.from({ length: SIDE }, () => new Array(SIDE));
    /** @type {any[]} */
    this.rows = [];
    this.figure = new Figure(app.store, { id: 'surface', title: `Answers over ${fields[0].name} and ${fields[1].name}` });
    this.host = h('div', { style: { 'min-height': '360px', cursor: 'crosshair' } });
    this.figure.plot.append(this.host);
    this.figure.actions.append(h('button', { type: 'button', on: { click: () => void this.ask() } }, 'Draw again'));
    this.figure.content.svg = () => this.host.querySelector('svg');
    this.figure.content.table = () => ({ columns: [fields[0].name, fields[1].name, 'answer', 'probability'],
      rows: this.answers.flatMap((row, j) => row.map((answer, i) => [this.place(0, i), this.place(1, j), answer?.name ?? answer?.value, answer?.p])), format: (value) => (typeof value === 'number' ? figure(value) : value ?? '') });
    this.redraw = responsive(this.host, (width) => this.draw(width));
    this.off = onTheme(() => this.redraw());
    this.host.addEventListener('click', (/** @type {MouseEvent} */ event) => {
      const box = this.host.getBoundingClientRect();
      if (!this.plot) return;
      const { plot } = this;
      const x = plot.frame.x[0] + ((event.clientX - box.left - plot.left) / (plot.right - plot.left)) * (plot.frame.x[1] - plot.frame.x[0]);
      const y = plot.frame.y[0] + ((plot.bottom - (event.clientY - box.top)) / (plot.bottom - plot.top)) * (plot.frame.y[1] - plot.frame.y[0]);
      pick(Number(x.toPrecision(4)), Number(y.toPrecision(4)));
    });
    this.root = this.figure.root;
    this.stop = new AbortController();
    void this.ask();
    void get(`${path}/examples?sort=row&from=0&count=400`, this.stop.signal).then((found) => { this.rows = found.examples; this.redraw(); }, () => {});
  }

  /** @param {number} axis @param {number} i */
  place(axis, i) {
    const [low, high] = this.ends[axis];
    return low + ((i + 0.5) / SIDE) * (high - low);
  }

  async ask() {
    this.stop.abort();
    const mine = (this.stop = new AbortController());
    // Every fourth place first, so that the whole plane is there at once and gets finer.
    const order = /** @type {[number, number][]} */ ([]);
    for (const step of [4, 2, 1]) for (let j = 0; j < SIDE; j += step) for (let i = 0; i < SIDE; i += step) if (step === 4 || i % (2 * step) || j % (2 * step)) order.push([i, j]);
    let next = 0;
    let drawn = 0;
    const worker = async () => {
      while (next < order.length && !mine.signal.aborted) {
        const [i, j] = order[next++];
        const values = { [this.fields[0].name]: String(this.place(0, i)), [this.fields[1].name]: String(this.place(1, j)) };
        const prediction = read((await post(`${this.path}/predict`, { values }, mine.signal)).prediction);
        const top = [...(prediction.classes ?? [])].sort((a, b) => b.p - a.p)[0];
        this.answers[j][i] = top ? { name: top.name, p: number(top.p), classes: prediction.classes } : { value: number(prediction.value) };
        if (performance.now() - drawn > 120) { drawn = performance.now(); this.redraw(); }
      }
    };
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      this.redraw();
      this.tell();
    } catch (error) {
      if (!mine.signal.aborted) this.figure.set({ summary: /** @type {Error} */ (error).message });
    }
  }

  tell() {
    /** @type {Map<string, number>} */
    const shares = new Map();
    const all = this.answers.flat();
    for (const answer of all) if (answer?.name) shares.set(answer.name, (shares.get(answer.name) ?? 0) + 1);
    const ends = extent(all.map((answer) => answer?.value ?? NaN));
    this.figure.set({ summary: shares.size ? [...shares].map(([name, count]) => `${name}: ${Math.round((100 * count) / all.length)} % of the plane`).join(', ') + '. A click takes its place into the form.'
      : ends ? `Answers from ${figure(ends[0])} to ${figure(ends[1])}. A click takes its place into the form.` : '' });
  }

  /** @param {number} width */
  draw(width) {
    this.host.querySelector('svg')?.remove();
    const plot = new Plot({ width, height: 360, x: this.ends[0], y: this.ends[1], xLabel: this.fields[0].name, yLabel: this.fields[1].name, margin: { left: 62 } });
    this.plot = plot;
    const canvas = h('canvas', { width: SIDE, height: SIDE });
    const context = canvas.getContext('2d');
    const image = context.createImageData(SIDE, SIDE);
    const all = this.answers.flat();
    const found = new Set(all.flatMap((answer) => answer?.classes?.map((/** @type {any} */ each) => each.name) ?? []));
    const names = [...found].sort((a, b) => compare(a, b, false)); // a fixed order, so that colours stay
    const ends = extent(all.map((answer) => answer?.value ?? NaN)) ?? [0, 1];
    const signed = ends[0] < 0 && ends[1] > 0;
    const scale = names.length === 2 || signed ? diverging() : sequential();
    const size = Math.max(Math.abs(ends[0]), Math.abs(ends[1])) || 1;
    const surface = rgb('--surface');
    for (let j = 0; j < SIDE; j++) {
      for (let i = 0; i < SIDE; i++) {
        // Where no answer has come, that of the coarser grid stands for it.
        const answer = this.answers[j][i] ?? this.answers[j - (j % 2)][i - (i % 2)] ?? this.answers[j - (j % 4)][i - (i % 4)];
        const at = 4 * ((SIDE - 1 - j) * SIDE + i);
        if (!answer) continue;
        let paint;
        if (names.length === 2) {
          const second = number(answer.classes.find((/** @type {any} */ each) => each.name === names[1])?.p);
          paint = scale(0.75 * (2 * second - 1));
        } else if (names.length > 2) paint = mix([surface, rgb(style(names.indexOf(answer.name)).color)], 0.15 + 0.55 * answer.p);
        else paint = scale(signed ? answer.value / size : (answer.value - ends[0]) / (ends[1] - ends[0] || 1));
        image.data.set([paint[0], paint[1], paint[2], 255], at);
      }
    }
    context.putImageData(image, 0, 0);
    plot.layer.append(s('image', { href: canvas.toDataURL(), x: plot.left, y: plot.top, width: plot.right - plot.left, height: plot.bottom - plot.top, preserveAspectRatio: 'none' }));
    for (const row of this.rows) {
      const x = number(row.values?.[this.fields[0].name]);
      const y = number(row.values?.[this.fields[1].name]);
      if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
      const place = Math.max(0, names.indexOf(String(row.truth)));
      const look = names.length === 2 ? { marker: /** @type {const} */ (['circle', 'square'])[place], color: ['--neg', '--pos'][place] } : style(place);
      plot.mark(x, y, look.marker, '--surface', 5);
      plot.mark(x, y, look.marker, names.length ? look.color : '--ink', 3.5);
    }
    this.host.prepend(plot.root);
  }

  close() {
    this.stop.abort();
    this.off();
    this.figure.close();
  }
}

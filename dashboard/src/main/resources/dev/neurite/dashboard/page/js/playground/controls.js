// The settings: each is a labelled field, and a change gives a new experiment.

import { h, s, fill, text } from '../dom.js';
import { KINDS, losses } from './experiment.js';

/** @typedef {import('./experiment.js').Experiment} Experiment */

const RATES = [0.00001, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 3, 10];
const STRENGTHS = [0, 0.0001, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10];
const DROPOUTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8];
const ACTIVATIONS = [['tanh', 'Tanh'], ['relu', 'ReLU'], ['sigmoid', 'Sigmoid'], ['linear', 'Linear'], ['leaky-relu', 'Leaky ReLU'], ['elu', 'ELU'], ['silu', 'SiLU'], ['gelu', 'GELU']];
const LOSSES = { 'cross-entropy': 'Cross-entropy', squared: 'Squared error', absolute: 'Absolute error', huber: 'Huber', hinge: 'Hinge' };
const OPTIMIZERS = [['sgd', 'Gradient descent'], ['momentum', 'Momentum 0.9'], ['nesterov', 'Nesterov 0.9'], ['adagrad', 'Adagrad'], ['rmsprop', 'RMSprop'], ['adam', 'Adam']];
const PENALTIES = [['none', 'None'], ['l1', 'L1'], ['l2', 'L2']];
/** @type {[string, string][]} */
const DATA = [['circles', 'Circles'], ['xor', 'XOR'], ['gaussians', 'Gaussians'], ['spirals', 'Spirals'], ['plane', 'Plane'], ['hills', 'Hills']];

export class Controls {
  /**
   * @param {{settings: HTMLElement, data: HTMLElement}} roots
   * @param {(change: Partial<Experiment>) => void} change
   * @param {(preset: string) => void} preset
   */
  constructor(roots, change, preset) {
    /** @type {((e: Experiment) => void)[]} */
    this.updates = [];
    fill(roots.settings,
      this.select('Learning rate', 'rate', RATES.map((v) => [String(v), String(v)]), change, true),
      this.select('Activation', 'activation', ACTIVATIONS, change),
      this.select('Loss', 'loss', (e) => losses(e.data).map((key) => [key, LOSSES[key]]), change),
      this.select('Optimizer', 'optimizer', OPTIMIZERS, change),
      this.select('Regularization', 'penalty', PENALTIES, change),
      this.select('Its strength', 'strength', STRENGTHS.map((v) => [String(v), String(v)]), change, true, (e) => e.penalty === 'none'),
      this.select('Dropout', 'dropout', DROPOUTS.map((v) => [String(v), String(v)]), change, true, (e) => e.layers.length === 0));
    const tiles = DATA.map(([key, name]) => this.tile(key, name, () => change({ data: key })));
    const presets = [['identity', 'Identity mapping'], ['by-hand', 'Set by hand']].map(([key, name]) => this.tile(key, name, () => preset(key)));
    fill(roots.data,
      h('div', { class: 'tiles', role: 'group', 'aria-label': 'Data set' }, tiles),
      h('h3', null, 'Small enough to follow'),
      h('div', { class: 'tiles wide', role: 'group', 'aria-label': 'Presets' }, presets),
      h('div', { class: 'sliders' },
        this.slider('Training data', 'share', 10, 90, 5, ' %', change, (e) => KINDS[e.data] === 'preset'),
        this.slider('Noise', 'noise', 0, 50, 5, ' %', change, (e) => KINDS[e.data] === 'preset'),
        this.slider('Batch size', 'batch', 1, 64, 1, '', change)),
      h('div', { class: 'seed' }, this.seed(change), this.check('Shuffle', 'shuffle', change)));
  }

  /**
   * @param {string} label
   * @param {keyof Experiment} key
   * @param {string[][] | ((e: Experiment) => string[][])} options
   * @param {(change: any) => void} change
   * @param {boolean} [numeric]
   * @param {(e: Experiment) => boolean} [off]
   */
  select(label, key, options, change, numeric = false, off = () => false) {
    const id = `set-${key}`;
    const field = h('select', { id, on: { change: () => change({ [key]: numeric ? Number(field.value) : field.value }) } });
    this.updates.push((e) => {
      const value = String(e[key]);
      const list = typeof options === 'function' ? options(e) : options;
      const all = list.some(([each]) => each === value) ? list : [...list, [value, value]];
      const now = all.map(([each]) => each).join();
      if (field.dataset.options !== now) {
        fill(field, all.map(([each, name]) => h('option', { value: each }, name)));
        field.dataset.options = now;
      }
      field.value = value;
      field.disabled = off(e);
    });
    return h('div', { class: 'setting' }, h('label', { for: id }, label), field);
  }

  /**
   * @param {string} label @param {keyof Experiment} key @param {number} min @param {number} max @param {number} step
   * @param {string} unit @param {(change: any) => void} change @param {(e: Experiment) => boolean} [off]
   */
  slider(label, key, min, max, step, unit, change, off = () => false) {
    const id = `set-${key}`;
    const out = h('output', { for: id });
    const field = h('input', { id, type: 'range', min, max, step, on: {
      input: () => text(out, field.value + unit),
      change: () => change({ [key]: Number(field.value) }),
    } });
    this.updates.push((e) => {
      field.value = String(e[key]);
      field.disabled = off(e);
      text(out, String(e[key]) + unit);
    });
    return h('div', { class: 'slider' }, h('label', { for: id }, label), out, field);
  }

  /** @param {(change: any) => void} change */
  seed(change) {
    const field = h('input', { id: 'set-seed', type: 'number', min: 0, max: 2147483647, step: 1, on: { change: () => change({ seed: Number(field.value) }) } });
    this.updates.push((e) => { field.value = String(e.seed); });
    return h('div', { class: 'field' }, h('label', { for: 'set-seed' }, 'Seed'), field,
      h('button', { type: 'button', class: 'icon', 'aria-label': '+1: the next seed, other data and weights', title: 'Next seed', on: { click: () => change({ seed: (Number(field.value) + 1) % 2147483648 }) } }, '+1'));
  }

  /** @param {string} label @param {keyof Experiment} key @param {(change: any) => void} change */
  check(label, key, change) {
    const id = `set-${key}`;
    const field = h('input', { id, type: 'checkbox', on: { change: () => change({ [key]: field.checked }) } });
    this.updates.push((e) => { field.checked = Boolean(e[key]); });
    return h('div', { class: 'field' }, field, h('label', { for: id }, label));
  }

  /** @param {string} key @param {string} name @param {() => void} pick */
  tile(key, name, pick) {
    const button = h('button', { type: 'button', class: 'tile', on: { click: pick } }, thumbnail(key), h('span', null, name));
    this.updates.push((e) => button.setAttribute('aria-pressed', String(e.data === key)));
    return button;
  }

  /** @param {Experiment} experiment */
  update(experiment) {
    this.updates.forEach((each) => each(experiment));
  }
}

/** A small drawing of a data set. @param {string} key */
function thumbnail(key) {
  /** @type {[number, number, boolean][]} */
  const dots = [];
  if (key === 'circles') {
    for (let i = 0; i < 7; i++) dots.push([20 + 5 * Math.sin(i * 0.9 + 0.3), 20 + 5 * Math.cos(i * 0.9 + 0.3), true]);
    for (let i = 0; i < 18; i++) dots.push([20 + 15 * Math.sin(i * 0.35), 20 + 15 * Math.cos(i * 0.35), false]);
  } else if (key === 'spirals') {
    for (let i = 2; i < 16; i++) {
      const [x, y] = [i * Math.sin(i * 0.42) * 1.05, i * Math.cos(i * 0.42) * 1.05];
      dots.push([20 + x, 20 + y, true], [20 - x, 20 - y, false]);
    }
  } else if (key === 'xor') {
    for (const [x, y] of [[9, 9], [14, 6], [6, 14], [13, 13]]) dots.push([x, y, false], [40 - x, 40 - y, false], [40 - x, y, true], [x, 40 - y, true]);
  } else if (key === 'gaussians') {
    for (const [x, y] of [[0, 0], [4, 1], [-3, 3], [1, -4], [-4, -2], [3, 5], [6, -3], [-1, 6]]) dots.push([28 + x, 12 + y, true], [12 - x, 28 - y, false]);
  } else if (key === 'plane' || key === 'hills') {
    const bands = [];
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j < 8; j++) {
        const v = key === 'plane' ? (i - j) / 7 : Math.sin((i + 0.5) * 1.2) * Math.sin((j + 0.5) * 0.8);
        bands.push(s('rect', { x: 2 + i * 4.5, y: 2 + j * 4.5, width: 4.6, height: 4.6, class: v < 0 ? 'neg' : 'pos', 'fill-opacity': Math.min(0.95, Math.abs(v)).toFixed(2) }));
      }
    }
    return s('svg', { viewBox: '0 0 40 40', 'aria-hidden': 'true' }, bands);
  } else if (key === 'identity') {
    const cells = [];
    for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) cells.push(s('rect', { x: 4 + 8.2 * i, y: 4 + 8.2 * j, width: 7.2, height: 7.2, rx: 1, class: i === j ? 'pos' : 'off' }));
    return s('svg', { viewBox: '0 0 40 40', 'aria-hidden': 'true' }, cells);
  } else {
    const line = (/** @type {number[]} */ p, /** @type {string} */ name) => s('line', { x1: p[0], y1: p[1], x2: p[2], y2: p[3], class: `stroke ${name}` });
    return s('svg', { viewBox: '0 0 40 40', 'aria-hidden': 'true' }, line([8, 12, 20, 12], 'pos'), line([8, 12, 20, 28], 'neg'), line([8, 28, 20, 28], 'pos'), line([8, 28, 20, 12], 'neg'),
      line([20, 12, 32, 12], 'pos'), line([20, 28, 32, 28], 'neg'), line([20, 12, 32, 28], 'pos'),
      [[8, 12], [8, 28], [20, 12], [20, 28], [32, 12], [32, 28]].map(([cx, cy]) => s('circle', { cx, cy, r: 3.6, class: 'node' })));
  }
  return s('svg', { viewBox: '0 0 40 40', 'aria-hidden': 'true' }, dots.map(([cx, cy, on]) => s('circle', { cx: cx.toFixed(1), cy: cy.toFixed(1), r: 1.9, class: on ? 'pos' : 'neg' })));
}

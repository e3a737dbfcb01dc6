// The network as a picture: a column for each layer, a button for each unit, a line for each weight.

import { h, s, fill, text } from '../dom.js';
import { bytes, paint } from './paint.js';
import { positive, width } from './colors.js';
import { format } from './maths.js';
import { MOST_UNITS } from './experiment.js';

const ALL_FEATURES = ['x1', 'x2', 'x1^2', 'x2^2', 'x1*x2', 'sin(x1)', 'sin(x2)'];
const FEATURE_NAMES = ['x₁', 'x₂', 'x₁²', 'x₂²', 'x₁·x₂', 'sin x₁', 'sin x₂'];

/**
 * @typedef {object} Actions
 * @property {(features: string[]) => void} features
 * @property {(layer: number, more: number) => void} units `layer` from 0
 * @property {(layer: number, unit: number) => void} explain `unit` 0 for the whole layer
 * @property {(edit: import('./experiment.js').Edit) => void} edit
 * @property {(picture: {values: Uint8Array, name: string} | null) => void} look
 */

export class NetworkView {
  /** @param {HTMLElement} root @param {Actions} actions */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    /** @type {any} */
    this.frame = null;
    this.discrete = false;
    this.svg = s('svg', { class: 'edges', 'aria-hidden': 'true' });
    this.columns = h('div', { class: 'columns' });
    this.tip = h('div', { class: 'tip weight-tip', hidden: true });
    this.editor = h('div', { class: 'editor card', hidden: true });
    this.stage = h('div', { class: 'stage' }, this.svg, this.columns, this.tip, this.editor);
    fill(root, this.stage);
    /** @type {{line: SVGElement, hit: SVGElement, layer: number, unit: number, input: number}[]} */
    this.edges = [];
    /** @type {HTMLElement[][]} */
    this.units = [];
    /** @type {HTMLElement[]} */
    this.sources = [];
    this.svg.addEventListener('pointermove', (/** @type {PointerEvent} */ event) => this.hover(event));
    this.svg.addEventListener('pointerleave', () => { this.tip.hidden = true; });
    this.svg.addEventListener('click', (/** @type {MouseEvent} */ event) => this.pick(event));
    this.editor.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => { if (event.key === 'Escape') this.editor.hidden = true; });
    new ResizeObserver(() => this.place()).observe(this.columns);
  }

  /**
   * Shows another structure.
   * @param {import('./experiment.js').Experiment} experiment
   * @param {any} description
   */
  build(experiment, description) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.key;
    this.experiment = experiment;
    this.description = description;
    this.editor.hidden = true;
    this.tip.hidden = true;
    this.units = [];
    const columns = [this.inputs(experiment, description)];
    experiment.layers.forEach((count, at) => columns.push(this.layer(at, count)));
    columns.push(this.outputs(experiment, description));
    fill(this.columns, columns);
    this.edges = [];
    const widths = [this.sources.length, ...this.units.map((each) => each.length)];
    const lines = [];
    const hits = [];
    for (let layer = 1; layer < widths.length; layer++) {
      for (let unit = 1; unit <= widths[layer]; unit++) {
        for (let input = 1; input <= widths[layer - 1]; input++) {
          const line = s('path', { class: 'line' });
          const hit = s('path', { class: 'hit', 'data-edge': this.edges.length });
          this.edges.push({ line, hit, layer, unit, input });
          lines.push(line);
          hits.push(hit);
        }
      }
    }
    fill(this.svg, lines, hits);
    this.place();
    if (focused) /** @type {HTMLElement | null} */ (this.root.querySelector(`[data-key="${CSS.escape(focused)}"]`))?.focus();
  }

  /** @param {import('./experiment.js').Experiment} experiment @param {any} description */
  inputs(experiment, description) {
    const items = [];
    this.sources = [];
    const names = description.inPlane ? FEATURE_NAMES : description.inputs;
    names.forEach((/** @type {string} */ name, /** @type {number} */ at) => {
      const key = ALL_FEATURES[at];
      const place = description.inPlane ? experiment.features.indexOf(key) : at;
      const on = place >= 0;
      const canvas = h('canvas', { 'aria-hidden': 'true' });
      if (on) paint(canvas, bytes(description.inputPictures[place]), this.discrete);
      const label = h('span', { class: 'name' }, name);
      if (description.inPlane) {
        const toggle = () => this.actions.features(on ? experiment.features.filter((each) => each !== key)
          : ALL_FEATURES.filter((each) => each === key || experiment.features.includes(each)));
        const button = h('button', { type: 'button', class: 'unit input', 'aria-pressed': String(on), 'data-key': `input ${key}`,
          'aria-label': `Input ${name}`, disabled: on && experiment.features.length === 1, on: { click: toggle } }, label, canvas);
        if (on) this.sources[place] = button;
        items.push(button);
      } else {
        const plain = h('div', { class: 'unit input', role: 'img', 'aria-label': `Input ${name}: 1 for example ${at + 1}, else 0` }, label, canvas);
        this.sources[place] = plain;
        items.push(plain);
      }
    });
    return h('div', { class: 'column inputs', role: 'group', 'aria-label': 'Inputs' },
      h('div', { class: 'column-head' }, h('button', { type: 'button', class: 'quiet layer-name', 'data-key': 'layer 0', on: { click: () => this.actions.explain(0, 0) } }, 'Inputs')),
      h('div', { class: 'units' }, items));
  }

  /** @param {number} at @param {number} count */
  layer(at, count) {
    const number = at + 1;
    const column = Array.from({ length: count }, (_, unit) => this.unit(number, unit + 1, `Unit ${unit + 1} of layer ${number}`));
    this.units.push(column);
    return h('div', { class: 'column', role: 'group', 'aria-label': `Layer ${number}, ${count} units` },
      h('div', { class: 'column-head' },
        h('button', { type: 'button', class: 'quiet layer-name', 'data-key': `layer ${number}`, on: { click: () => this.actions.explain(number, 0) } }, `Layer ${number}`),
        h('div', { class: 'stepper' },
          h('button', { type: 'button', class: 'icon', 'data-key': `less ${at}`, 'aria-label': `Layer ${number}: one unit less`, disabled: count === 1, on: { click: () => this.actions.units(at, -1) } }, '−'),
          h('span', { 'aria-hidden': 'true' }, String(count)),
          h('button', { type: 'button', class: 'icon', 'data-key': `more ${at}`, 'aria-label': `Layer ${number}: one unit more`, disabled: count === MOST_UNITS, on: { click: () => this.actions.units(at, 1) } }, '+'))),
      h('div', { class: 'units' }, column));
  }

  /** @param {import('./experiment.js').Experiment} experiment @param {any} description */
  outputs(experiment, description) {
    const number = experiment.layers.length + 1;
    const names = description.outputs;
    const count = Math.max(1, names.length);
    const column = Array.from({ length: count }, (_, unit) => this.unit(number, unit + 1, names.length ? `Output ${unit + 1}, class ${names[unit]}` : 'The output'));
    this.units.push(column);
    return h('div', { class: 'column outputs', role: 'group', 'aria-label': 'Output layer' },
      h('div', { class: 'column-head' },
        h('button', { type: 'button', class: 'quiet layer-name', 'data-key': `layer ${number}`, on: { click: () => this.actions.explain(number, 0) } }, 'Output'),
        h('span', { class: 'tiny muted' }, description.outputActivation)),
      h('div', { class: 'units' }, column));
  }

  /** @param {number} layer @param {number} unit @param {string} name */
  unit(layer, unit, name) {
    const look = () => {
      if (!this.frame) return;
      this.actions.look({ values: bytes(this.frame.layers[layer - 1].units[unit - 1]), name });
    };
    const button = h('button', { type: 'button', class: 'unit', 'data-key': `unit ${layer} ${unit}`, 'data-name': name, 'aria-label': `${name}: formulas`,
      on: { click: () => this.actions.explain(layer, unit), pointerenter: look, focus: look, pointerleave: () => this.actions.look(null), blur: () => this.actions.look(null) } },
    h('canvas', { 'aria-hidden': 'true' }), h('span', { class: 'bias', 'aria-hidden': 'true' }));
    return button;
  }

  /** Places the lines between the units. */
  place() {
    const box = this.stage.getBoundingClientRect();
    if (box.width === 0) return;
    this.svg.setAttribute('width', String(this.columns.scrollWidth));
    this.svg.setAttribute('height', String(this.columns.scrollHeight));
    const middle = (/** @type {Element} */ element, /** @type {'left' | 'right'} */ side) => {
      const own = element.getBoundingClientRect();
      return [own[side] - box.left, (own.top + own.bottom) / 2 - box.top];
    };
    const ends = [this.sources, ...this.units].map((column) => column.map((each) => ({ left: middle(each, 'left'), right: middle(each, 'right') })));
    for (const { line, hit, layer, unit, input } of this.edges) {
      const from = ends[layer - 1][input - 1].right;
      const to = ends[layer][unit - 1].left;
      const half = (to[0] - from[0]) / 2;
      const d = `M${from[0].toFixed(1)} ${from[1].toFixed(1)}c${half.toFixed(1)} 0 ${half.toFixed(1)} ${(to[1] - from[1]).toFixed(1)} ${(2 * half).toFixed(1)} ${(to[1] - from[1]).toFixed(1)}`;
      line.setAttribute('d', d);
      hit.setAttribute('d', d);
    }
  }

  /** Shows weights and pictures. @param {any} frame @param {boolean} discrete */
  update(frame, discrete) {
    const recolor = discrete !== this.discrete;
    this.frame = frame;
    this.discrete = discrete;
    if (recolor) this.repaintInputs();
    for (const { line, layer, unit, input } of this.edges) {
      const weight = Number(frame.layers[layer - 1].weights[unit - 1][input - 1]);
      line.setAttribute('class', weight < 0 ? 'line neg' : 'line pos');
      line.setAttribute('stroke-width', width(weight).toFixed(2));
    }
    this.units.forEach((column, layer) => column.forEach((button, unit) => {
      const values = bytes(frame.layers[layer].units[unit]);
      const bias = Number(frame.layers[layer].bias[unit]);
      paint(/** @type {HTMLCanvasElement} */ (button.firstElementChild), values, discrete);
      const mark = /** @type {HTMLElement} */ (button.lastElementChild);
      mark.className = bias < 0 ? 'bias neg' : 'bias pos';
      mark.style.setProperty('--size', String(Math.min(1, Math.abs(bias))));
      button.title = `${button.dataset.name}, bias ${format(bias)}`;
      if (!frame.playing) {
        const share = this.description.inPlane ? `, above the middle in ${positive(values)} percent of the plane` : '';
        button.setAttribute('aria-label', `${button.dataset.name}: formulas. Bias ${format(bias)}${share}`);
      }
    }));
    if (!this.tip.hidden && this.tipped) text(this.tip, this.tipText(this.tipped));
  }

  /** Draws the inputs again, in other colours. */
  repaintInputs() {
    this.sources.forEach((source, at) => paint(/** @type {HTMLCanvasElement} */ (source.querySelector('canvas')), bytes(this.description.inputPictures[at]), this.discrete));
  }

  /** Marks what the formulas are about. @param {number} layer @param {number} unit */
  select(layer, unit) {
    this.root.querySelectorAll('[data-key]').forEach((each) => {
      const key = /** @type {HTMLElement} */ (each).dataset.key;
      const on = layer >= 0 && (unit > 0 ? key === `unit ${layer} ${unit}` : key === `layer ${layer}`);
      each.classList.toggle('chosen', on);
    });
  }

  /** @param {{layer: number, unit: number, input: number}} edge */
  tipText(edge) {
    return `weight ${format(this.weight(edge))}`;
  }

  /** @param {{layer: number, unit: number, input: number}} edge */
  weight({ layer, unit, input }) {
    const of = this.frame.layers[layer - 1];
    return Number(input === 0 ? of.bias[unit - 1] : of.weights[unit - 1][input - 1]);
  }

  /** @param {Event} event */
  edgeOf(event) {
    const at = /** @type {Element} */ (event.target).getAttribute?.('data-edge');
    return at === null || at === undefined ? null : this.edges[Number(at)];
  }

  /** @param {PointerEvent} event */
  hover(event) {
    const edge = this.edgeOf(event);
    this.tipped = edge;
    this.tip.hidden = edge === null || !this.frame;
    if (!edge || !this.frame) return;
    const box = this.stage.getBoundingClientRect();
    text(this.tip, this.tipText(edge));
    this.tip.style.left = `${event.clientX - box.left}px`;
    this.tip.style.top = `${event.clientY - box.top - 34}px`;
  }

  /** @param {MouseEvent} event */
  pick(event) {
    const edge = this.edgeOf(event);
    if (!edge || !this.frame) return;
    const box = this.stage.getBoundingClientRect();
    const { layer, unit, input } = edge;
    const field = h('input', { type: 'number', step: 'any', min: -1000, max: 1000, value: String(Number(this.weight(edge).toPrecision(6))), 'aria-label': `Weight from input ${input} to unit ${unit} of layer ${layer}` });
    const form = h('form', { on: { submit: (/** @type {Event} */ e) => { e.preventDefault(); this.editor.hidden = true; this.actions.edit({ layer, unit, input, value: Number(field.value) }); } } },
      h('span', { class: 'tiny muted' }, `Weight to unit ${unit}`), field, h('button', { type: 'submit', class: 'primary' }, 'Set'));
    fill(this.editor, form);
    this.tip.hidden = true;
    this.editor.hidden = false;
    this.editor.style.left = `${Math.max(0, Math.min(event.clientX - box.left, this.columns.scrollWidth - 210))}px`;
    this.editor.style.top = `${event.clientY - box.top + 8}px`;
    field.focus();
    field.select();
  }
}

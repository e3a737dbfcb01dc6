// The formulas of a unit or a layer in the next step, with the numbers of one example.

import { h, fill, text, announce } from '../dom.js';
import { asText, format, mount, precision, toMathML, toSpeech } from './maths.js';

/**
 * @typedef {object} Choice
 * @property {number} layer
 * @property {number} unit 0 for the whole layer
 * @property {number} example -1 for the next one
 * @property {boolean} alone a step on this example alone, not on the next batch
 */

export class FormulasView {
  /**
   * @param {HTMLElement} root
   * @param {{choose: (change: Partial<Choice>) => void, step: (by: string) => void, edit: (edit: any) => void, close: () => void}} actions
   */
  constructor(root, actions) {
    this.root = root;
    this.actions = actions;
    /** @type {any} */
    this.explanation = null;
    this.about = '';
    this.title = h('h2', { id: 'formulas-title', tabindex: -1 });
    this.where = h('p', { class: 'about' });
    this.example = h('input', { type: 'number', id: 'formulas-example', min: 1, step: 1, on: { change: () => actions.choose({ example: Number(this.example.value) - 1 }) } });
    this.next = h('button', { type: 'button', class: 'quiet', on: { click: () => actions.choose({ example: -1 }) } }, 'Next in turn');
    this.modes = h('div', { class: 'choice', role: 'group', 'aria-label': 'The step' },
      h('button', { type: 'button', 'data-alone': 'false', on: { click: () => actions.choose({ alone: false }) } }, 'Next batch'),
      h('button', { type: 'button', 'data-alone': 'true', on: { click: () => actions.choose({ alone: true }) } }, 'This example alone'));
    this.places = h('div', { class: 'places', role: 'group', 'aria-label': 'Layer or unit' });
    this.take = h('button', { type: 'button', class: 'primary', on: { click: () => actions.step(this.choice?.alone && this.choice.example < 0 ? 'example' : 'batch') } }, 'Take this step');
    this.copy = h('button', { type: 'button', on: { click: () => this.copyText() } }, 'Copy as text');
    this.body = h('div', { class: 'sections' });
    this.weights = h('details', { class: 'by-hand' });
    fill(root,
      h('header', null, this.title, h('span', { class: 'spacer' }), this.take, this.copy,
        h('button', { type: 'button', class: 'icon quiet', 'aria-label': 'Close the formulas', on: { click: () => actions.close() } }, '✕')),
      h('div', { class: 'toolbar' }, this.places,
        h('div', { class: 'field' }, h('label', { for: 'formulas-example' }, 'Example'), this.example, this.next), this.modes),
      this.where, this.body, this.weights);
    new ResizeObserver(() => this.scrollable()).observe(this.body);
    root.addEventListener('keydown', (event) => { if (event.key === 'Escape') actions.close(); });
  }

  /** Says that the numbers are old. @param {boolean} stale */
  stale(stale) {
    this.root.classList.toggle('stale', stale);
    this.take.disabled = stale;
    if (stale) text(this.where, 'Training goes on. Pause it to see the numbers of the next step.');
  }

  /** @param {Error} error */
  failed(error) {
    this.root.hidden = false;
    text(this.title, 'Formulas');
    text(this.where, error.message);
    fill(this.body);
    this.weights.hidden = true;
  }

  /**
   * @param {any} explanation
   * @param {Choice} choice
   * @param {import('./experiment.js').Experiment} experiment
   * @param {any} description
   * @param {any} frame
   */
  show(explanation, choice, experiment, description, frame) {
    this.explanation = explanation;
    this.choice = choice;
    const count = explanation.rows.length;
    const point = description.points[explanation.example];
    const place = description.inPlane ? ` at (${format(point[0])}, ${format(point[1])})` : '';
    const answer = description.classifies ? `class ${point[2] + (description.inPlane ? 0 : 1)}` : `the value ${format(point[2])}`;
    this.about = `Example ${explanation.example + 1}${place}, whose right answer is ${answer}. Step ${explanation.step} on ${count === 1 ? 'this example alone (N = 1)' : `a batch of ${count} examples (N = ${count})`}.`;
    text(this.title, explanation.title);
    text(this.where, this.about);
    this.example.value = String(explanation.example + 1);
    this.example.max = String(description.points.filter((/** @type {number[]} */ each) => each[3] === 1).length);
    this.next.disabled = choice.example < 0;
    const oneByOne = experiment.batch === 1;
    this.modes.hidden = oneByOne;
    this.take.hidden = choice.alone && choice.example >= 0 && !oneByOne;
    [...this.modes.children].forEach((each) => each.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (each).dataset.alone === String(choice.alone))));
    this.showPlaces(choice, experiment, description);
    fill(this.body, explanation.sections.map((/** @type {any} */ section) => this.section(section)));
    this.showWeights(choice, experiment, description, frame);
    this.root.hidden = false;
    this.stale(false);
    this.scrollable();
  }

  /** @param {Choice} choice @param {import('./experiment.js').Experiment} experiment @param {any} description */
  showPlaces(choice, experiment, description) {
    const last = experiment.layers.length + 1;
    const layers = h('select', { 'aria-label': 'Layer', on: { change: () => this.actions.choose({ layer: Number(layers.value), unit: 0 }) } },
      h('option', { value: 0 }, 'Inputs'), experiment.layers.map((_, at) => h('option', { value: at + 1 }, `Layer ${at + 1}`)), h('option', { value: last }, 'Output layer'));
    layers.value = String(choice.layer);
    const names = description.outputs;
    const count = choice.layer === 0 ? description.inputs.length : choice.layer === last ? Math.max(1, names.length) : experiment.layers[choice.layer - 1];
    const units = h('select', { 'aria-label': 'Unit', on: { change: () => this.actions.choose({ unit: Number(units.value) }) } },
      h('option', { value: 0 }, 'all units'), Array.from({ length: count }, (_, at) => h('option', { value: at + 1 }, choice.layer === 0 ? description.inputs[at] : `unit ${at + 1}`)));
    units.value = String(choice.unit);
    const focused = this.places.contains(document.activeElement) ? document.activeElement?.getAttribute('aria-label') : null;
    fill(this.places, layers, units);
    if (focused === 'Layer') layers.focus();
    if (focused === 'Unit') units.focus();
  }

  /** @param {any} section */
  section(section) {
    const digits = precision(section.key);
    const lines = section.lines.map((/** @type {any} */ line) => h('li', { class: line.label ? 'first' : '' },
      h('span', { class: 'label' }, line.label), h('div', { class: 'math', role: 'math', 'aria-label': toSpeech(line.math, digits) }, toMathML(line.math, digits).map(mount))));
    const sheet = section.table ? this.table(section) : null;
    return h('section', { class: `part ${section.key}`, 'aria-label': section.title },
      h('h3', null, section.title), h('p', { class: 'note' }, section.note), h('ul', null, lines), sheet);
  }

  /** @param {any} section */
  table(section) {
    const { columns, rows, values } = section.table;
    return h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'The update as a table' }, h('table', null,
      h('caption', { class: 'hush' }, 'Each weight before and after the step'),
      h('thead', null, h('tr', null, h('th', { scope: 'col' }, h('span', { class: 'hush' }, 'Parameter')), columns.map((/** @type {string} */ name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, rows.map((/** @type {string} */ name, /** @type {number} */ i) => h('tr', null, h('th', { scope: 'row' }, name), values[i].map((/** @type {number} */ v) => h('td', null, format(v, precision(section.key)))))))));
  }

  /** Weights and bias of a unit as fields. @param {Choice} choice @param {any} experiment @param {any} description @param {any} frame */
  showWeights({ layer, unit }, experiment, description, frame) {
    this.weights.hidden = layer === 0 || unit === 0;
    if (this.weights.hidden) return;
    const open = this.weights.open;
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.id;
    const of = frame.layers[layer - 1];
    const field = (/** @type {number} */ input, /** @type {number} */ value, /** @type {string} */ name) => {
      const id = `weight-${input}`;
      const box = h('input', { id, type: 'number', step: 'any', min: -1000, max: 1000, value: String(Number(Number(value).toPrecision(6))),
        on: { change: () => this.actions.edit({ layer, unit, input, value: Number(box.value) }) } });
      return h('div', null, h('label', { for: id }, name), box);
    };
    const names = layer === 1 ? description.inputs : of.weights[unit - 1].map((/** @type {any} */ _, /** @type {number} */ i) => `unit ${i + 1}`);
    fill(this.weights, h('summary', null, 'Set weights and bias by hand'), h('div', { class: 'weights' },
      of.weights[unit - 1].map((/** @type {number} */ value, /** @type {number} */ i) => field(i + 1, value, `from ${names[i]}`)), field(0, of.bias[unit - 1], 'bias')));
    this.weights.open = open;
    if (focused?.startsWith('weight-')) document.getElementById(focused)?.focus();
  }

  /** What is too wide for its place can be scrolled with the keyboard. */
  scrollable() {
    this.root.querySelectorAll('.math').forEach((each) => {
      if (each.scrollWidth > each.clientWidth) each.setAttribute('tabindex', '0');
      else each.removeAttribute('tabindex');
    });
  }

  async copyText() {
    if (!this.explanation) return;
    const content = asText(this.explanation, this.about);
    try {
      await navigator.clipboard.writeText(content);
      announce('Copied');
      text(this.copy, 'Copied');
      setTimeout(() => text(this.copy, 'Copy as text'), 1500);
    } catch {
      const area = h('textarea', { readonly: true, rows: 12, 'aria-label': 'The formulas as text', class: 'plain' });
      area.value = content;
      this.body.prepend(area);
      area.focus();
      area.select();
      announce('The browser does not let this page copy. The text is selected: copy it yourself.');
    }
  }
}

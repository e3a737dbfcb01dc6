// Try it: an image that is drawn or uploaded, a form for a table, a plane for two inputs; the answer, at once.

import { h, text, fill, announce, throttle, empty } from './dom.js';
import { get, post, request, run as runPath, latest } from './api.js';
import { DrawingPad } from './pad.js';
import { DecisionSurface } from './surface.js';
import { picture } from './pixels.js';
import { compare, figure, number, percent, short } from './math.js';

const MOST_BYTES = 8 << 20; // of an uploaded image
const MOST_BARS = 10;

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function tryIt(app) {
  const id = app.data?.id ?? '';
  const root = h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Try it'), h('p', { class: 'empty card' }, 'Loading the model…'));
  const closing = /** @type {(() => void)[]} */ ([]);
  const show = (/** @type {any} */ ...parts) => fill(root, h('h2', { class: 'hush' }, 'Try it'), ...parts);
  let failed = false;
  const load = latest(async () => {
    const form = await app.ask('/form');
    failed = false;
    closing.splice(0).forEach((close) => close());
    if (form.kind === 'image') show(imageForm(app, id, form, closing));
    else if (form.fields) show(tableForm(app, id, form, closing));
    else show(numbersForm(app, id, form, closing));
  }, (error) => { failed = true; show(empty('No model to try yet', error.message)); });
  void load();
  const again = throttle(() => { if (failed) void load(); }, 3000);
  return { root, update: (what) => { if (failed && (what.has('info') || what.has('lines'))) again(); }, close: () => closing.forEach((each) => each()) };
}

/** The answer: the prediction in large letters, bars of classes, what it saw, what changes it most. */
class AnswerPanel {
  /** @param {string[]} order names of the classes in the order of the data */
  constructor(order) {
    this.order = new Map(order.map((name, i) => [name, i]));
    this.big = h('p', { class: 'answer' }, '–');
    this.bars = h('div', { class: 'bars' });
    this.note = h('p', { class: 'muted small', role: 'status' });
    this.seen = h('div', { class: 'images seen' });
    this.influence = h('div', { class: 'bars' });
    this.influenceCard = h('section', { class: 'card pad stack', hidden: true }, h('h3', null, 'What changes the answer most'), this.influence,
      h('p', { class: 'muted tiny' }, 'The largest change when only this column varies over its range.'));
    this.seenCard = h('section', { class: 'card pad stack', hidden: true }, h('h3', null, 'What the network sees'), this.seen);
    this.root = h('div', { class: 'stack' }, h('section', { class: 'card pad stack', 'aria-labelledby': 'answer-title' }, h('h3', { id: 'answer-title' }, 'Answer'), this.big, this.bars, this.note), this.seenCard, this.influenceCard);
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
    this.clear('');
  }

  /** @param {string} words */
  clear(words) {
    text(this.big, '–');
    text(this.note, words);
    for (const row of this.rows.values()) this.bar(row, 0, '');
  }

  /** @param {string} name */
  place(name) {
    return this.order.get(name) ?? this.order.size;
  }

  /** @param {HTMLElement} row @param {number} share @param {string} words */
  bar(row, share, words) {
    const fillBar = /** @type {HTMLElement} */ (row.querySelector('u'));
    fillBar.style.width = `${100 * share}%`;
    text(/** @type {HTMLElement} */ (row.lastElementChild), words);
    row.classList.remove('top');
  }

  /** @param {any} answer */
  show(answer) {
    const { prediction } = answer;
    const classes = prediction?.classes ?? [];
    if (classes.length) {
      const sorted = classes.map((/** @type {any} */ each) => ({ name: each.name, p: number(each.p) })).sort((/** @type {any} */ a, /** @type {any} */ b) => b.p - a.p);
      const top = sorted.find((/** @type {any} */ each) => each.name === prediction.label) ?? sorted[0]; // a threshold may decide
      fill(this.big, top.name, ' ', h('small', null, percent(top.p)));
      // Few classes keep their places, so that bars grow and shrink where they are; of many the top ones are shown.
      const shown = classes.length <= MOST_BARS ? [...sorted].sort((a, b) => this.place(a.name) - this.place(b.name) || compare(a.name, b.name, false)) : sorted.slice(0, MOST_BARS);
      const key = classes.length <= MOST_BARS ? shown.map((/** @type {any} */ each) => each.name).join('\n') : String(shown.length);
      if (key !== this.key) {
        this.key = key;
        this.rows = new Map(shown.map((/** @type {any} */ each, /** @type {number} */ i) => [String(i), h('div', { class: 'bar' }, h('span'), h('i', { 'aria-hidden': 'true' }, h('u')), h('b'))]));
        fill(this.bars, [...this.rows.values()]);
      }
      shown.forEach((/** @type {any} */ each, /** @type {number} */ i) => {
        const row = /** @type {HTMLElement} */ (this.rows.get(String(i)));
        text(/** @type {HTMLElement} */ (row.firstElementChild), each.name);
        this.bar(row, each.p, percent(each.p));
        row.classList.toggle('top', each.name === top.name);
      });
      const second = sorted.find((/** @type {any} */ each) => each !== top);
      text(this.note, second && second.p > 0.2 ? `Or ${second.name}, ${percent(second.p)}.` : '');
      announce(`${top.name}, ${percent(top.p, 0)}`);
    } else if (prediction?.value !== undefined && prediction.value !== null) {
      const value = Array.isArray(prediction.value) ? prediction.value.map(number).map(figure).join(', ') : figure(number(prediction.value));
      text(this.big, value);
      fill(this.bars);
      announce(value);
    }
    const pictures = [['seen', 'after preprocessing'], ['map', 'pixels that count']].filter(([key]) => answer[key]);
    this.seenCard.hidden = pictures.length === 0;
    fill(this.seen, pictures.map(([key, words]) => h('figure', null, picture(answer[key], `The image ${words}, ${answer[key].width} by ${answer[key].height} pixels`), h('figcaption', null, words))));
    const influences = answer.sensitivity ?? [];
    this.influenceCard.hidden = influences.length === 0;
    const most = Math.max(...influences.map((/** @type {any} */ each) => Math.abs(number(each.change))), classes.length ? 0.001 : 1e-12); // less than 0.1 % is no bar
    fill(this.influence, influences.slice(0, 12).map((/** @type {any} */ each) => h('div', { class: 'bar', title: each.text },
      h('span', null, each.name), h('i', { 'aria-hidden': 'true' }, h('u', { style: { width: `${(100 * Math.abs(number(each.change))) / most}%` } })), h('b', null, classes.length ? percent(Math.abs(number(each.change))) : figure(number(each.change)))),
    ), influences[0] ? h('p', { class: 'small' }, `${influences[0].name}: ${influences[0].text}`) : null);
  }
}

/** @param {import('./page.js').App} app @param {string} id @param {any} form @param {(() => void)[]} closing */
function imageForm(app, id, form, closing) {
  const panel = new AnswerPanel(app.data?.info?.data?.classes ?? []);
  const { signal } = abortable(closing);
  const predict = latest(async (stop) => {
    if (pad.blank) return panel.clear(''); // an answer that is still on its way no longer counts
    const image = pad.image();
    panel.show(await post(runPath(id, '/predict'), image, AbortSignal.any([stop, signal])));
  }, (error) => panel.clear(error.message));
  const soon = throttle(() => void predict(), 90);
  // Without preprocessing nothing turns dark ink into light: then the paper has the colors of the data.
  const dark = form.preprocessing === 'none' && form.inverted === true && form.channels === 1;
  const pad = new DrawingPad({ width: form.width, height: form.height, channels: form.channels, changed: soon, dark, file: (file) => void upload(file) });
  closing.push(() => pad.close());
  const upload = latest(async (stop, /** @type {File} */ file) => {
    if (file.size > MOST_BYTES) throw new Error(`This file has ${(file.size / 2 ** 20).toFixed(1)} MB; at most 8 MB are taken.`);
    await pad.show(file);
    if (file.type === 'image/png' || file.type === 'image/jpeg') {
      panel.show(await request(runPath(id, '/predict/image'), { method: 'POST', headers: { 'Content-Type': file.type }, body: file, signal: AbortSignal.any([stop, signal]) }));
    } else void predict();
  }, (error) => panel.clear(error.message));
  const random = h('button', { type: 'button' }, 'Example from the data');
  const load = latest(async (stop) => {
    const rows = app.exampleTotal || 100;
    app.exampleRow = (app.exampleRow < 0 ? Math.floor(Math.random() * rows) : app.exampleRow + 37) % rows;
    const found = await get(runPath(id, `/examples?sort=row&from=${app.exampleRow}&count=1`), stop);
    app.exampleTotal = found.total;
    const each = found.examples[0];
    if (!each?.image) throw new Error('The data has no images to show.');
    pad.paintImage(each.image);
    await predict();
    panel.note.append(` True: ${each.truth}.`);
  }, (error) => panel.clear(error.message));
  random.addEventListener('click', () => void load());
  const words = form.preprocessing === 'mnist'
    ? `What you draw is cropped, fitted, centered by its mass and given the colors of the training data: ${form.width}×${form.height} pixels.`
    : `What you draw is scaled to ${form.width}×${form.height} pixels, as the training images were.`;
  return h('div', { class: 'try' }, h('section', { class: 'card pad stack', 'aria-labelledby': 'draw-title' }, h('h3', { id: 'draw-title' }, 'Draw, upload or drop an image'), pad.root, random, h('p', { class: 'muted tiny' }, words)), panel.root);
}

/** @param {import('./page.js').App} app @param {string} id @param {any} form @param {(() => void)[]} closing */
function tableForm(app, id, form, closing) {
  const panel = new AnswerPanel(app.data?.info?.data?.classes ?? []);
  const { signal } = abortable(closing);
  /** @type {Record<string, string>} */
  const values = {};
  const inputs = /** @type {Record<string, (value: string) => void>} */ ({});
  const predict = latest(async (stop) => panel.show(await post(runPath(id, '/predict'), { values }, AbortSignal.any([stop, signal]))), (error) => panel.clear(error.message));
  const soon = throttle(() => void predict(), 60);
  const set = (/** @type {string} */ name, /** @type {string} */ value) => { values[name] = value; soon(); };
  const fields = form.fields.map((/** @type {any} */ field, /** @type {number} */ i) => {
    const start = String(form.example?.[field.name] ?? field.usual ?? '');
    values[field.name] = start;
    const key = `field-${i}`;
    const low = number(field.min);
    const high = number(field.max);
    if (field.type === 'number') {
      const box = h('input', { id: key, type: 'text', inputmode: 'decimal', value: start, autocomplete: 'off' });
      const range = Number.isFinite(low) && Number.isFinite(high) && high > low;
      const slider = range ? h('input', { type: 'range', min: low, max: high, step: 'any', value: start === '' ? low : start, 'aria-label': `${field.name}, slider` }) : null;
      box.addEventListener('input', () => { if (slider && box.value !== '') slider.value = box.value; set(field.name, box.value); });
      slider?.addEventListener('input', () => { box.value = String(Number(Number(slider.value).toPrecision(4))); set(field.name, box.value); });
      inputs[field.name] = (value) => { box.value = value; if (slider) slider.value = value; set(field.name, value); };
      return h('div', null, h('label', { for: key }, field.name), h('div', { class: slider ? 'pair' : '' }, slider, box), range ? h('div', { class: 'ends', 'aria-hidden': 'true' }, h('span', null, short(low)), h('span', null, short(high))) : null);
    }
    if (field.type === 'category') {
      const select = h('select', { id: key, on: { change: () => set(field.name, select.value) } }, field.optional ? h('option', { value: '' }, 'missing') : null,
        field.values.map((/** @type {string} */ value) => h('option', { value }, value)));
      select.value = start;
      inputs[field.name] = (value) => { select.value = value; set(field.name, value); };
      return h('div', null, h('label', { for: key }, field.name), select);
    }
    const box = h('input', { id: key, type: 'text', value: start, autocomplete: 'off', list: field.values?.length ? `${key}-list` : null, on: { input: () => set(field.name, box.value) } });
    inputs[field.name] = (value) => { box.value = value; set(field.name, value); };
    return h('div', null, h('label', { for: key }, field.name), box, field.values?.length ? h('datalist', { id: `${key}-list` }, field.values.map((/** @type {string} */ value) => h('option', { value }))) : null);
  });
  const reset = h('button', { type: 'button', on: { click: () => { for (const field of form.fields) inputs[field.name](String(field.usual ?? '')); } } }, 'Usual values');
  let row = 0;
  const next = h('button', { type: 'button', on: { click: () => void example() } }, 'Row from the data');
  const example = latest(async (stop) => {
    const found = await get(runPath(id, `/examples?sort=row&from=${row}&count=1`), stop);
    row = (row + 1) % Math.max(1, found.total);
    const each = found.examples[0];
    for (const [name, value] of Object.entries(each?.values ?? {})) inputs[name]?.(String(value));
    announce(`Row ${each?.row}, true ${each?.truth}`);
    text(truth, each ? `Row ${each.row}, true: ${each.truth}` : '');
  }, (error) => text(truth, error.message));
  const truth = h('span', { class: 'muted small' });
  void predict();
  const card = h('section', { class: 'card pad stack', 'aria-labelledby': 'form-title' }, h('h3', { id: 'form-title' }, 'Values'), h('div', { class: 'fields' }, fields), h('div', { class: 'field' }, reset, next, truth));
  const plane = form.fields.length === 2 && form.fields.every((/** @type {any} */ field) => field.type === 'number' && Number.isFinite(number(field.min)));
  if (plane) {
    const surface = new DecisionSurface(app, id, form.fields, (x, y) => { inputs[form.fields[0].name](String(x)); inputs[form.fields[1].name](String(y)); });
    closing.push(() => surface.close());
    return h('div', { class: 'two' }, h('div', { class: 'stack' }, surface.root, card), panel.root);
  }
  return h('div', { class: 'two' }, card, panel.root);
}

/** @param {import('./page.js').App} app @param {string} id @param {any} form @param {(() => void)[]} closing */
function numbersForm(app, id, form, closing) {
  const count = Number(form.count ?? app.data?.info?.data?.inputShape?.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1) ?? 0);
  if (!(count > 0)) return empty('This model cannot be tried here', 'It takes inputs that this page has no form for.');
  const panel = new AnswerPanel(app.data?.info?.data?.classes ?? []);
  const { signal } = abortable(closing);
  const box = h('textarea', { id: 'inputs', rows: 6, spellcheck: 'false', class: 'mono', style: { padding: '0.5rem', width: '100%' } }, Array.from({ length: Math.min(count, 2000) }, () => '0').join(' '));
  const predict = latest(async (stop) => {
    const inputs = box.value.trim().split(/[\s,;]+/).map(Number);
    if (inputs.length !== count || inputs.some((/** @type {number} */ each) => !Number.isFinite(each))) throw new Error(`Expects ${count} numbers, got ${inputs.filter(Number.isFinite).length}.`);
    panel.show(await post(runPath(id, '/predict'), { inputs }, AbortSignal.any([stop, signal])));
  }, (error) => panel.clear(error.message));
  const soon = throttle(() => void predict(), 150);
  box.addEventListener('input', soon);
  void predict();
  return h('div', { class: 'two' }, h('section', { class: 'card pad stack' }, h('h3', null, 'Inputs'), h('label', { for: 'inputs' }, `${count} numbers, as the network takes them`), box), panel.root);
}

/** @param {(() => void)[]} closing */
function abortable(closing) {
  const controller = new AbortController();
  closing.push(() => controller.abort());
  return controller;
}

// Try it: a form for each input of the model, and the answer at once; a prompt box for models of language.

import { h, text, fill, announce, throttle, empty } from './dom.js';
import { get, post, request, run as runPath, latest } from './api.js';
import { AnswerPanel } from './answers.js';
import { inputForm } from './inputs.js';
import { DecisionSurface } from './surface.js';
import { promptForm } from './prompt.js';
import { number } from './math.js';

const MOST_BYTES = 8 << 20; // of an image that is sent as it is
const MOST_PIXELS = 4 << 20;
const TITLES = /** @type {Record<string, string>} */ ({ image: 'Draw, upload or drop an image', table: 'Values', text: 'Text', steps: 'Steps', series: 'Time series', numbers: 'Numbers' });

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function tryIt(app) {
  const id = app.data?.id ?? '';
  const root = h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Try it'), h('p', { class: 'empty card' }, 'Loading the model…'));
  const closing = /** @type {(() => void)[]} */ ([]);
  const show = (/** @type {any} */ ...parts) => fill(root, h('h2', { class: 'hush' }, 'Try it'), ...parts);
  let failed = false;
  const load = latest(async () => {
    const { inputs, outputs } = await app.ask('/form');
    failed = false;
    closing.splice(0).forEach((close) => close());
    show(tryForms(app, runPath(id), inputs, outputs, closing));
  }, (error) => { failed = true; show(empty('No model to try yet', error.message)); });
  void load();
  const again = throttle(() => { if (failed) void load(); }, 3000);
  return { root, update: (what) => { if (failed && (what.has('info') || what.has('lines'))) again(); }, close: () => closing.forEach((each) => each()) };
}

/**
 * The forms of a model.
 * @param {import('./page.js').App} app without `data` for a model that is no run @param {string} path of the model below `/api` @param {any[]} inputs @param {any[]} outputs @param {(() => void)[]} closing
 */
export function tryForms(app, path, inputs, outputs, closing) {
  return inputs[0].kind === 'prompt' ? promptForm(path, inputs[0], closing) : forms(app, path, inputs, outputs, closing);
}

/**
 * The forms beside the answer. With several inputs a button predicts, as nothing is known before all are entered.
 * @param {import('./page.js').App} app @param {string} path @param {any[]} inputs @param {any[]} outputs @param {(() => void)[]} closing
 */
function forms(app, path, inputs, outputs, closing) {
  const panel = new AnswerPanel(app.store, app.data?.info?.data?.classes ?? [], outputs);
  const stopped = new AbortController();
  closing.push(() => stopped.abort(), () => panel.close());
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const several = inputs.length > 1;
  const only = several ? null : inputs[0];

  /** Shows what is wrong beside the form, and marks the box. @param {any} error */
  const refuse = (error) => {
    problem.hidden = actions.hidden = false;
    text(problem, error.message);
    panel.clear('');
    const [, name, field] = /^inputs\.([^.]+)(?:\.(.*))?$/.exec(error.path ?? '') ?? [];
    if (name || only) mark(name ?? only.name, field ?? '');
  };
  const mark = (/** @type {string} */ name, /** @type {string} */ field) => {
    const box = all.get(name)?.field?.(field);
    box?.setAttribute('aria-invalid', 'true');
    if (box) box.setAttribute('aria-describedby', 'try-problem');
  };
  /** Nothing is wrong, as far as is known. */
  const accept = () => {
    problem.hidden = true;
    actions.hidden = buttons.length === 0;
    text(problem, '');
    for (const box of left.querySelectorAll('[aria-describedby="try-problem"]')) { box.removeAttribute('aria-invalid'); box.removeAttribute('aria-describedby'); }
  };
  const predict = latest(async (stop) => {
    const values = /** @type {Record<string, any>} */ ({});
    for (const [name, form] of all) {
      const value = form.value();
      if (value === null) { // an answer that is still on its way no longer counts
        accept();
        return panel.clear(several ? `Enter ${name} first.` : '');
      }
      values[name] = value;
    }
    const answer = await post(`${path}/predict`, { inputs: values }, AbortSignal.any([stop, stopped.signal]));
    accept();
    panel.show(answer);
    for (const form of all.values()) form.answered?.(answer);
  }, refuse);
  const soon = throttle(() => void predict(), only?.kind === 'text' || only?.kind === 'steps' ? 250 : 90);
  const upload = latest(async (stop, /** @type {File} */ file) => {
    const { pad } = /** @type {any} */ (all.get(only.name));
    const pixels = await pad.show(file);
    if ((file.type === 'image/png' || file.type === 'image/jpeg') && file.size <= MOST_BYTES && pixels <= MOST_PIXELS) {
      const answer = await request(`${path}/predict/image`, { method: 'POST', headers: { 'Content-Type': file.type }, body: file, signal: AbortSignal.any([stop, stopped.signal]) });
      accept();
      panel.show(answer);
    } else void predict();
  }, refuse);

  /** @type {Map<string, import('./inputs.js').InputForm>} */
  const all = new Map();
  const alone = inputs.filter((form) => form.kind === 'image').length === 1;
  inputs.forEach((form, i) => {
    const title = several ? `${form.name}: ${(TITLES[form.kind] ?? 'Numbers').toLowerCase()}` : TITLES[form.kind] ?? 'Numbers';
    const one = inputForm(form, { key: i === 0 && form.kind === 'table' ? 'field' : `input-${i}`, title, alone, changed: () => (several ? accept() : soon()), file: only?.kind === 'image' ? (file) => void upload(file) : undefined });
    if (one.close) closing.push(one.close);
    all.set(form.name, one);
  });
  const left = h('div', { class: 'stack' }, [...all.values()].map((each) => each.root));
  const go = several ? h('button', { type: 'button', class: 'primary', id: 'predict', on: { click: () => void predict() } }, 'Predict') : null;
  problem.id = 'try-problem';
  const buttons = [go, ...(app.data ? examples(app, path, inputs, all, () => void predict()) : [])].filter(Boolean);
  const actions = h('div', { class: 'card pad stack', hidden: buttons.length === 0 }, h('div', { class: 'field' }, buttons), problem);
  left.append(actions);
  if (only?.kind !== 'image' && (app.data || only?.example !== '')) void predict(); // of a model that is no run a text may be empty

  if (app.data && only?.kind === 'table' && plane(only)) {
    const table = /** @type {any} */ (all.get(only.name));
    const surface = new DecisionSurface(app, path, only.fields, (x, y) => { table.set(only.fields[0].name, String(x)); table.set(only.fields[1].name, String(y)); });
    closing.push(() => surface.close());
    left.prepend(surface.root);
  }
  return h('div', { class: only?.kind === 'image' ? 'try' : 'two' }, left, panel.root);
}

/** @param {any} form */
function plane(form) {
  return form.fields.length === 2 && form.fields.every((/** @type {any} */ field) => field.type === 'number' && Number.isFinite(number(field.min)));
}

/**
 * A button that shows rows of the data one after the other; none where a row has nothing to enter.
 * @param {import('./page.js').App} app @param {string} path @param {any[]} inputs @param {Map<string, import('./inputs.js').InputForm>} all @param {() => void} predict
 */
function examples(app, path, inputs, all, predict) {
  if (!inputs.every((each) => all.get(each.name)?.show)) return [];
  const image = inputs.length === 1 && inputs[0].kind === 'image';
  const truth = h('span', { class: 'muted small', role: 'status' });
  let row = 0;
  const next = latest(async (stop) => {
    if (image) { // images of a class may stand together
      const rows = app.exampleTotal || 100;
      row = app.exampleRow = (app.exampleRow < 0 ? Math.floor(Math.random() * rows) : app.exampleRow + 37) % rows;
    }
    const ask = () => get(`${path}/examples?sort=row&from=${row}&count=1`, stop);
    let found = await ask();
    if (!found.examples.length && found.total > 0) { // there are fewer than were guessed
      row %= found.total;
      found = await ask();
    }
    app.exampleTotal = found.total;
    if (image) app.exampleRow = row;
    row = (row + 1) % Math.max(1, found.total);
    const each = found.examples[0];
    if (!each) throw new Error('The data has nothing to show.');
    const { inputs: values } = await get(`${path}/row?row=${each.row}`, stop);
    for (const form of inputs) {
      if (!values[form.name]) throw new Error(`The data has no ${form.name}.`);
      all.get(form.name)?.show?.(values[form.name]);
    }
    predict();
    const words = each.truth === '' ? `Row ${each.row}` : `Row ${each.row}, true: ${each.truth}`; // of a sequence each step has its own
    announce(words);
    text(truth, `${words}.`);
  }, (error) => text(truth, error.message));
  return [h('button', { type: 'button', on: { click: () => void next() } }, image ? 'Example from the data' : 'Row from the data'), truth];
}

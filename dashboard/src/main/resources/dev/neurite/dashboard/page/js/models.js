// The models of a server: a list, a form to try each, and the command that asks it.

import { h, text, fill, announce, empty } from './dom.js';
import { get, ask, latest, apiKey, keepKey } from './api.js';
import { tryForms } from './tryit.js';
import { percent, number } from './math.js';
import { form as tensorForm, output } from './model.js';
import { parse, Store } from './state.js';

const main = /** @type {HTMLElement} */ (document.getElementById('main'));
const app = /** @type {any} */ ({ store: new Store(parse('').view) });
const closing = /** @type {(() => void)[]} */ ([]);

/** A text as a shell takes it. @param {string} word */
const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

/** Where a model is asked. @param {any} model */
const pathOf = (model) => model.kind === 'language' ? model.path : (model.kind === 'scores' ? '/rerank?model=' : '/predict/') + encodeURIComponent(model.name);

/** @param {any} model */
function command(model) {
  const key = apiKey() ? ` -H "Authorization: Bearer $KEY"` : '';
  return `curl ${quoted(location.origin + pathOf(model))}${key} -H 'Content-Type: ${model.curl.type}' ${model.curl.file ? `--data-binary @${model.curl.file}` : `-d ${quoted(model.curl.body)}`}`;
}

/** The card of what a form says wrong. */
function problemLine() {
  const line = h('p', { class: 'problem', role: 'alert', id: 'problem', hidden: true });
  return { line, show: (/** @type {string} */ words) => { line.hidden = words === ''; text(line, words); } };
}

/** A button that asks, beside what was answered. @param {any[]} forms @param {() => Promise<any>} read @param {(answer: any) => any} shown @param {string} path */
function askForm(forms, read, shown, path) {
  const problem = problemLine();
  const results = h('div', { class: 'stack' }, h('p', { class: 'muted' }, 'No answer yet.'));
  const run = latest(async (stop) => {
    problem.show('');
    const answer = await ask(path, await read(), stop);
    fill(results, shown(answer));
    announce('There is an answer');
  }, (error) => problem.show(error.message));
  return h('div', { class: 'two' },
    h('div', { class: 'stack' }, forms, h('div', { class: 'card pad stack' }, h('div', { class: 'field' }, h('button', { type: 'button', class: 'primary', id: 'run', on: { click: () => void run() } }, 'Ask')), problem.line)),
    h('div', { class: 'stack' }, h('h3', null, 'Answer'), results));
}

/** Values in lists of a shape. @param {any[]} values @param {number[]} shape @returns {any} */
function nested(values, shape) {
  if (shape.length === 0) return values[0];
  const size = shape.slice(1).reduce((all, each) => all * each, 1);
  return Array.from({ length: shape[0] }, (_, i) => nested(values.slice(i * size, (i + 1) * size), shape.slice(1)));
}

/** A value of an answer, as the page of one model shows it. @param {string} name @param {any} value */
function result(name, value) {
  const shape = [];
  for (let at = value; Array.isArray(at); [at] = at) shape.push(at.length);
  const flat = /** @type {any[]} */ ([value].flat(Infinity));
  const row = flat.slice(0, shape.at(-1) ?? 1);
  return { name, type: typeof flat[0] === 'number' ? 'float' : typeof flat[0], shape, first: flat.slice(0, 50).map((each) => (typeof each === 'object' ? JSON.stringify(each) : String(each))), top: probabilities(row) };
}

/** The largest of what looks like probabilities. @param {any[]} row */
function probabilities(row) {
  const sum = row.reduce((all, each) => all + each, 0);
  if (row.length < 2 || !row.every((each) => each >= 0 && each <= 1) || Math.abs(sum - 1) > 1e-3) return [];
  return row.map((p, index) => ({ index, p })).sort((a, b) => b.p - a.p).slice(0, 5);
}

/** The form of a model. @param {any} model */
async function tryModel(model) {
  const path = pathOf(model);
  if (model.kind === 'predictions') {
    const below = `/models/${encodeURIComponent(model.name)}`;
    const { inputs, outputs } = await get(`${below}/form`);
    return tryForms(app, below, inputs, outputs, closing);
  }
  if (model.kind === 'tensors') {
    const forms = model.inputs.map((/** @type {any} */ port, /** @type {number} */ i) => tensorForm(port, i, false));
    const read = async () => {
      const values = /** @type {Record<string, any>} */ ({});
      for (const each of forms) {
        const { shape, values: flat } = await each.value();
        const size = shape.reduce((/** @type {number} */ all, /** @type {number} */ one) => all * one, 1);
        if (flat.length !== size) throw new Error(`${each.name}: expects ${size} values, got ${flat.length}.`);
        values[each.name] = nested([...flat], shape);
      }
      return values;
    };
    return askForm(forms.map((/** @type {any} */ each) => each.root), read, (answer) => Object.entries(answer.outputs).map(([name, value]) => output(result(name, value))), path);
  }
  if (model.kind === 'embeddings') {
    const box = h('textarea', { id: 'text', rows: 5, maxlength: 100_000 });
    return askForm([h('section', { class: 'card pad stack', 'aria-labelledby': 'text-title' }, h('h3', { id: 'text-title' }, 'Text'), h('label', { for: 'text' }, 'Its vector is computed'), box)],
      async () => ({ text: box.value }), (answer) => output(result(`vector of ${answer.tokens} tokens`, answer.vector)), path);
  }
  if (model.kind === 'language') {
    const box = h('textarea', { id: 'text', rows: 5, maxlength: 100_000 });
    const chats = path.endsWith('/chat/completions');
    return askForm([h('section', { class: 'card pad stack', 'aria-labelledby': 'text-title' }, h('h3', { id: 'text-title' }, chats ? 'Message' : 'Text'), h('label', { for: 'text' }, chats ? 'It is answered' : 'It goes on'), box)],
      async () => ({ model: model.name, max_tokens: 200, ...(chats ? { messages: [{ role: 'user', content: box.value }] } : { prompt: box.value }) }),
      (answer) => h('section', { class: 'card pad' }, h('p', { class: 'passage' }, answer.choices[0].message?.content ?? answer.choices[0].text)), path);
  }
  return rerankForm(path);
}

/** A query and texts, which are shown in the order in which they answer it. @param {string} path */
function rerankForm(path) {
  const query = h('textarea', { id: 'query', rows: 2, maxlength: 100_000 });
  const box = h('textarea', { id: 'texts', rows: 8 });
  let texts = /** @type {string[]} */ ([]);
  const read = async () => {
    texts = box.value.split('\n').filter((/** @type {string} */ each) => each.trim() !== '');
    return { query: query.value, texts };
  };
  return askForm([h('section', { class: 'card pad stack', 'aria-labelledby': 'query-title' }, h('h3', { id: 'query-title' }, 'Query and texts'),
    h('div', null, h('label', { for: 'query' }, 'Query'), query), h('div', null, h('label', { for: 'texts' }, 'Texts, one a line'), box))], read, (answer) => ranking(answer, texts), path);
}

/** Texts with their scores. @param {any[]} ranked @param {string[]} texts */
function ranking(ranked, texts) {
  return h('section', { class: 'card pad' }, h('div', { class: 'bars whole' }, ranked.map((each) => h('div', { class: 'bar' }, h('span', null, texts[each.index]),
    h('i', { 'aria-hidden': 'true' }, h('u', { style: { width: `${100 * number(each.score)}%` } })), h('b', null, percent(number(each.score)))))));
}

/** @param {any[]} models */
function show(models) {
  const place = h('div', { class: 'stack', id: 'model' });
  const buttons = /** @type {any[]} */ ([]);
  const choose = latest(async (_, /** @type {any} */ model, /** @type {HTMLElement} */ chosen) => {
    closing.splice(0).forEach((close) => close());
    for (const each of buttons) each.setAttribute('aria-pressed', String(each === chosen));
    document.title = `${model.name} · Neurite`;
    const line = h('pre', { class: 'mono small passage', tabindex: 0 }, h('code', null, command(model)));
    const body = h('div', { class: 'stack' }, h('p', { class: 'empty card' }, 'Loading the form…'));
    fill(place, h('h2', null, model.name), h('p', { class: 'muted' }, `Version ${model.version}. It ${model.words}.`),
      h('section', { class: 'card pad stack', 'aria-labelledby': 'curl-title' }, h('h3', { id: 'curl-title' }, 'From a shell'), line), body);
    fill(body, await tryModel(model));
  }, (error) => fill(place, empty('No form to show', error.message)));
  for (const model of models) {
    const button = h('button', { type: 'button', 'aria-pressed': 'false', on: { click: () => void choose(model, button) } }, model.name);
    buttons.push(button);
  }
  fill(main, h('h1', null, 'Models'), h('p', { class: 'muted' }, 'What each takes and gives is in ', h('a', { href: 'openapi.json' }, 'openapi.json'), '.'),
    h('div', { class: 'choice', role: 'group', 'aria-label': 'Models' }, buttons), place);
  if (models.length) void choose(models[0], buttons[0]);
}

/** Asks for the key of the server. @param {string} said */
function askKey(said) {
  const box = h('input', { id: 'key', type: 'password', autocomplete: 'off' });
  fill(main, h('h1', null, 'Models'), h('form', { class: 'card pad stack', on: { submit: (/** @type {Event} */ event) => { event.preventDefault(); keepKey(box.value.trim()); void start(); } } },
    h('label', { for: 'key' }, 'Key of this server; this tab forgets it when it is closed'), box,
    said ? h('p', { class: 'problem', role: 'alert' }, said) : null, h('div', { class: 'field' }, h('button', { class: 'primary', type: 'submit' }, 'Go on'))));
  box.focus();
}

async function start() {
  try {
    const { models } = await get('/models');
    if (models.length) show(models);
    else fill(main, empty('No models', 'None is ready yet.'));
  } catch (error) {
    const { status, message } = /** @type {any} */ (error);
    if (status === 401) askKey(apiKey() ? message : '');
    else fill(main, empty('No models to show', message));
  }
}

void start();

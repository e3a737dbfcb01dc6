// A page to try one model of another format: a form for each input, and the values of its outputs.

import { h, text, fill, announce, empty } from './dom.js';
import { get, post, latest } from './api.js';
import { parseNumbers } from './rows.js';
import { figure, number, percent } from './math.js';

const MOST_FILE = 6 << 20;
const MOST_ZEROS = 2000; // written into a box

/** Whether an extent is a number. @param {string} extent */
const fixed = (extent) => /^\d+$/.test(extent);

/** The bytes of a file in base64. @param {File} file */
async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let out = '';
  for (let i = 0; i < bytes.length; i += 8192) out += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(out);
}

/** The form of an input. @param {any} port @param {number} i @param {boolean} [takesFiles] */
export function form(port, i, takesFiles = true) {
  const key = `port-${i}`;
  const texts = port.type === 'string';
  const anyRank = port.extents.join() === '…';
  const shape = h('input', { id: `${key}-shape`, type: 'text', value: '1', autocomplete: 'off', on: { input: () => zeros() } });
  const extents = anyRank ? [] : port.extents.map((/** @type {string} */ extent, /** @type {number} */ k) => h('input', { id: `${key}-${k}`, type: 'number', min: 0, value: fixed(extent) ? extent : '1', disabled: fixed(extent), on: { input: () => zeros() } }));
  const sizes = () => (anyRank ? (shape.value.match(/\d+/g) ?? []).map(Number) : extents.map((/** @type {HTMLInputElement} */ each) => Number(each.value)));
  const size = () => sizes().reduce((/** @type {number} */ all, /** @type {number} */ each) => all * each, 1);
  const box = h('textarea', { id: `${key}-values`, rows: 5, spellcheck: 'false', class: 'mono' });
  const file = h('input', { id: `${key}-file`, type: 'file', accept: '.npy' });
  let touched = false;
  box.addEventListener('input', () => { touched = true; });
  const zeros = () => { if (!touched && !texts && size() <= MOST_ZEROS) box.value = new Array(size()).fill('0').join(' '); };
  zeros();
  return {
    name: port.name, box,
    root: h('section', { class: 'card pad stack', 'aria-labelledby': `${key}-title` }, h('h2', { id: `${key}-title` }, port.name), h('p', { class: 'muted small' }, `${port.type} [${port.extents.join('×')}]`),
      anyRank ? h('div', null, h('label', { for: shape.id }, 'Shape, such as 2×3; empty for one number'), shape) : extents.length ? h('div', { class: 'fields' }, extents.map((/** @type {any} */ each, /** @type {number} */ k) => h('div', null, h('label', { for: each.id }, fixed(port.extents[k]) ? `axis ${k}` : `axis ${k}, ${port.extents[k]}`), each))) : null,
      h('div', null, h('label', { for: box.id }, texts ? 'Texts, one a line' : 'Numbers, row by row, or JSON'), box),
      takesFiles ? h('div', { class: 'field' }, h('label', { for: file.id }, 'Or a .npy file'), file) : null),
    value: async () => {
      const chosen = file.files[0];
      if (chosen) {
        if (chosen.size > MOST_FILE) throw new Error(`${port.name}: the file has ${(chosen.size / 2 ** 20).toFixed(1)} MB; at most 6 MB are taken.`);
        return { npy: await base64(chosen) };
      }
      return { shape: sizes(), values: texts ? box.value.split('\n') : parseNumbers(box.value) };
    },
  };
}

/** The value of an output. @param {any} result */
export function output(result) {
  const bars = result.top.map((/** @type {any} */ each) => h('div', { class: 'bar' }, h('span', null, `index ${each.index}, from 0`), h('i', { 'aria-hidden': 'true' }, h('u', { style: { width: `${100 * number(each.p)}%` } })), h('b', null, percent(number(each.p)))));
  return h('section', { class: 'card pad stack' }, h('h3', null, result.name), h('p', { class: 'muted small' }, `${result.type} [${result.shape.join('×')}]`),
    bars.length ? h('div', { class: 'bars' }, bars) : null, h('p', { class: 'mono small passage' }, result.first.map((/** @type {string} */ each) => (/^(float|double)/.test(result.type) ? figure(number(each)) : each)).join('  ') + (result.shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b, 1) > result.first.length ? '  …' : '')));
}

async function start() {
  const main = /** @type {HTMLElement} */ (document.getElementById('main'));
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  try {
    if (token) await post('/session', { token });
    history.replaceState(null, '', location.pathname);
    const model = await get('/model');
    document.title = `${model.name} · Neurite`;
    const forms = model.inputs.map(form);
    const problem = h('p', { class: 'problem', role: 'alert', id: 'problem', hidden: true });
    const results = h('div', { class: 'stack' }, h('p', { class: 'muted' }, 'No answer yet.'));
    const run = latest(async (stop) => {
      problem.hidden = true;
      for (const each of forms) each.box.removeAttribute('aria-invalid');
      const inputs = Object.fromEntries(await Promise.all(forms.map(async (/** @type {any} */ each) => [each.name, await each.value()])));
      const answer = await post('/model/run', { inputs }, stop);
      fill(results, answer.outputs.map(output));
      announce(`${answer.outputs.length} outputs`);
    }, (error) => {
      problem.hidden = false;
      text(problem, error.message);
      const path = /** @type {any} */ (error).path ?? '';
      const wrong = forms.find((/** @type {any} */ each) => path === `inputs.${each.name}` || path.startsWith(`inputs.${each.name}.`)) ?? (forms.length === 1 ? forms[0] : null);
      wrong?.box.setAttribute('aria-invalid', 'true');
      wrong?.box.setAttribute('aria-describedby', 'problem');
    });
    fill(main, h('h1', null, model.name), h('div', { class: 'two' },
      h('div', { class: 'stack' }, forms.map((/** @type {any} */ each) => each.root), h('div', { class: 'card pad stack' }, h('div', { class: 'field' }, h('button', { type: 'button', class: 'primary', id: 'run', on: { click: () => void run() } }, 'Run')), problem)),
      h('div', { class: 'stack' }, h('h2', null, 'Outputs'), results)));
  } catch (error) {
    fill(main, empty('No model to show', /** @type {Error} */ (error).message));
  }
}

if (document.querySelector('script[src$="model.js"]')) void start(); // else another page uses its forms

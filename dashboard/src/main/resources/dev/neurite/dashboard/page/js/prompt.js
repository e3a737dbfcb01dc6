// A prompt box for models of language: the text that follows comes piece by piece, and can be stopped.

import { h, text, fill, announce } from './dom.js';
import { stream } from './api.js';
import { number } from './math.js';

/** @param {string} path of the model below `/api` @param {any} form @param {(() => void)[]} closing */
export function promptForm(path, form, closing) {
  const box = h('textarea', { id: 'prompt', rows: 5, maxlength: 20_000, value: form.example });
  const most = h('input', { id: 'most', type: 'number', min: 1, max: 2000, step: 1, value: '200' });
  const temperature = h('input', { id: 'temperature', type: 'number', min: 0, max: 100, step: 0.1, value: '0.8' });
  const topK = h('input', { id: 'top-k', type: 'number', min: 0, step: 1, value: '0' });
  const seed = h('input', { id: 'seed', type: 'number', min: 0, step: 1, value: '0' });
  const answer = h('p', { class: 'passage', 'aria-live': 'off' });
  const note = h('p', { class: 'muted small', role: 'status' });
  const problem = h('p', { class: 'problem', role: 'alert', id: 'prompt-problem', hidden: true });
  const go = h('button', { type: 'button', class: 'primary', id: 'continue', on: { click: () => void write() } }, 'Continue the text');
  const halt = h('button', { type: 'button', hidden: true, on: { click: () => stop() } }, 'Stop');
  /** @type {AbortController | null} */
  let current = null;
  const stop = () => { current?.abort(); current = null; };
  closing.push(stop);

  const write = async () => {
    stop();
    const mine = (current = new AbortController());
    problem.hidden = true;
    for (const each of [box, most, temperature, topK, seed]) each.removeAttribute('aria-invalid');
    const more = h('b');
    fill(answer, box.value, more);
    text(note, 'Writing…');
    halt.hidden = false;
    let pieces = 0;
    const done = (/** @type {string} */ words) => { if (current === mine) { halt.hidden = true; current = null; } text(note, words); };
    try {
      await stream(`${path}/predict/text`, { text: box.value, most: number(most.value), temperature: number(temperature.value), topK: number(topK.value), seed: number(seed.value) }, mine.signal, (event) => {
        const said = JSON.parse(event.data).text;
        if (event.type === 'piece') { more.append(said); pieces++; }
        if (event.type === 'failed') throw new Error(said);
      });
      done(`${pieces} pieces of text.`);
      announce(`The text goes on: ${more.textContent}`);
    } catch (error) {
      if (mine.signal.aborted) return done(`Stopped after ${pieces} pieces.`);
      done('');
      problem.hidden = false;
      text(problem, /** @type {Error} */ (error).message);
      const said = /** @type {any} */ (error).path ?? '';
      const wrong = { most, temperature, topK, seed }[said] ?? box;
      wrong.setAttribute('aria-invalid', 'true');
      wrong.setAttribute('aria-describedby', 'prompt-problem');
    }
  };
  const setting = (/** @type {string} */ key, /** @type {string} */ words, /** @type {HTMLElement} */ input) => h('div', null, h('label', { for: key }, words), input);
  return h('div', { class: 'two' },
    h('section', { class: 'card pad stack', 'aria-labelledby': 'prompt-title' }, h('h3', { id: 'prompt-title' }, 'Prompt'), h('label', { for: 'prompt' }, 'The text begins with'), box,
      h('div', { class: 'fields' }, setting('temperature', 'Temperature; 0 takes the likeliest', temperature), setting('top-k', 'Only the likeliest tokens; 0 for all', topK), setting('most', 'Most tokens', most), setting('seed', 'Seed', seed)),
      h('div', { class: 'field' }, go, halt), problem),
    h('section', { class: 'card pad stack', 'aria-labelledby': 'answer-title' }, h('h3', { id: 'answer-title' }, 'Text'), answer, note));
}

// Examples of rows: images, values, texts with the words that mattered, sequences with their wrong steps marked, forecasts.

import { h } from './dom.js';
import { picture } from './pixels.js';
import { chips, mattering, passage } from './marks.js';
import { curveWords, distance, drawing, stepName } from './forecast.js';
import { responsive } from './plot.js';
import { figure, number, percent } from './math.js';

/** How examples stand beside each other: pictures close, texts and curves wide. @param {any[]} examples */
export function shape(examples) {
  const first = examples?.[0];
  if (first?.words || first?.steps || first?.curve) return 'texts';
  return first?.image && !first.values ? 'big' : 'rows';
}

/** @param {any} each @param {string[]} names @param {((row: number) => void) | null} look shows it in Layers; `null` where that has other rows */
export function example(each, names, look) {
  const name = (/** @type {any} */ of) => (typeof of === 'number' ? names[of] ?? figure(of) : String(of));
  const right = each.truth === each.predicted;
  const sure = each.confidence === null ? '' : percent(number(each.confidence), 0);
  const words = `row ${each.row}: true ${name(each.truth)}, predicted ${name(each.predicted)}${sure ? ` with ${sure}` : ''}, loss ${figure(number(each.loss))}`;
  const place = each.position === null || each.position === undefined ? `#${each.row}` : `#${each.row}, position ${each.position}`;
  const marked = (each.steps ?? []).filter((/** @type {any} */ step) => step.truth !== '');
  return h('div', { class: 'example' },
    (each.images ?? (each.image ? [each.image] : [])).map((/** @type {any} */ one) => picture(one, one.input ? `${one.input} of ${words}` : words)),
    each.values ? h('dl', { class: 'facts tiny' }, Object.entries(each.values).slice(0, 12).map(([key, value]) => [h('dt', null, key), h('dd', null, String(value))])) : null,
    each.words ? textOf(each) : null,
    each.curve ? curve(each.curve) : null,
    marked.length ? chips(marked.map((/** @type {any} */ step) => ({ text: step.text || `${step.position + 1}`, label: step.predicted, truth: step.truth, wrong: step.truth !== step.predicted, title: `position ${step.position}: true ${step.truth}, predicted ${step.predicted}` })), names)
      : each.steps ? h('ol', { class: 'steps plain' }, each.steps.slice(0, 30).map((/** @type {any} */ step) => h('li', null, h('span', null, step.text || `${step.position + 1}`)))) : null,
    verdict(each, name, right, sure, marked),
    h('div', { class: 'field' }, h('span', null, `loss ${figure(number(each.loss))}`), h('span', { class: 'spacer' }),
      each.image && look ? h('button', { class: 'quiet', type: 'button', style: { 'min-height': '1.5rem', padding: '0 0.3rem' }, 'aria-label': `Row ${each.row} through the layers`, on: { click: () => look(each.row) } }, `#${each.row}`) : place));
}

/** What was said and what is true. @param {any} each @param {(of: any) => string} name @param {boolean} right @param {string} sure @param {any[]} steps */
function verdict(each, name, right, sure, steps) {
  if (each.curve) return h('div', null, `Mean absolute error ${figure(distance(each.curve.forecast, each.curve.truth))}, of the last value ${figure(distance(each.curve.naive, each.curve.truth))}`);
  if (steps.length) return h('div', null, h('b', null, `${steps.filter((step) => step.truth !== step.predicted).length} of ${steps.length}`), ' steps are wrong');
  return h('div', null, h('b', null, name(each.truth)), right ? ' ✓' : [' → ', h('span', { class: 'wrong' }, name(each.predicted))], sure ? ` ${sure}` : '');
}

/** A text with its words, or what is before a position with the token that came. @param {any} each */
function textOf(each) {
  const element = passage(each.words);
  if (each.position !== null && each.position !== undefined) element.append(h('b', { class: 'token' }, each.truth));
  const mattered = mattering(each.words).slice(0, 3).map((word) => word.text);
  return mattered.length ? [element, h('div', { class: 'muted' }, `Mattered: ${mattered.join(', ')}`)] : element;
}

/** @param {import('./forecast.js').Curve} each */
function curve(each) {
  const host = h('div', { class: 'plot', role: 'img', 'aria-label': curveWords(each) });
  responsive(host, (width) => host.replaceChildren(drawing(each, width, 180).root));
  const place = [each.series === '0' ? '' : each.series, stepName(each, each.begin + each.past.length)].filter(Boolean).join(', from ');
  return [h('b', null, place), host];
}

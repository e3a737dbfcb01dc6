// Texts whose words are shaded by what they matter, and sequences with a label at each step.

import { h } from './dom.js';
import { figure, number, percent } from './math.js';

/** @typedef {{text: string, weight: number}} Word */

/** The words that matter most, the first the most. @param {Word[]} words @returns {Word[]} */
export function mattering(words) {
  return words.filter((each) => Math.abs(number(each.weight)) > 1e-4).sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}

/** A text; words that speak for the answer are blue, those against it orange. @param {Word[]} words */
export function passage(words) {
  const most = Math.max(...words.map((each) => Math.abs(number(each.weight))), 1e-6);
  return h('p', { class: 'passage' }, words.map((each) => {
    const share = Math.abs(number(each.weight)) / most;
    if (share < 0.05) return each.text;
    return h('mark', { class: each.weight > 0 ? 'for' : 'against', style: { '--share': String(Math.round(45 * share) / 100) } }, each.text);
  }));
}

/** What the shades say, in a sentence. @param {Word[]} words @param {boolean} shares whether weights are probabilities @param {number} weighed how many words were left out */
export function passageWords(words, shares, weighed) {
  const top = mattering(words).slice(0, 3);
  const all = words.filter((each) => each.text.trim() !== '').length <= weighed;
  if (!all && weighed === 0) return 'The text is too long to weigh its words.';
  if (!top.length) return all ? 'No single word changes the answer.' : `None of the first ${weighed} words changes the answer alone.`;
  const amount = (/** @type {Word} */ each) => (shares ? percent(Math.abs(each.weight)) : figure(Math.abs(each.weight)));
  return `${all ? 'Each word' : `Each of the first ${weighed} words`} left out alone: without ${top.map((each) => `“${each.text}” ${amount(each)} ${each.weight > 0 ? 'less' : 'more'}`).join(', without ')}.`;
}

/**
 * The steps of a sequence, each with its label below.
 * @param {{text: string, label: string, wrong?: boolean, truth?: string, title?: string}[]} steps
 * @param {string[]} order the labels, which decide the colours
 */
export function chips(steps, order) {
  return h('ol', { class: 'steps' }, steps.map((each) => h('li', { class: each.wrong ? 'wrong' : '', title: each.title ?? null, style: { '--chip': `var(--c${Math.max(0, order.indexOf(each.label)) % 8})` } },
    h('span', null, each.text), h('b', null, each.label, each.wrong ? h('span', { class: 'truth' }, h('span', { class: 'hush' }, ' is wrong, true: '), ` ≠ ${each.truth}`) : null))));
}

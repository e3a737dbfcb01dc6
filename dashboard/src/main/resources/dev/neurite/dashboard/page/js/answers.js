// The answer of a model: bars of classes, labels, values, a label for each step, a forecast, a text; of several outputs each by its name.

import { h, text, fill, announce } from './dom.js';
import { picture } from './pixels.js';
import { chips, passage, passageWords } from './marks.js';
import { forecastFigure } from './forecast.js';
import { compare, figure, number, percent } from './math.js';

const MOST_BARS = 10;
const MOST_VALUES = 40;

/** How a model of two classes decides. @param {{class: string, value: any, origin: string}} threshold */
export function thresholdWords(threshold) {
  return `${threshold.class} from a probability of ${Number(number(threshold.value).toPrecision(3))} on (${threshold.origin})`;
}

/** A prediction of the API with its classes, steps and outputs as lists. @param {any} prediction @returns {any} */
export function read(prediction) {
  const { probabilities, scores, steps, outputs } = prediction;
  return {
    ...prediction,
    scores: scores !== undefined,
    classes: Object.entries(probabilities ?? scores ?? {}).map(([name, p]) => ({ name, p })),
    value: prediction.values?.[0],
    steps: steps?.map((/** @type {any} */ each) => ({ label: each.label, p: each.probability ?? each.score })),
    outputs: outputs && Object.entries(outputs).map(([name, each]) => ({ ...read(each), name })),
  };
}

/** What one output says. */
class OutputView {
  /** @param {string[]} order names of the classes in the order of the data @param {any} threshold by which it decides, or `null` */
  constructor(order, threshold) {
    this.threshold = threshold;
    this.order = new Map(order.map((name, i) => [name, i]));
    this.big = h('p', { class: 'answer' }, '–');
    this.bars = h('div', { class: 'bars' });
    this.more = h('div', { class: 'stack' });
    this.root = h('div', { class: 'stack' }, this.big, this.bars, this.more);
    /** @type {Map<string, HTMLElement>} */
    this.rows = new Map();
  }

  clear() {
    text(this.big, '–');
    fill(this.more);
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

  /** Bars of classes. @param {any[]} classes @param {Set<string>} tops @param {boolean} scores */
  classes(classes, tops, scores) {
    const sorted = classes.map((each) => ({ name: each.name, p: number(each.p) })).sort((a, b) => b.p - a.p);
    // Few classes keep their places, so that bars grow and shrink where they are; of many the top ones are shown.
    const few = classes.length <= MOST_BARS;
    const shown = few ? [...sorted].sort((a, b) => this.place(a.name) - this.place(b.name) || compare(a.name, b.name, false)) : sorted.slice(0, MOST_BARS);
    const key = few ? shown.map((each) => each.name).join('\n') : String(shown.length);
    if (key !== this.key) {
      this.key = key;
      this.rows = new Map(shown.map((_, i) => [String(i), h('div', { class: 'bar' }, h('span'), h('i', { 'aria-hidden': 'true' }, h('u')), h('b'))]));
      fill(this.bars, [...this.rows.values()]);
    }
    const low = scores ? Math.min(...sorted.map((each) => each.p)) : 0;
    const high = scores ? Math.max(...sorted.map((each) => each.p)) : 1;
    shown.forEach((each, i) => {
      const row = /** @type {HTMLElement} */ (this.rows.get(String(i)));
      text(/** @type {HTMLElement} */ (row.firstElementChild), each.name);
      this.bar(row, (each.p - low) / (high - low || 1), scores ? figure(each.p) : percent(each.p));
      row.classList.toggle('top', tops.has(each.name));
    });
    return sorted;
  }

  /** Shows a prediction and returns it in words. @param {any} prediction @param {string[]} steps the texts of steps @returns {string} */
  show(prediction, steps) {
    fill(this.more);
    if (!prediction.classes?.length) { fill(this.bars); this.key = ''; }
    const amount = (/** @type {number} */ p) => (prediction.scores ? figure(p) : percent(p));
    switch (prediction.kind) {
      case 'labels': {
        this.classes(prediction.classes, new Set(prediction.labels), false);
        text(this.big, prediction.labels.length ? prediction.labels.join(', ') : 'none');
        this.more.append(h('p', { class: 'muted tiny' }, 'Each label has a probability of its own; those above 50\u00a0% are predicted.'));
        return prediction.labels.length ? prediction.labels.join(', ') : 'no label';
      }
      case 'steps': {
        const labels = prediction.steps.map((/** @type {any} */ each) => each.label);
        const order = [...new Set([...this.order.keys(), ...labels])];
        text(this.big, '');
        this.more.append(chips(prediction.steps.map((/** @type {any} */ each, /** @type {number} */ i) => ({ text: steps[i] ?? `${i + 1}`, label: each.label, title: `step ${i + 1}: ${each.label}, ${percent(number(each.p))}` })), order));
        return labels.slice(0, 20).join(', ');
      }
      case 'values': case 'numbers': {
        const values = (prediction.values ?? []).map(number);
        text(this.big, values.slice(0, 3).map(figure).join(', ') + (values.length > 3 ? ', …' : ''));
        const names = prediction.names?.length ? prediction.names : values.map((/** @type {number} */ _, /** @type {number} */ i) => `${i + 1}`);
        if (values.length > 1) this.more.append(h('dl', { class: 'facts' }, values.slice(0, MOST_VALUES).map((/** @type {number} */ value, /** @type {number} */ i) => [h('dt', null, names[i]), h('dd', null, figure(value))])));
        else if (prediction.names?.length && prediction.names[0] !== prediction.name) this.more.append(h('p', { class: 'muted' }, prediction.names[0]));
        return values.slice(0, 5).map(figure).join(', ');
      }
      case 'forecast': {
        const values = prediction.values.map(number);
        text(this.big, figure(values[0]));
        this.more.append(h('p', { class: 'muted' }, `${prediction.target} in the next step; ${values.length} steps are forecast`));
        return `${prediction.target}: ${figure(values[0])} in the next step`;
      }
      case 'text':
        text(this.big, '');
        this.more.append(h('p', { class: 'passage' }, prediction.prompt, h('b', null, prediction.text)));
        return prediction.text;
      default: {
        const sorted = this.classes(prediction.classes, new Set([prediction.label]), prediction.scores);
        const top = sorted.find((/** @type {any} */ each) => each.name === prediction.label) ?? sorted[0];
        fill(this.big, top.name, ' ', h('small', null, amount(top.p)));
        if (this.threshold) {
          this.more.append(h('p', { class: 'muted small' }, `The answer is ${thresholdWords(this.threshold)}.`));
          return `${top.name}, ${percent(top.p, 0)}`;
        }
        const second = sorted.find((/** @type {any} */ each) => each !== top);
        this.note = second && !prediction.scores && second.p > 0.2 ? `Or ${second.name}, ${percent(second.p)}.` : '';
        return `${top.name}, ${prediction.scores ? figure(top.p) : percent(top.p, 0)}`;
      }
    }
  }
}

/** The answer: what each output says, what the network saw, what changes it most. */
export class AnswerPanel {
  /**
   * @param {import('./state.js').Store} store @param {string[]} order names of the classes in the order of the data
   * @param {any[]} said the outputs of the model, each with its name and threshold
   */
  constructor(store, order, said) {
    this.store = store;
    this.said = said;
    this.orderOfClasses = order;
    /** @type {Map<string, OutputView>} */
    this.outputs = new Map();
    this.body = h('div', { class: 'stack' });
    this.note = h('p', { class: 'muted small', role: 'status' });
    this.warnings = h('ul', { class: 'warnings', hidden: true, 'aria-label': 'What is unusual' });
    this.seen = h('div', { class: 'images seen' });
    this.influence = h('div', { class: 'bars' });
    this.influenceCard = h('section', { class: 'card pad stack', hidden: true, 'aria-labelledby': 'influence-title' }, h('h3', { id: 'influence-title' }, 'What changes the answer most'), this.influence,
      h('p', { class: 'muted tiny' }, 'The largest change when only this column varies over its range.'));
    this.seenCard = h('section', { class: 'card pad stack', hidden: true, 'aria-labelledby': 'seen-title' }, h('h3', { id: 'seen-title' }, 'What the network sees'), this.seen);
    this.words = h('div', { class: 'stack' });
    this.wordsCard = h('section', { class: 'card pad stack', hidden: true, 'aria-labelledby': 'words-title' }, h('h3', { id: 'words-title' }, 'The words that mattered'), this.words);
    this.curve = forecastFigure(store, { id: 'forecast', title: 'Forecast' });
    this.curve.root.hidden = true;
    this.root = h('div', { class: 'stack' }, h('section', { class: 'card pad stack', 'aria-labelledby': 'answer-title' }, h('h3', { id: 'answer-title' }, 'Answer'), this.body, this.warnings, this.note), this.curve.root, this.wordsCard, this.seenCard, this.influenceCard);
    this.clear('');
  }

  /** No answer, and no explanation of one. @param {string} words */
  clear(words) {
    if (!this.outputs.size) this.view('');
    for (const each of this.outputs.values()) each.clear();
    for (const each of [this.warnings, this.curve.root, this.wordsCard, this.seenCard, this.influenceCard]) each.hidden = true;
    text(this.note, words);
  }

  /** The view of an output. @param {string} name empty for the only one */
  view(name) {
    let found = this.outputs.get(name);
    if (!found) {
      if (name !== '' && this.outputs.has('')) { this.outputs.clear(); fill(this.body); }
      const { threshold } = this.said.find((each) => each.name === name) ?? this.said[0];
      found = new OutputView(this.orderOfClasses, threshold);
      this.outputs.set(name, found);
      this.body.append(name === '' ? found.root : h('div', { class: 'stack' }, h('h4', null, name), found.root));
    }
    return found;
  }

  /** @param {any} answer */
  show(answer) {
    const prediction = read(answer.prediction);
    const several = prediction.kind === 'several' ? prediction.outputs : null;
    const words = (several ?? [{ ...prediction, name: '' }]).map((/** @type {any} */ each) => {
      const said = this.view(each.name).show(each, answer.steps ?? []);
      return each.name === '' ? said : `${each.name}: ${said}`;
    });
    const unusual = answer.warnings ?? [];
    this.warnings.hidden = unusual.length === 0;
    fill(this.warnings, unusual.map((/** @type {string} */ each) => h('li', null, `${each.charAt(0).toUpperCase()}${each.slice(1)}.`)));
    announce([...words, ...unusual].join('; '));
    text(this.note, several ? '' : this.view('').note ?? '');
    this.curve.root.hidden = !answer.curve;
    if (answer.curve) this.curve.show(answer.curve);
    this.wordsCard.hidden = !answer.words;
    if (answer.words) fill(this.words, passage(answer.words), h('p', { class: 'muted small' }, passageWords(answer.words, prediction.classes?.length > 0, answer.weighed)));
    this.explain(answer, prediction);
  }

  /** @param {any} answer @param {any} prediction */
  explain(answer, prediction) {
    const pictures = answer.seen.map((/** @type {any} */ each) => [each, answer.seen.length > 1 ? `${each.input} after preprocessing` : 'after preprocessing']);
    if (answer.map) pictures.push([answer.map, 'pixels that count']);
    this.seenCard.hidden = pictures.length === 0;
    fill(this.seen, pictures.map(([each, words]) => h('figure', null, picture(each, `The image ${words}, ${each.width} by ${each.height} pixels`), h('figcaption', null, words))));
    const influences = answer.sensitivity ?? [];
    const first = prediction.outputs?.[0] ?? prediction;
    const shares = first.classes?.length > 0;
    this.influenceCard.hidden = influences.length === 0;
    const most = Math.max(...influences.map((/** @type {any} */ each) => Math.abs(number(each.change))), shares ? 0.001 : 1e-12); // less than 0.1 % is no bar
    fill(this.influence, influences.slice(0, 12).map((/** @type {any} */ each) => h('div', { class: 'bar', title: each.text },
      h('span', null, each.name), h('i', { 'aria-hidden': 'true' }, h('u', { style: { width: `${(100 * Math.abs(number(each.change))) / most}%` } })), h('b', null, shares ? percent(Math.abs(number(each.change))) : figure(number(each.change)))),
    ), influences[0] ? h('p', { class: 'small' }, `${influences[0].name}: ${influences[0].text}`) : null);
  }

  close() {
    this.curve.close();
  }
}

// The loss over the steps, with its last values in words.

import { h, s, text } from '../dom.js';
import { path, top } from './series.js';
import { format } from './maths.js';

const WIDE = 300;
const HIGH = 90;

export class Curve {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.train = s('path', { class: 'train' });
    this.test = s('path', { class: 'test' });
    this.most = s('text', { x: 2, y: 10 });
    this.svg = s('svg', { viewBox: `0 0 ${WIDE} ${HIGH + 4}`, role: 'img', 'aria-labelledby': 'loss-words', preserveAspectRatio: 'none' },
      s('line', { x1: 0, x2: WIDE, y1: HIGH + 1, y2: HIGH + 1, class: 'axis' }), this.test, this.train);
    this.trainValue = h('output', null);
    this.testValue = h('output', null);
    this.testRow = h('div', { class: 'test' }, h('span', null, 'Test loss'), this.testValue);
    this.accuracy = h('p', { class: 'tiny muted' });
    this.words = h('p', { class: 'hush', id: 'loss-words' });
    this.top = h('span', { class: 'tiny muted most' });
    root.append(
      h('div', { class: 'losses' }, h('div', { class: 'train' }, h('span', null, 'Train loss'), this.trainValue), this.testRow),
      this.accuracy, h('div', { class: 'curve' }, this.top, this.svg), this.words);
  }

  /** @param {import('./series.js').Point[]} points @param {any} frame */
  draw(points, frame) {
    const most = top(points);
    this.train.setAttribute('d', path(points, 'train', WIDE, HIGH, most));
    this.test.setAttribute('d', path(points, 'test', WIDE, HIGH, most));
    text(this.top, points.length > 1 ? format(most) : '');
    text(this.trainValue, format(frame.loss.train));
    this.testRow.hidden = frame.loss.test === null;
    if (frame.loss.test !== null) text(this.testValue, format(frame.loss.test));
    const share = (/** @type {number} */ v) => `${(100 * v).toFixed(1)} %`;
    const { train, test } = frame.accuracy;
    text(this.accuracy, train === null ? '' : `Right: ${share(train)}${test === null ? ' of the examples' : ` of training, ${share(test)} of test examples`}`);
    if (!frame.playing) text(this.words, this.sentence(points, frame));
  }

  /** @param {import('./series.js').Point[]} points @param {any} frame */
  sentence(points, frame) {
    const first = points[0];
    const test = frame.loss.test === null ? '' : `, test loss ${format(frame.loss.test)}`;
    const from = first && first.step !== frame.step ? ` It was ${format(first.train)} at step ${first.step}.` : '';
    return `Curve of the loss. At step ${frame.step}: train loss ${format(frame.loss.train)}${test}.${from}`;
  }
}

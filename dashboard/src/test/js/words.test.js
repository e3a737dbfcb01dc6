import test from 'node:test';
import assert from 'node:assert/strict';
import { describe, holes, timesNote } from '../../main/resources/dev/neurite/dashboard/page/js/words.js';
import { apart, axisOf, fitted, shareOf } from '../../main/resources/dev/neurite/dashboard/page/js/axes.js';

const series = (y, more = {}) => ({ key: 'k', name: 'train', style: { color: '--c0', dash: [], marker: 'circle' }, x: y.map((_, i) => i + 1), y, ...more });

test('a chart in a sentence', () => {
  assert.equal(describe({ xName: 'step', series: [series([2, 1, 1.5], { best: 'low' })] }), 'train: from 2.0000 to 1.5000, best 1.0000 at step 2.');
  assert.equal(describe({ xName: 'step', series: [series([2, NaN, 1])] }), 'train: from 2.0000 to 1.0000, between 1.0000 and 2.0000. Not finite at 1 of 3 points.');
  assert.equal(describe({ xName: 'step', series: [series([])] }), 'train: no values yet.');
  assert.equal(describe({ xName: 'step', series: [series([NaN])] }), 'train: no finite value.');
});

test('an axis of numbers over some decades is logarithmic', () => {
  const axis = axisOf('rate', 'rate', ['0.0001', '0.1', '0.01']);
  assert.equal(axis.log, true);
  assert.equal(shareOf(axis, '0.0001'), 0);
  assert.equal(shareOf(axis, '0.1'), 1);
  assert.equal(shareOf(axis, '0.01').toFixed(6), (2 / 3).toFixed(6));
});

test('an axis of texts has them in order', () => {
  const axis = axisOf('optimizer', 'optimizer', ['sgd', 'adam', 'sgd']);
  assert.deepEqual(axis.texts, ['adam', 'sgd']);
  assert.equal(shareOf(axis, 'adam'), 0);
  assert.equal(shareOf(axis, 'sgd'), 1);
  assert.ok(Number.isNaN(shareOf(axis, 'rmsprop')));
  assert.ok(Number.isNaN(shareOf(axis, undefined)));
});

test('one value is in the middle', () => {
  assert.equal(shareOf(axisOf('n', 'n', ['3', '3']), '3'), 0.5);
  assert.equal(shareOf(axisOf('n', 'n', ['x']), 'x'), 0.5);
});

test('marks of an axis that are too near to others are left out, but not those at its ends', () => {
  const place = (mark) => mark;
  assert.deepEqual(apart([0, 5, 20, 29, 40, 95, 100], place, 14), [0, 20, 40, 100]);
  assert.deepEqual(apart([100, 95, 60, 0], place, 14), [100, 60, 0]);
  assert.deepEqual(apart([3, 4], place, 14), [3]);
  assert.deepEqual(apart([3], place, 14), [3]);
  assert.deepEqual(apart([], place, 14), []);
});

test('a text that does not fit is cut', () => {
  assert.equal(fitted('optimizer.rate', 98, 7), 'optimizer.rate');
  assert.equal(fitted('optimizer.rate', 70, 7), 'optimizer…');
  assert.equal(fitted('rate', 3, 7), 'r…');
});

test('values that are not finite are grouped into stretches', () => {
  assert.deepEqual(holes([1, NaN, NaN, 2, Infinity, 3, NaN]), [[1, 2], [4, 4], [6, 6]]);
  assert.deepEqual(holes([1, 2]), []);
});

test('whoever looks at the times of a training that runs is told that they slow it', () => {
  const phases = [{ name: 'update', share: 0.25 }];
  assert.match(timesNote(phases, 'finished'), /^Plain: forward pass\. Striped: backward pass\. update 25\.0\s?%\.$/u);
  assert.equal(timesNote([], undefined), 'Plain: forward pass. Striped: backward pass.');
  for (const state of ['training', 'paused']) assert.match(timesNote(phases, state), /a copy of the model.* slows the training/);
});

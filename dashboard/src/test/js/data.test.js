import test from 'node:test';
import assert from 'node:assert/strict';
import { RunData, alike, curvesOf, headline, metricName, metricsOf, metricWord, testMetrics } from '../../main/resources/dev/neurite/dashboard/page/js/data.js';

const line = (step, k = 'train', m = { loss: 1 / step }) => ({ v: 1, t: 1000 + step, step, epoch: Math.ceil(step / 10), k, m });
const begun = () => {
  const data = new RunData('live');
  data.begin({ lines: 2, series: { 'train.loss': { step: [1, 2], epoch: [1, 1], t: [1001, 1002], v: [1, 'NaN'] } } });
  return data;
};

test('lines of events are added once, even if they are sent again', () => {
  const data = begun();
  assert.equal(data.append([line(3), line(4)], '4'), true);
  assert.equal(data.append([line(3), line(4)], '4'), true);
  assert.equal(data.append([line(2), line(3), line(4), line(5)], '5'), true);
  assert.deepEqual(data.series.get('train.loss').step, [1, 2, 3, 4, 5]);
  assert.equal(data.lines, 5);
});

test('missing lines are noticed', () => {
  const data = begun();
  assert.equal(data.append([line(5)], '5'), false);
  assert.deepEqual(data.series.get('train.loss').step, [1, 2]);
  assert.equal(data.lines, 2);
});

test('values that are not finite stay in the series', () => {
  const data = begun();
  data.append([line(3, 'val', { loss: 'Infinity', acc: null })], '3');
  assert.ok(Number.isNaN(data.series.get('train.loss').v[1]));
  assert.equal(data.series.get('val.loss').v[0], Infinity);
  assert.equal(data.series.has('val.acc'), false);
});

test('figures of updates have a series each', () => {
  const data = begun();
  data.append([line(3, 'updates', { 'dense1.weight': { ratio: 0.001, grad_norm: 0.5 } })], '3');
  assert.deepEqual(data.series.get('updates.dense1.weight.ratio').v, [0.001]);
  assert.deepEqual([...data.metrics().keys()], ['loss']);
});

test('lines of histograms have figures of updates, too', () => {
  const data = begun();
  const sample = (step) => line(step, 'histograms', {
    'dense1.weight': { value: { norm: 2 }, gradient: { norm: 0.5 }, update: { norm: 0.004 } },
    'dense1.bias': { value: { norm: 0 }, gradient: { norm: 0.1 }, update: { norm: 0 } },
    dense1: { output: { norm: 3 }, zeros: 0.5 },
  });
  assert.equal(data.sampled(sample(3)), true);
  assert.equal(data.sampled(sample(3)), false); // known already
  assert.equal(data.sampled(sample(10)), true);
  assert.deepEqual(data.series.get('updates.dense1.weight.ratio').v, [0.002, 0.002]);
  assert.deepEqual(data.series.get('updates.dense1.bias.grad_norm').step, [3, 10]);
  const updates = [...data.series.keys()].filter((key) => key.startsWith('updates.'));
  assert.deepEqual(updates, ['updates.dense1.weight.ratio', 'updates.dense1.weight.grad_norm', 'updates.dense1.bias.grad_norm']);
});

test('figures of updates that are logged are not mixed with those of histograms', () => {
  const data = begun();
  data.append([line(3, 'updates', { 'dense1.weight': { ratio: 0.001, update_norm: 0.1 } })], '3');
  const sample = line(4, 'histograms', { 'dense1.weight': { value: { norm: 2 }, gradient: { norm: 0.5 }, update: { norm: 0.004 } } });
  assert.equal(data.sampled(sample), false);
  const later = new RunData('live');
  later.begin({ lines: 1, series: { 'updates.dense1.weight.update_norm': { step: [1], epoch: [1], t: [1], v: [1] } } });
  assert.equal(later.sampled(sample), false);
});

test('the learning rate is no metric; parts are in order', () => {
  const data = begun();
  data.append([line(3, 'val', { f1: 0.5, acc: 0.7, loss: 2 }), line(4, 'train', { loss: 1, acc: 0.6, lr: 0.1 })], '4');
  assert.deepEqual([...data.metrics()], [['loss', ['train', 'val']], ['acc', ['train', 'val']], ['f1', ['val']]]);
});

test('a very long series is thinned out, and its parts stay of equal length', () => {
  const data = begun();
  for (let i = 3; i < 9000; i++) data.append([line(i)], String(i));
  const points = data.series.get('train.loss');
  assert.ok(points.v.length <= 6000, `${points.v.length}`);
  for (const key of ['step', 'epoch', 't']) assert.equal(points[key].length, points.v.length);
  assert.equal(points.step.at(-1), 8999);
});

test('x by step, epoch and time', () => {
  const data = begun();
  const points = data.series.get('train.loss');
  assert.deepEqual(data.x(points, 'step'), [1, 2]);
  assert.deepEqual(data.x(points, 'time'), [0, 1]);
  assert.deepEqual(data.x(points, 'epoch'), [1, 1]);
  data.told({ state: 'training', steps: 100, epochs: 10 });
  assert.deepEqual(data.x(points, 'epoch'), [0.1, 0.2]);
});

test('a note is kept once', () => {
  const data = begun();
  data.note({ t: 1, level: 'info', text: 'a' });
  data.note({ t: 1, level: 'info', text: 'a' });
  data.note({ t: 2, level: 'info', text: 'a' });
  assert.equal(data.notes.length, 2);
});

test('names of metrics', () => {
  assert.equal(metricName('acc'), 'Accuracy');
  assert.equal(metricName('f1-macro'), 'F1 macro');
});

test('the figure of a run has its name, and is never a loss of the training', () => {
  const test = { rows: 30, score: 'acc', m: { acc: 0.9667, loss: 0.1 } };
  assert.deepEqual(headline({ test, metrics: { 'val.acc': 0.5 } }), { name: 'test accuracy', value: '96.7\u00a0%' });
  assert.deepEqual(headline({ test: { rows: 3, score: 'r2', m: { r2: 'NaN' } } }), { name: 'test R²', value: 'NaN' });
  assert.deepEqual(headline({ test: null, metrics: { 'train.loss': 0.1, 'val.loss': 0.25 } }), { name: 'validation loss', value: '0.2500' });
  assert.deepEqual(headline({ metrics: { 'train.acc': 1, 'test.acc': 0.9 } }), { name: 'test accuracy', value: '90.0\u00a0%' });
  assert.equal(headline({ test: null, metrics: { 'train.loss': 0.1, 'train.acc': 1 } }), null);
  assert.equal(headline({}), null);
});

test('metrics within a sentence', () => {
  assert.equal(metricWord('acc'), 'accuracy');
  assert.equal(metricWord('r2'), 'R²');
  assert.equal(metricWord('rmse'), 'RMSE');
  assert.equal(metricWord('roc-auc'), 'ROC AUC');
  assert.equal(metricWord('balanced-accuracy'), 'balanced accuracy');
});

test('runs of one data set are compared, with and without validation', () => {
  const runs = [{ id: 'a', data: 'iris', started: 1 }, { id: 'b', data: 'mnist', started: 2 }, { id: 'c', data: 'iris', started: 3 }, { id: 'd', data: 'iris', started: 4, state: 'unreadable' }];
  assert.deepEqual(alike(runs, 'a').map((run) => run.id), ['a', 'c']);
  assert.deepEqual(alike(runs, 'none').map((run) => run.id), ['d', 'c', 'a']);
  assert.deepEqual(alike([], undefined), []);
  const make = (...keys) => {
    const data = new RunData('x');
    data.begin({ lines: 1, series: Object.fromEntries(keys.map((key) => [key, { step: [1], epoch: [1], t: [1], v: [1] }])) });
    return data;
  };
  const validated = make('train.loss', 'val.loss', 'train.acc', 'val.acc');
  const plain = make('train.loss', 'test.loss', 'test.f1');
  assert.deepEqual(metricsOf([validated, plain]), ['loss', 'acc', 'f1']);
  assert.deepEqual(curvesOf(validated, 'loss', 'eval'), ['val']);
  assert.deepEqual(curvesOf(plain, 'loss', 'eval'), ['test']);
  assert.deepEqual(curvesOf(plain, 'loss', 'all'), ['test', 'train']);
  assert.deepEqual(curvesOf(plain, 'f1', 'train'), []);
  assert.deepEqual(curvesOf(plain, 'acc', 'eval'), []);
});

test('the scores of the test part come before its loss', () => {
  const run = (score, m) => ({ test: { rows: 1, score, m } });
  assert.deepEqual(testMetrics([run('r2', { loss: 1, rmse: 1, r2: 1 }), { test: null }, {}, run('acc', { acc: 1, loss: 1 })]), ['r2', 'acc', 'rmse', 'loss']);
});

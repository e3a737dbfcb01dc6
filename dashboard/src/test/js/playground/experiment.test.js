import assert from 'node:assert/strict';
import test from 'node:test';
import { changed, fromLink, losses, toLink, withLayer, withUnits } from '../../../main/resources/dev/neurite/dashboard/page/js/playground/experiment.js';

const USUAL = {
  data: 'circles', noise: 0, share: 50, batch: 10, shuffle: true, seed: 0, features: ['x1', 'x2'], layers: [4, 2], activation: 'tanh',
  loss: 'cross-entropy', optimizer: 'sgd', rate: 0.03, penalty: 'none', strength: 0, dropout: 0, edits: [],
};

test('an experiment survives its link', () => {
  const all = { ...USUAL, shuffle: false, features: ['x1*x2', 'sin(x1)', 'x2^2'], layers: [], rate: 1e-5,
    edits: [{ layer: 1, unit: 2, input: 0, value: -0.25 }, { layer: 1, unit: 1, input: 3, value: 1e-7 }] };
  assert.deepEqual(fromLink(`#${toLink(all)}`), all);
  assert.deepEqual({ ...fromLink(toLink(USUAL)), edits: [] }, USUAL);
});

test('a link says only what it says, and wrong values stay for the server to refuse', () => {
  assert.deepEqual(fromLink('#'), {});
  assert.deepEqual(fromLink('#batch=many&rate=&layers=2,x'), { batch: 'many', rate: '', layers: [2, 'x'] });
  assert.equal(fromLink('#shuffle=no').shuffle, 'no');
});

test('a change takes along what depends on it', () => {
  const edited = { ...USUAL, edits: [{ layer: 1, unit: 1, input: 1, value: 2 }] };
  assert.deepEqual(changed(edited, { rate: 1 }).edits, edited.edits);
  assert.deepEqual(changed(edited, { layers: [3] }).edits, []);
  assert.equal(changed(USUAL, { data: 'hills' }).loss, 'squared');
  assert.equal(changed({ ...USUAL, data: 'hills', loss: 'huber' }, { data: 'xor' }).loss, 'cross-entropy');
  assert.equal(changed({ ...USUAL, loss: 'hinge' }, { data: 'xor' }).loss, 'hinge');
  assert.equal(changed({ ...USUAL, loss: 'huber' }, { data: 'plane' }).loss, 'huber');
  assert.deepEqual(losses('identity'), ['cross-entropy']);
  assert.ok(!losses('plane').includes('hinge'));
});

test('layers and units stay within their limits', () => {
  assert.deepEqual(withLayer([4, 2]), [4, 2, 1]);
  assert.deepEqual(withLayer([]), [2]);
  assert.equal(withLayer([1, 1, 1, 1, 1, 1]).length, 6);
  assert.deepEqual(withUnits([8, 1], 0, 1), [8, 1]);
  assert.deepEqual(withUnits([8, 1], 1, -1), [8, 1]);
  assert.deepEqual(withUnits([8, 1], 1, 1), [8, 2]);
});

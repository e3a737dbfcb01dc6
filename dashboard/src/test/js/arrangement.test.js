import test from 'node:test';
import assert from 'node:assert/strict';
import { Arrangement } from '../../main/resources/dev/neurite/dashboard/page/js/arrangement.js';

const storage = (saved = {}) => ({ getItem: (key) => saved[key] ?? null, setItem: (key, value) => { saved[key] = value; } });

test('charts stay in their usual order until one is moved, and the choice is remembered', () => {
  const place = storage();
  const first = new Arrangement(place);
  assert.deepEqual(first.sorted(['loss', 'acc', 'lr']), ['loss', 'acc', 'lr']);
  assert.equal(first.changed, false);
  first.move(['loss', 'acc', 'lr'], 'lr', 0);
  first.pin('lr', true);
  first.pin('acc', false);
  const again = new Arrangement(place);
  assert.deepEqual(again.sorted(['loss', 'acc', 'lr']), ['lr', 'loss', 'acc']);
  assert.equal(again.pinned('lr', false), true);
  assert.equal(again.pinned('acc', true), false);
  assert.equal(again.pinned('loss', true), true);
  again.reset();
  assert.equal(new Arrangement(place).changed, false);
});

test('charts that another run lacks or has besides keep their places', () => {
  const one = new Arrangement(storage());
  one.move(['loss', 'acc', 'lr'], 'loss', 2);
  assert.deepEqual(one.sorted(['loss', 'lr']), ['lr', 'loss']);
  assert.deepEqual(one.sorted(['loss', 'f1', 'acc', 'lr']), ['acc', 'f1', 'lr', 'loss']);
  one.move(['loss', 'f1'], 'f1', 0);
  assert.deepEqual(one.sorted(['loss', 'acc', 'f1']), ['f1', 'loss', 'acc']);
});

test('a place that is damaged, or none, is no obstacle', () => {
  for (const text of ['{', '[]', 'null', '{"order":3,"pins":"x"}', '{"order":[1,"a"],"pins":{"a":1}}']) {
    const one = new Arrangement(storage({ 'neurite.charts': text }));
    assert.deepEqual(one.sorted(['b', 'a']), ['b', 'a']);
    assert.equal(one.pinned('a', false), false);
  }
  const none = new Arrangement(null);
  none.move(['a', 'b'], 'b', 0);
  assert.deepEqual(none.sorted(['a', 'b']), ['b', 'a']);
  const full = new Arrangement({ getItem: () => null, setItem() { throw new Error('full'); } });
  full.pin('a', true);
  assert.equal(full.pinned('a', false), true);
});

import assert from 'node:assert/strict';
import test from 'node:test';
import { positive, table, width } from '../../../main/resources/dev/neurite/dashboard/page/js/playground/colors.js';
import { add, path, top } from '../../../main/resources/dev/neurite/dashboard/page/js/playground/series.js';
import { explained } from '../../../main/resources/dev/neurite/dashboard/page/js/playground/server.js';

test('bytes go from one colour over the middle to the other', () => {
  const colors = table([255, 0, 0], [100, 100, 100], [0, 0, 255], false);
  assert.deepEqual([...colors.subarray(0, 4)], [227, 18, 18, 255]); // 82 % of the way, so that points stand out
  assert.deepEqual([...colors.subarray(1020)], [18, 18, 227, 255]);
  assert.ok(Math.abs(colors[4 * 127] - 100) <= 1);
  const two = table([255, 0, 0], [100, 100, 100], [0, 0, 255], true);
  assert.deepEqual(two.subarray(0, 4), two.subarray(4 * 127, 4 * 127 + 4));
  assert.deepEqual(two.subarray(4 * 128, 4 * 128 + 4), two.subarray(1020));
  assert.notDeepEqual(two.subarray(0, 4), two.subarray(1020));
});

test('shares and widths', () => {
  assert.equal(positive(new Uint8Array([0, 127, 128, 255])), 50);
  assert.equal(positive(new Uint8Array()), 0);
  assert.ok(width(0) > 0 && width(0) < 1);
  assert.ok(width(-2) > width(1));
  assert.equal(width(1000), 10);
  assert.equal(width(NaN), 10);
});

test('the course keeps few points, its first and its last', () => {
  let points = [];
  for (let step = 0; step <= 5000; step++) points = add(points, { step, train: 1, test: null });
  assert.ok(points.length <= 600 && points.length > 250);
  assert.equal(points[0].step, 0);
  assert.equal(points.at(-1).step, 5000);
  points = add(points, { step: 5000, train: 2, test: null });
  assert.equal(points.at(-1).train, 2);
  assert.equal(points.at(-2).step < 5000, true);
  assert.deepEqual(add(points, { step: 0, train: 3, test: null }), [{ step: 0, train: 3, test: null }]);
});

test('a curve has gaps where the loss is not finite', () => {
  const points = [{ step: 0, train: 2, test: null }, { step: 1, train: NaN, test: null }, { step: 2, train: 1, test: 4 }];
  assert.equal(top(points), 4);
  assert.equal(top([]), 1);
  assert.equal(path(points, 'train', 100, 40, 4), 'M0.0 20.0M100.0 30.0');
  assert.equal(path(points, 'test', 100, 40, 4), 'M100.0 0.0');
});

test('errors name the setting', () => {
  assert.equal(explained({ error: { code: 'value', path: 'experiment.layers[1]', message: 'expects 1 to 8, got 9' } }, 400), 'layers[1]: expects 1 to 8, got 9');
  assert.equal(explained({ error: { path: '', message: 'ended' } }, 404), 'ended');
  assert.equal(explained(null, 502), 'The server answered 502.');
});

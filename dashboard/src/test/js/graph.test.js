import test from 'node:test';
import assert from 'node:assert/strict';
import { layout } from '../../main/resources/dev/neurite/dashboard/page/js/graph.js';

const SIZES = { width: 100, height: 40, gap: 20, level: 30 };
const chain = (n) => Array.from({ length: n }, (_, i) => ({ sources: [i === 0 ? -1 : i - 1] }));

test('a sequence is a straight column', () => {
  const drawing = layout(chain(5), SIZES);
  assert.equal(drawing.width, 100);
  assert.equal(new Set(drawing.nodes.map((node) => node.x)).size, 1);
  assert.deepEqual(drawing.nodes.map((node) => node.y), [90, 160, 230, 300, 370]);
  assert.equal(drawing.height, 390);
});

test('every edge leads downwards', () => {
  const network = [{ sources: [-1] }, { sources: [0] }, { sources: [0] }, { sources: [1, 2] }, { sources: [0, 3] }];
  const drawing = layout(network, SIZES);
  assert.equal(drawing.edges.length, 7);
  for (const { points } of drawing.edges) points.forEach((point, i) => i && assert.ok(point.y > points[i - 1].y));
});

test('branches stand beside each other and never overlap', () => {
  const network = [{ sources: [-1] }, { sources: [0] }, { sources: [0] }, { sources: [0] }, { sources: [1, 2, 3] }];
  const drawing = layout(network, SIZES);
  const xs = [1, 2, 3].map((i) => drawing.nodes[i].x).sort((a, b) => a - b);
  assert.ok(xs[1] - xs[0] >= 120 && xs[2] - xs[1] >= 120, xs.join());
  assert.ok(Math.abs(drawing.nodes[4].x - xs[1]) < 1e-6, 'the join is below the middle');
});

test('the long edge of a residual block passes beside the nodes that it skips', () => {
  const network = [{ sources: [-1] }, { sources: [0] }, { sources: [1] }, { sources: [0, 2] }];
  const drawing = layout(network, SIZES);
  const skip = drawing.edges.find((edge) => edge.from === 0 && edge.to === 3);
  assert.equal(skip.points.length, 4);
  for (const i of [1, 2]) assert.ok(Math.abs(skip.points[i].x - drawing.nodes[i].x) >= 50, 'not through a box');
});

test('several inputs', () => {
  const drawing = layout([{ sources: [-1] }, { sources: [-2] }, { sources: [0, 1] }], SIZES);
  assert.equal(drawing.inputs.length, 2);
  assert.ok(drawing.inputs[0].x !== drawing.inputs[1].x);
  assert.ok(drawing.nodes[0].x < drawing.nodes[1].x === drawing.inputs[0].x < drawing.inputs[1].x, 'without crossing');
});

test('a deep residual network stays within its width and is fast', () => {
  const network = [{ sources: [-1] }];
  for (let block = 0; block < 60; block++) {
    const start = network.length - 1;
    network.push({ sources: [start] }, { sources: [start + 1] }, { sources: [start, start + 2] });
  }
  const before = performance.now();
  const drawing = layout(network, SIZES);
  assert.ok(performance.now() - before < 500);
  assert.ok(drawing.width < 400, `${drawing.width}`);
  for (const node of drawing.nodes) assert.ok(node.x >= 50 - 1e-6 && node.x <= drawing.width - 50 + 1e-6);
});

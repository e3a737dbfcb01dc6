import test from 'node:test';
import assert from 'node:assert/strict';
import { parse, format, Store, USUAL } from '../../main/resources/dev/neurite/dashboard/page/js/state.js';

test('a usual view has no fragment', () => {
  assert.equal(format(parse('').view), '');
});

test('every part of a view survives the address', () => {
  const view = { ...structuredClone(USUAL), run: 'runs/2026-11-24 & co', tab: 'compare', q: 'ü 7#', smooth: 0.9, log: true, x: 'time', zoom: [10.5, 99],
    hide: ['train.loss', 'a,b~c'], tables: ['metric-loss'], node: 'layer1.0.conv1', of: 'conv1.weight', what: 'delta', hist: 'heat', row: 17, matrix: 'row',
    cell: [3, 5], only: '4', sort: '-f1', part: 'val', runs: ['a', 'b,c'], metric: 'acc', curves: 'all', order: '-seconds', search: 'grid', brush: ['optimizer.rate:0.1:0.5'], level: 'warning' };
  for (const key of Object.keys(USUAL)) assert.notDeepEqual(view[key], USUAL[key], `${key} must differ for this test`);
  assert.deepEqual(parse(format(view)).view, view);
});

test('the token is told apart and never written', () => {
  const { view, token } = parse('#token=abc&tab=errors');
  assert.equal(token, 'abc');
  assert.equal(view.tab, 'errors');
  assert.equal(format(view), '#tab=errors');
  assert.equal(parse('#tab=errors').token, null);
});

test('what cannot be read counts as not given', () => {
  const { view } = parse('#tab=nothing&x=miles&smooth=much&zoom=5&cell=a,b&row=-3&what=__proto__');
  assert.deepEqual(view, USUAL);
  assert.deepEqual(parse('#zoom=9,3').view.zoom, []);
  assert.equal(parse('#smooth=7').view.smooth, 0.99);
});

test('listeners hear only what changed', () => {
  const store = new Store(parse('').view);
  const heard = [];
  store.on((changed) => heard.push([...changed].sort()));
  store.set({ tab: 'layers', log: false });
  store.set({ tab: 'layers' });
  store.set({ zoom: [1, 2], x: 'epoch' });
  assert.deepEqual(heard, [['tab'], ['x', 'zoom']]);
});

test('items of lists are switched', () => {
  const store = new Store(parse('').view);
  store.toggle('runs', 'a', true);
  store.toggle('runs', 'b', true);
  store.toggle('runs', 'a', true);
  assert.deepEqual(store.view.runs, ['b', 'a']);
  store.toggle('runs', 'b', false);
  assert.deepEqual(store.view.runs, ['a']);
});

test('a link of an earlier version names the part of a metric', () => {
  assert.equal(parse('#metric=val.acc').view.metric, 'acc');
  assert.equal(parse('#metric=f1.macro').view.metric, 'f1.macro');
});

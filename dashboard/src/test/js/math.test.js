import test from 'node:test';
import assert from 'node:assert/strict';
import * as math from '../../main/resources/dev/neurite/dashboard/page/js/math.js';

test('smoothing has no bias at the start', () => {
  assert.deepEqual(math.smooth([5, 5, 5], 0.9).map((v) => Number(v.toFixed(12))), [5, 5, 5]);
  // By hand: after two values with weight 0.5 the mean is (0.25·2 + 0.5·4) / 0.75.
  assert.equal(math.smooth([2, 4], 0.5)[1].toFixed(12), (2.5 / 0.75).toFixed(12));
});

test('smoothing by 0 changes nothing', () => {
  assert.deepEqual(math.smooth([3, 1, 2], 0), [3, 1, 2]);
});

test('smoothing keeps values that are not finite where they are, and goes on behind them', () => {
  const smooth = math.smooth([1, NaN, 3, Infinity], 0.5);
  assert.ok(Number.isNaN(smooth[1]));
  assert.equal(smooth[3], Infinity);
  assert.equal(smooth[2].toFixed(12), math.smooth([1, 3], 0.5)[1].toFixed(12));
});

test('thinning out keeps each spike, the first gap of a piece and the newest value', () => {
  const y = Array.from({ length: 10_000 }, (_, i) => Math.sin(i / 50));
  y[1234] = 100;
  y[5678] = -100;
  y[8000] = NaN;
  const kept = math.thin(y, 500);
  assert.ok(kept.length <= 760, `${kept.length} points`);
  for (const place of [1234, 5678, 8000, 9999]) assert.ok(kept.includes(place), `place ${place}`);
  assert.deepEqual(kept, [...kept].sort((a, b) => a - b));
  assert.equal(new Set(kept).size, kept.length);
});

test('a short series is kept as it is', () => {
  assert.deepEqual(math.thin([3, 1, 2], 10), [0, 1, 2]);
});

test('series with different x share one axis: undefined where there is no point, null where it is not finite', () => {
  const [x, a, b] = math.align([{ x: [1, 2, 3], y: [10, NaN, 30] }, { x: [2, 4], y: [7, 8] }]);
  assert.deepEqual(x, [1, 2, 3, 4]);
  assert.deepEqual(a, [10, null, 30, undefined]);
  assert.deepEqual(b, [undefined, 7, undefined, 8]);
});

test('the nearest value', () => {
  assert.equal(math.nearest([0, 10, 20], 14), 1);
  assert.equal(math.nearest([0, 10, 20], 16), 2);
  assert.equal(math.nearest([0, 10, 20], -5), 0);
  assert.equal(math.nearest([0, 10, 20], 99), 2);
  assert.equal(math.nearest([], 1), -1);
});

test('the best value leaves out what is not finite', () => {
  assert.equal(math.best([3, NaN, 1, 2], false), 2);
  assert.equal(math.best([3, Infinity, 1, 2], true), 0);
  assert.equal(math.best([NaN], true), -1);
});

test('which metrics are better when higher', () => {
  for (const name of ['acc', 'f1-macro', 'auc', 'r2']) assert.equal(math.higherIsBetter(name), true, name);
  for (const name of ['loss', 'mae', 'rmse', 'calibration-error', 'log-loss']) assert.equal(math.higherIsBetter(name), false, name);
});

test('ticks are round, within the range and about as many as asked for', () => {
  assert.deepEqual(math.ticks(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(math.ticks(-3, 7, 5), [-2, 0, 2, 4, 6]);
  assert.deepEqual(math.ticks(5, 5, 5), [5]);
  assert.deepEqual(math.ticks(NaN, 1, 5), []);
});

test('ticks of a logarithmic axis', () => {
  assert.deepEqual(math.logTicks(0.01, 1), [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]);
  assert.deepEqual(math.logTicks(1e-6, 1), [1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
  assert.deepEqual(math.logTicks(0.0021, 0.0029), [0.0022, 0.0024, 0.0026, 0.0028]);
  for (const [low, high] of [[0.00187, 1.15], [1.1e-7, 0.3], [5e-324, 1e300], [0.3, 0.300001]]) {
    const all = math.logTicks(low, high);
    assert.ok(all.length >= 2 && all.length < 60, `${low} to ${high}: ${all.length}`);
  }
});

test('figures', () => {
  assert.equal(math.figure(0.071234), '0.07123');
  assert.equal(math.figure(0.98712), '0.9871');
  assert.equal(math.figure(12.3456), '12.35');
  assert.equal(math.figure(-3.1e18), '−3.10e18');
  assert.equal(math.figure(NaN), 'NaN');
  assert.equal(math.figure(-Infinity), '−∞');
  assert.equal(math.figure(null), '–');
});

test('times of day, of other days with the date', () => {
  const seconds = new Date(2026, 10, 6, 0, 2, 11).getTime() / 1000;
  assert.equal(math.clock(seconds, false), '00:02:11');
  assert.equal(math.clock(seconds, true), 'Nov 06, 00:02:11');
});

test('durations and bytes', () => {
  assert.equal(math.duration(3.21), '3.2 s');
  assert.equal(math.duration(59.6), '1:00');
  assert.equal(math.duration(3725), '1:02:05');
  assert.equal(math.bytes(1536), '1.5 KB');
  assert.equal(math.bytes(139_304), '136 KB');
});

test('numbers of the API', () => {
  assert.ok(Number.isNaN(math.number('NaN')));
  assert.equal(math.number('-Infinity'), -Infinity);
  assert.equal(math.number(0.5), 0.5);
  assert.ok(Number.isNaN(math.number(null)));
  assert.ok(Number.isNaN(math.number('')));
});

test('bins of another width keep the sum', () => {
  const other = math.rebin([1, 2, 3, 4], 0, 4, -2, 6, 16);
  assert.equal(other.reduce((a, b) => a + b, 0).toFixed(9), '10.000000000');
  assert.deepEqual(other.slice(0, 4), [0, 0, 0, 0]);
  assert.equal(other[4].toFixed(9), '0.500000000');
});

test('what lies outside of the new bins goes to the bins at the ends', () => {
  const other = math.rebin([5, 5], -10, 10, 0, 5, 5);
  assert.equal(other.reduce((a, b) => a + b, 0).toFixed(9), '10.000000000');
  assert.ok(other[0] >= 5);
});

test('a constant is in one bin', () => {
  assert.deepEqual(math.rebin([0, 7, 0], 1, 1, 0, 2, 4), [0, 0, 7, 0]);
});

test('deviation of a histogram', () => {
  assert.equal(math.deviation([1, 0, 0, 1], 0, 4).toFixed(9), '1.500000000');
  assert.ok(Number.isNaN(math.deviation([0, 0], 0, 1)));
});

test('some of many, with the first and the last', () => {
  assert.deepEqual(math.spread(3, 5), [0, 1, 2]);
  const some = math.spread(100, 5);
  assert.deepEqual(some, [0, 25, 50, 74, 99]);
});

test('CSV quotes what would break it', () => {
  assert.equal(math.csvLine(['a,b', 'say "hi"', 'two\nlines', 3, null]), '"a,b","say ""hi""","two\nlines",3,');
});

test('CSV has no formulas', () => {
  assert.equal(math.csvLine(['=1+1', '+a', '-a', '@a', '\t=a', '\r=a', '=a,"b"']), '\'=1+1,\'+a,\'-a,\'@a,\'\t=a,"\'\r=a","\'=a,""b"""');
  assert.equal(math.csvLine([-1.5, '-1.5', '+2e-3', -Infinity, 'a=b', "'a"]), "-1.5,-1.5,+2e-3,-Infinity,a=b,'a");
});

test('a sorted table has what is missing last, in both directions', () => {
  const sorted = (down) => [2, null, NaN, 10, 1].sort((a, b) => math.compare(a, b, down));
  assert.deepEqual(sorted(false).slice(0, 3), [1, 2, 10]);
  assert.deepEqual(sorted(true).slice(0, 3), [10, 2, 1]);
  assert.deepEqual(['run-10', 'run-9'].sort((a, b) => math.compare(a, b, false)), ['run-9', 'run-10']);
});

test('differences of configurations', () => {
  const rows = math.differences([{ a: '1', b: 2, c: 'x' }, { a: '1', b: 3 }]);
  assert.deepEqual(rows, [{ key: 'b', values: ['2', '3'] }, { key: 'c', values: ['x', null] }]);
  assert.equal(math.mostCommon(['2', '3', '3']), '3');
});

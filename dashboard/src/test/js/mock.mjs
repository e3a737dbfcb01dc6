// A development server: serves the page with made-up trainings that move, in the form of the API.
//   node dashboard/src/test/js/mock.mjs [port]
// It checks nothing and must not be reachable by others; the real server is dev.neurite.dashboard.http.

import http from 'node:http';
import fs from 'node:fs';
import path from 'node:path';

const PAGE = path.resolve(import.meta.dirname, '../../main/resources/dev/neurite/dashboard/page');
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css; charset=utf-8', js: 'text/javascript; charset=utf-8', svg: 'image/svg+xml' };
const CSP = "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

// ------------------------------------------------------------------------------------------------- made-up numbers

function random(seed) { // mulberry32
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
const normal = (r) => Math.sqrt(-2 * Math.log(r() + 1e-12)) * Math.cos(2 * Math.PI * r());

const STROKES = { // of digits, in a unit square
  0: [[.5, .1, .2, .5], [.2, .5, .5, .9], [.5, .9, .8, .5], [.8, .5, .5, .1]], 1: [[.35, .25, .55, .1], [.55, .1, .5, .9]],
  2: [[.25, .25, .5, .1], [.5, .1, .72, .3], [.72, .3, .25, .88], [.25, .88, .78, .88]], 3: [[.25, .12, .75, .12], [.75, .12, .45, .45], [.45, .45, .75, .68], [.75, .68, .28, .9]],
  4: [[.6, .1, .22, .6], [.22, .6, .8, .6], [.62, .3, .6, .92]], 5: [[.75, .1, .3, .1], [.3, .1, .28, .45], [.28, .45, .72, .58], [.72, .58, .3, .9]],
  6: [[.65, .1, .3, .55], [.3, .55, .45, .9], [.45, .9, .72, .68], [.72, .68, .32, .6]], 7: [[.22, .12, .78, .12], [.78, .12, .45, .9]],
  8: [[.5, .1, .28, .3], [.28, .3, .72, .7], [.72, .7, .5, .9], [.5, .9, .28, .7], [.28, .7, .72, .3], [.72, .3, .5, .1]], 9: [[.72, .35, .45, .12], [.45, .12, .28, .38], [.28, .38, .7, .4], [.72, .3, .6, .92]],
};
function digit(label, seed) {
  const r = random(seed * 31 + label);
  const bytes = new Uint8Array(784);
  const slant = normal(r) * .12;
  const width = 1.1 + r() * 0.7;
  const lines = STROKES[label].map((line) => line.map((v) => v + normal(r) * .025));
  for (let y = 0; y < 28; y++) for (let x = 0; x < 28; x++) {
    const u = (x - 4) / 20 + slant * ((y - 14) / 14);
    const v = (y - 4) / 20;
    let near = 9;
    for (const [ax, ay, bx, by] of lines) {
      const l = (bx - ax) ** 2 + (by - ay) ** 2 || 1e-9;
      const t = Math.max(0, Math.min(1, ((u - ax) * (bx - ax) + (v - ay) * (by - ay)) / l));
      near = Math.min(near, Math.hypot(u - ax - t * (bx - ax), v - ay - t * (by - ay)));
    }
    bytes[y * 28 + x] = Math.round(255 * Math.max(0, Math.min(1, width - near * 20 + .2)));
  }
  return { width: 28, height: 28, channels: 1, pixels: Buffer.from(bytes).toString('base64') };
}

const now = () => Date.now() / 1000;
const START = now();
const PER_EPOCH = 422;
const EPOCHS = 12;
const STEPS = PER_EPOCH * EPOCHS;

const NETWORKS = {
  cnn: { parameters: 34826, memoryBytes: 139304, nodes: [
    { name: 'conv1', type: 'conv2d', settings: '32 filters, 3×3', in: [[1, 28, 28]], out: [[32, 26, 26]], parameters: 320, flops: 389376, activation: 'relu', sources: [-1] },
    { name: 'pool1', type: 'max-pool', settings: '2×2', in: [[32, 26, 26]], out: [[32, 13, 13]], parameters: 0, flops: 5408, activation: '', sources: [0] },
    { name: 'block.conv1', type: 'conv2d', settings: '32 filters, 3×3, same', in: [[32, 13, 13]], out: [[32, 13, 13]], parameters: 9248, flops: 3115008, activation: 'relu', sources: [1] },
    { name: 'block.conv2', type: 'conv2d', settings: '32 filters, 3×3, same', in: [[32, 13, 13]], out: [[32, 13, 13]], parameters: 9248, flops: 3115008, activation: '', sources: [2] },
    { name: 'block.shortcut', type: 'conv2d', settings: '32 filters, 1×1', in: [[32, 13, 13]], out: [[32, 13, 13]], parameters: 1056, flops: 346112, activation: '', sources: [1] },
    { name: 'block.add', type: 'add', settings: '', in: [[32, 13, 13], [32, 13, 13]], out: [[32, 13, 13]], parameters: 0, flops: 5408, activation: 'relu', sources: [3, 4] },
    { name: 'pool2', type: 'average-pool', settings: 'global', in: [[32, 13, 13]], out: [[32]], parameters: 0, flops: 5408, activation: '', sources: [5] },
    { name: 'dropout', type: 'dropout', settings: 'rate 0.3', in: [[32]], out: [[32]], parameters: 0, flops: 0, activation: '', sources: [6] },
    { name: 'dense1', type: 'dense', settings: '10 units', in: [[32]], out: [[10]], parameters: 330, flops: 640, activation: 'softmax', sources: [7] }] },
  mlp: { parameters: 79510, memoryBytes: 318040, nodes: [
    { name: 'dense1', type: 'dense', settings: '100 units', in: [[784]], out: [[100]], parameters: 78500, flops: 156800, activation: 'tanh', sources: [-1] },
    { name: 'dense2', type: 'dense', settings: '10 units', in: [[100]], out: [[10]], parameters: 1010, flops: 2000, activation: 'softmax', sources: [0] }] },
};
const DIGITS = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];

function curve(run, step) {
  const r = random(run.seed * 7919 + step);
  const p = step / STEPS;
  const diverged = run.breaks && step > run.breaks;
  const loss = diverged ? NaN : run.floor + 2.3 * Math.exp(-step / run.pace) + Math.abs(normal(r)) * 0.08 * Math.exp(-p * 1.5);
  return { loss, acc: diverged ? NaN : Math.min(1, 1 - loss / 3 - 0.01 * r()), p };
}
function linesOf(run, from, to) {
  const lines = [];
  for (let step = from + 1; step <= to; step++) {
    const epoch = Math.ceil(step / PER_EPOCH);
    const t = run.started + step * run.secondsPerStep;
    const text = (v) => (Number.isFinite(v) ? v : String(v));
    if (step % 5 === 0 || step === 1) {
      const { loss, acc, p } = curve(run, step);
      lines.push({ v: 1, t, step, epoch, k: 'train', m: { loss: text(loss), acc: text(acc), lr: run.rate * (run.schedule === 'cosine' ? 0.5 * (1 + Math.cos(Math.PI * p)) : 1) } });
    }
    if (step % 60 === 0) {
      const r = random(step + run.seed);
      const m = {};
      run.network.nodes.filter((node) => node.parameters).forEach((node, i) => {
        m[`${node.name}.weight`] = { grad_norm: (0.5 + r()) * Math.exp(-step / 900) + 0.02, norm: 5 + i + step / 900, update_norm: .01, ratio: (0.0004 + 0.002 * r()) * Math.exp(-step / 2500) * (i + 1) };
      });
      lines.push({ v: 1, t, step, epoch, k: 'updates', m });
    }
    if (step % PER_EPOCH === 0) {
      const { loss, acc } = curve(run, step + 1e6 % 7);
      const over = run.overfits ? 0.02 * Math.max(0, epoch - 6) : 0;
      lines.push({ v: 1, t, step, epoch, k: 'val', m: { loss: text(loss * 1.05 + 0.01 + over), acc: text(Math.min(1, acc - 0.008 - over / 3)), 'f1-macro': text(Math.min(1, acc - 0.01 - over / 3)) } });
    }
  }
  return lines;
}
const make = (id, more) => ({ id, name: id, data: 'mnist', model: 'cnn', kind: 'image', seed: id.length * 17 + id.charCodeAt(id.length - 1), pace: 300, floor: 0.03, rate: 0.001, secondsPerStep: 0.04,
  state: 'finished', started: START - 86400, network: NETWORKS.cnn, schedule: 'cosine', optimizer: 'adam', batch: 128, ...more });
const runs = [
  make('2026-11-27_cnn-7', { state: 'training', started: START - 60, live: true, overfits: false }),
  make('2026-11-26_cnn-6', { pace: 420, floor: 0.05, overfits: true, started: START - 90000, tags: ['baseline', 'paper'], note: 'Before the augmentation; compare with cnn-7.' }),
  make('2026-11-26_mlp-5', { pace: 260, floor: 0.09, model: '100', network: NETWORKS.mlp, optimizer: 'sgd', rate: 0.1, schedule: 'constant', started: START - 99000 }),
  make('2026-11-25_cnn-4', { pace: 200, breaks: 1900, rate: 0.03, state: 'failed', started: START - 180000 }),
  make('2026-11-24_iris-3', { pace: 150, floor: 0.12, data: 'iris', kind: 'table', model: '16', started: START - 260000, network: NETWORKS.mlp }),
  make('2026-11-23_spiral-2', { pace: 600, floor: 0.2, data: 'spiral', kind: 'points', model: '16,16', started: START - 300000, network: NETWORKS.mlp }),
  make('2026-11-22_house-1', { pace: 500, floor: 0.4, data: 'house-prices', kind: 'regression', model: '32', started: START - 400000, network: NETWORKS.mlp }),
];
const TRIALS = Array.from({ length: 40 }, (_, i) => {
  const r = random(i + 5);
  const values = { 'optimizer.rate': String(Number((10 ** (-4 + 3 * r())).toPrecision(3))), 'optimizer.name': ['adam', 'sgd', 'rmsprop'][Math.floor(r() * 3)], 'layers.0.units': String([16, 32, 64, 128][Math.floor(r() * 4)]), 'batch': String([32, 64, 128][Math.floor(r() * 3)]), 'dropout': String(Number((r() * .5).toFixed(2))) };
  const off = Math.abs(Math.log10(Number(values['optimizer.rate'])) + 2.6);
  return { number: i + 1, values, score: i === 11 ? 'NaN' : 0.985 - 0.03 * off - 0.02 * r() + (values['optimizer.name'] === 'adam' ? 0.004 : 0), state: i === 11 ? 'failed' : 'finished', seconds: 20 + 60 * r() };
});
for (let i = 0; i < Number(process.env.TRIALS ?? 6); i++) runs.push(make(`grid-trial-${i + 1}`, { pace: 200 + 80 * i, floor: 0.03 + 0.01 * i, started: START - 500000 + i * 60, search: { name: 'grid', values: TRIALS[i].values, score: TRIALS[i].score }, rate: Number(TRIALS[i].values['optimizer.rate']), optimizer: TRIALS[i].values['optimizer.name'] }));
for (const run of runs) {
  run.step = run.live ? 700 : STEPS;
  run.tags = run.tags ?? [];
  run.note = run.note ?? '';
  run.test = run.live || run.breaks || run.id.endsWith('-1') && run.search ? null : run.kind === 'regression' ? { rows: 600, score: 'r2', m: { r2: 0.934, rmse: 21.9, loss: 480.2 } } : { rows: 2000, score: 'acc', m: { acc: 1 - run.floor / 3, loss: run.floor } };
  run.lines = linesOf(run, 0, run.step);
  run.notes = [{ t: run.started, level: 'info', text: 'training begins, seed 42, 2 threads' }, { t: run.started + 40, level: 'info', text: 'checkpoint checkpoints/step-844 written' },
    ...(run.breaks ? [{ t: run.started + 80, level: 'error', text: 'loss became NaN at step 1,901 (conv1: gradient norm 3.1e18)' }] : [{ t: run.started + 55, level: 'warning', text: 'validation loss rises for 2 epochs' }])];
}
const live = runs[0];
live.paused = process.env.PAUSED === '1';
const clients = new Set();

function state(run) {
  const left = STEPS - run.step;
  return { state: run.live ? (run.paused ? 'paused' : run.state) : run.state, epoch: Math.max(1, Math.ceil(run.step / PER_EPOCH)), epochs: EPOCHS, step: run.step, steps: STEPS, batch: run.step % PER_EPOCH, batches: PER_EPOCH, eta: left * run.secondsPerStep, elapsed: run.step * run.secondsPerStep,
    rowsPerSecond: 3200 + 60 * Math.sin(run.step / 50), msPerStep: 40, heapUsed: 3e8 + 8e7 * ((run.step % 100) / 100), heapMax: 2147483648, rate: run.rate, health: health(run) };
}
function health(run) {
  if (run.breaks) return [{ level: 'bad', title: 'The loss is not finite', text: 'Since step 1,901. Try a lower rate or clipping.', layer: 'conv1' }];
  return [{ level: 'good', title: 'Updates', text: 'Update to parameter ratio 0.0009 to 0.0024: about 0.001 is usual.', layer: '' },
    { level: 'watch', title: 'Dead units', text: '18 % of the units of block.conv1 were 0 for every row.', layer: 'block.conv1' },
    { level: 'good', title: 'Gradient norm', text: '0.84, steady over the last 200 steps.', layer: '' },
    ...(run.overfits ? [{ level: 'watch', title: 'Over-fitting', text: 'Validation loss has risen for 3 epochs; the best was epoch 6.', layer: '' }] : [])];
}
setInterval(() => {
  if (live.paused || live.state !== 'training') return;
  const from = live.step;
  live.step = Math.min(STEPS, live.step + 7);
  if (live.step === STEPS) live.state = 'finished';
  const lines = linesOf(live, from, live.step);
  live.lines.push(...lines);
  for (const client of clients) {
    if (lines.length) client.write(`event: lines\nid: ${live.lines.length}\ndata: ${JSON.stringify(lines)}\n\n`);
    client.write(`event: state\ndata: ${JSON.stringify(state(live))}\n\n`);
  }
}, 250);

// ------------------------------------------------------------------------------------------------------- the API

const summary = (run) => {
  const metrics = {};
  for (const line of run.lines.slice(-300)) if (line.k !== 'updates') for (const [key, value] of Object.entries(line.m)) metrics[`${line.k}.${key}`] = value;
  const s = state(run);
  return { id: run.id, name: run.name, state: s.state, data: run.data, model: run.model, epoch: s.epoch, epochs: EPOCHS, step: run.step, steps: STEPS, started: run.started, seconds: run.step * run.secondsPerStep, metrics, search: null, test: run.test, tags: run.tags, note: run.note };
};
function info(run) {
  const image = run.kind === 'image';
  return { id: run.id, name: run.name, state: state(run).state, data: { name: run.data, rows: 54000, validationName: 'val', validationRows: 6000, inputShape: image ? [1, 28, 28] : [4], classes: image ? DIGITS : run.kind === 'regression' ? [] : ['setosa', 'versicolor', 'virginica'], kind: run.kind === 'regression' ? 'table' : run.kind, hash: '8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4' },
    network: run.network, config: { 'data.source': run.data, epochs: '12', batch: String(run.batch), seed: '42', 'optimizer.name': run.optimizer, 'optimizer.rate': String(run.rate), 'schedule.name': run.schedule, loss: 'cross-entropy', 'layers': run.model },
    environment: { version: '0.1.0', java: '25.0.1+8', os: 'Linux amd64', cpu: 'AMD EPYC, 2 cores', kernels: 'vector, 256 bits', threads: 2, git: 'c8960ab0' }, command: `./neurite train ${run.data} --layers ${run.model} --seed 42 --epochs 12`,
    checkpoints: [{ name: 'step-844.safetensors', step: 844, bytes: 421000, best: false }, { name: 'best.safetensors', step: 2532, bytes: 139900, best: true }], warnings: run.breaks ? ['The training failed; figures are those of its last good step.'] : [],
    controls: run.live ? ['pause', 'resume', 'step', 'stop', 'save', 'rate'] : [], rate: run.rate, health: health(run), test: run.test, tags: run.tags, note: run.note, taggable: true, firstLoss: { value: 2.31, expected: 2.303, text: 'First loss 2.31; ln(10) = 2.30 is expected of 10 classes.' } };
}
function series(run) {
  const result = {};
  const add = (key, line, v) => { const s = (result[key] ??= { step: [], epoch: [], t: [], v: [] }); s.step.push(line.step); s.epoch.push(line.epoch); s.t.push(line.t); s.v.push(v); };
  for (const line of run.lines) for (const [name, value] of Object.entries(line.m)) {
    if (typeof value === 'object') for (const [figure, v] of Object.entries(value)) add(`${line.k}.${name}.${figure}`, line, v);
    else add(`${line.k}.${name}`, line, value);
  }
  return { lines: run.lines.length, series: result };
}
function histogramNames(run) {
  return Object.fromEntries(run.network.nodes.flatMap((node) => [...(node.parameters ? [[`${node.name}.weight`, ['value', 'gradient', 'update']], [`${node.name}.bias`, ['value', 'gradient', 'update']]] : []), [node.name, ['output', 'delta']]]));
}
function histograms(run, of, what) {
  const result = { step: [], min: [], max: [], mean: [], norm: [], counts: [] };
  for (let step = 0; step <= run.step; step += 60) {
    const r = random(step + of.length);
    const sd = what === 'value' ? 0.05 + 0.09 * (1 - Math.exp(-step / 1500)) : 0.02 * Math.exp(-step / 1200) + 0.003;
    const mean = (what === 'value' ? 0.03 : 0.001) * Math.sin(step / 900);
    const counts = new Array(30).fill(0);
    const low = mean - 4 * sd;
    for (let i = 0; i < 800; i++) counts[Math.max(0, Math.min(29, Math.floor((normal(r) * sd * (i % 5 ? 1 : 1.7) + mean - low) / (8 * sd / 30))))]++;
    result.step.push(step); result.min.push(low); result.max.push(low + 8 * sd); result.mean.push(mean); result.norm.push(sd * 17); result.counts.push(counts);
  }
  return result;
}
const prediction = (label, sure) => ({ kind: 'class', label: DIGITS[label], probabilities: Object.fromEntries(DIGITS.map((name, i) => [name, i === label ? sure : (1 - sure) / 9])) });
function example(i, truth, predicted) {
  return { row: i, truth: DIGITS[truth], predicted: DIGITS[predicted], confidence: 0.95 - (i % 40) / 100, loss: 6 - (i % 48) / 12, image: digit(truth, i), values: null };
}
function errors(run) {
  if (run.kind === 'regression') {
    const r = random(9);
    const points = Array.from({ length: 600 }, () => { const t = 100 + 300 * r(); return [t, t + normal(r) * 22]; });
    const counts = new Array(30).fill(0);
    for (const [a, b] of points) counts[Math.max(0, Math.min(29, Math.floor((b - a + 75) / 5)))]++;
    return { part: 'test', parts: ['test'], wrong: null, rows: 600, loss: 480.2, accuracy: 'NaN', interval: [], classes: [], confusion: [], roc: [], pr: [], calibration: null, worst: points.slice(0, 8).map(([a, b], i) => ({ row: i, truth: a.toFixed(1), predicted: b.toFixed(1), confidence: 'NaN', loss: (a - b) ** 2, image: null, values: { rooms: '4', area: '120', year: '1987' } })), regression: { mae: 17.4, rmse: 21.9, r2: 0.934, points, residuals: { min: -75, max: 75, counts } } };
  }
  const names = run.kind === 'image' ? DIGITS : ['setosa', 'versicolor', 'virginica'];
  const r = random(4);
  const n = names.length;
  const confusion = names.map((_, i) => names.map((__, k) => (i === k ? 560 + Math.floor(60 * r()) : Math.floor(r() ** 6 * 24) + ((i === 4 && k === 9) || (i === 2 && k === 1) ? 13 : 0))));
  const classes = names.map((name, i) => {
    const support = confusion[i].reduce((a, b) => a + b, 0);
    const predicted = confusion.reduce((a, row) => a + row[i], 0);
    const precision = confusion[i][i] / predicted;
    const recall = confusion[i][i] / support;
    return { name, precision, recall, f1: 2 * precision * recall / (precision + recall), support, predicted };
  });
  const roc = names.map((name, i) => ({ class: name, auc: 0.99 - i * 0.003, points: Array.from({ length: 60 }, (_, k) => { const x = k / 59; return [x, Math.min(1, x ** (0.04 + i * 0.01))]; }) }));
  const pr = names.map((name, i) => ({ class: name, ap: 0.985 - i * 0.004, points: Array.from({ length: 60 }, (_, k) => { const x = k / 59; return [x, 1 - x ** (16 - i) * 0.8]; }) }));
  return { part: 'val', parts: ['test', 'val'], wrong: 151, rows: 6000, loss: 0.0838, accuracy: 0.9748, interval: [0.9705, 0.9785], classes, confusion, roc, pr,
    calibration: { bins: Array.from({ length: 15 }, (_, i) => ({ from: i / 15, to: (i + 1) / 15, confidence: i < 3 ? 'NaN' : (i + .5) / 15, accuracy: i < 3 ? 'NaN' : Math.min(1, ((i + .5) / 15) ** 1.15), count: i < 3 ? 0 : Math.round(4 * 1.5 ** i) })), ece: 0.0163 },
    worst: run.kind === 'image' ? Array.from({ length: 24 }, (_, i) => example(i, [4, 2, 7, 9, 3][i % 5], [9, 1, 2, 4, 5][i % 5])) : Array.from({ length: 6 }, (_, i) => ({ row: i, truth: 'virginica', predicted: 'versicolor', confidence: .8, loss: 2.1, image: null, values: { 'sepal length': '6.3', 'sepal width': '2.5', 'petal length': '5.0', 'petal width': '1.9' } })), regression: null };
}
function form(run) {
  return { inputs: [{ name: run.kind === 'image' ? 'image' : 'table', ...input(run) }], outputs: [{ name: 'class', says: run.kind === 'regression' ? 'values' : 'class' }] };
}
function input(run) {
  if (run.kind === 'image') return { kind: 'image', width: 28, height: 28, channels: 1, inverted: true, preprocessing: 'mnist' };
  if (run.kind === 'points') return { kind: 'table', fields: ['x', 'y'].map((name) => ({ name, type: 'number', min: -6, max: 6, usual: '0', values: [] })), example: { x: '1.5', y: '-2' } };
  return { kind: 'table', fields: [['sepal length', 4.3, 7.9], ['sepal width', 2, 4.4], ['petal length', 1, 6.9], ['petal width', .1, 2.5]].map(([name, min, max]) => ({ name, type: 'number', min, max, usual: String((min + max) / 2), values: [] })).concat(run.kind === 'regression' ? [{ name: 'district', type: 'category', min: 'NaN', max: 'NaN', usual: 'north', values: ['north', 'south', 'old town'] }] : []), example: { 'sepal length': '5.1', 'sepal width': '3.5', 'petal length': '1.4', 'petal width': '0.2', district: 'south' } };
}
function predict(run, given) {
  const body = given.inputs ? Object.values(given.inputs)[0] : given;
  if (run.kind === 'image') {
    const bytes = Buffer.from(body.pixels, 'base64');
    let ink = 0;
    for (const byte of bytes) ink += byte < 128 ? 1 : 0;
    const label = ink % 10;
    return { prediction: prediction(label, 0.7 + (ink % 29) / 100), seen: digit(label, ink), sensitivity: null, map: digit(label, ink + 1) };
  }
  const v = Object.values(body.values).map(Number);
  if (run.kind === 'points') {
    const p = 1 / (1 + Math.exp(-4 * Math.sin(Math.hypot(v[0], v[1]) - Math.atan2(v[1], v[0]))));
    return { prediction: { kind: 'class', label: p > 0.5 ? 'inner' : 'outer', probabilities: { inner: p, outer: 1 - p } }, seen: null, sensitivity: [{ name: 'x', change: .6, text: 'x from −6 to 6: inner 91 % → 12 %' }, { name: 'y', change: .3, text: 'y' }], map: null };
  }
  if (run.kind === 'regression') return { prediction: { kind: 'values', names: ['price'], values: [100 + 40 * v[0] - 12 * v[1]] }, seen: null, sensitivity: [{ name: 'sepal length', change: 144, text: 'sepal length from 4.3 to 7.9 changes the value by 144' }, { name: 'district', change: 20, text: 'district' }], map: null };
  const scores = [-(v[2] - 1.4), 3 - Math.abs(v[2] - 4.2), v[2] - 4.9].map((x) => Math.exp(1.5 * x));
  const sum = scores.reduce((a, b) => a + b, 0);
  return { prediction: { kind: 'class', probabilities: Object.fromEntries(['setosa', 'versicolor', 'virginica'].map((name, i) => [name, scores[i] / sum])) }, seen: null,
    sensitivity: [{ name: 'petal length', change: .96, text: 'petal length from 1 to 6.9: setosa 99 % → 3 %' }, { name: 'petal width', change: .41, text: 'petal width' }, { name: 'sepal width', change: .12, text: '' }, { name: 'sepal length', change: .05, text: '' }], map: null };
}

const bodyOf = async (request) => { const parts = []; for await (const part of request) parts.push(part); return Buffer.concat(parts); };

export function serve(port) {
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    const json = (value, status = 200) => { response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }); response.end(JSON.stringify(value)); };
    const parts = url.pathname.split('/').filter(Boolean).map(decodeURIComponent);
    if (parts[0] !== 'api') {
      const file = path.join(PAGE, parts.length ? parts.join('/') : 'index.html');
      if (!file.startsWith(PAGE) || !fs.existsSync(file) || fs.statSync(file).isDirectory()) { response.writeHead(404); response.end(); return; }
      response.writeHead(200, { 'Content-Type': TYPES[file.split('.').pop()] ?? 'text/plain', 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-cache' });
      fs.createReadStream(file).pipe(response);
      return;
    }
    if (parts[1] === 'session') return json({});
    if (process.env.TOKEN && !(request.headers.cookie ?? '').includes('x')) return json({ error: { code: 'session', path: '', message: 'Expects a session.' } }, 401);
    if (parts[1] === 'search') return json({ keys: Object.keys(TRIALS[0].values), metric: 'accuracy', higherIsBetter: true, trials: TRIALS });
    if (parts.length === 2) return json({ runs: runs.map(summary), live: live.id, searches: ['grid'], version: '0.1.0' });
    const run = runs.find((each) => each.id === parts[2]) ?? (parts[2] === 'live' ? live : null);
    if (!run) return json({ error: { code: 'run', path: '', message: `There is no run ${parts[2]}.` } }, 404);
    switch (parts[3]) {
      case undefined: return json(info(run));
      case 'series': return json(series(run));
      case 'events': {
        response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
        response.write('retry: 1000\n\n');
        const after = Number(request.headers['last-event-id'] ?? 0);
        if (run.lines.length > after) response.write(`event: lines\nid: ${run.lines.length}\ndata: ${JSON.stringify(run.lines.slice(after))}\n\n`);
        response.write(`event: state\ndata: ${JSON.stringify(state(run))}\n\n`);
        if (run.live) { clients.add(response); request.on('close', () => clients.delete(response)); }
        return undefined;
      }
      case 'histograms': return json(url.searchParams.has('of') ? histograms(run, url.searchParams.get('of'), url.searchParams.get('what')) : histogramNames(run));
      case 'profile': return json({ layers: run.network.nodes.map((node, i) => ({ name: node.name, forwardMs: .2 + node.flops / 4e5, backwardMs: .4 + node.flops / 2e5, share: (node.flops + 1e5) / run.network.nodes.reduce((a, b) => a + b.flops + 1e5, 0), gflops: 12 + i })), phases: [{ name: 'forward', ms: 12, share: .31 }, { name: 'backward', ms: 22, share: .57 }, { name: 'update', ms: 4.5, share: .12 }] });
      case 'filters': {
        const of = url.searchParams.get('of');
        const r = random(of.length);
        if (!of.endsWith('.weight')) return json({ error: { code: 'filters', path: 'of', message: 'no images' } }, 404);
        const mlp = run.network === NETWORKS.mlp && of === 'dense1.weight';
        const [width, height, total] = mlp ? [28, 28, 100] : of.startsWith('dense') ? [32, 10, 1] : [3, 3, of === 'conv1.weight' ? 32 : 1024];
        const count = Math.min(total, Number(url.searchParams.get('count')));
        return json({ width, height, channels: 1, min: -.42, max: .4, total, images: Array.from({ length: count }, () => { const cx = r() * width, cy = r() * height, s = r() < .5 ? -1 : 1; return Array.from({ length: width * height }, (_, i) => s * .35 * Math.exp(-(((i % width) - cx) ** 2 + (Math.floor(i / width) - cy) ** 2) / (mlp ? 30 : 2)) + normal(r) * .05); }) });
      }
      case 'features': {
        const row = Number(url.searchParams.get('row'));
        if (run.kind !== 'image') return json({ error: { code: 'features', path: 'row', message: 'The data of this run is not there.' } }, 404);
        const r = random(row);
        return json({ input: digit(row % 10, row), prediction: prediction(row % 10, .93), layers: run.network.nodes.map((node) => { const shape = node.out[0]; return shape.length === 3 ? { name: node.name, shape, maps: Array.from({ length: Math.min(32, shape[0]) }, (_, m) => Array.from({ length: shape[1] * shape[2] }, (_, i) => Math.max(0, Math.sin(i / (3 + m % 7) + m) * (.6 + .4 * r())))), values: [] } : { name: node.name, shape, maps: [], values: Array.from({ length: shape[0] }, () => normal(r)) }; }) });
      }
      case 'errors': return json(errors(run));
      case 'examples': {
        const truth = Number(url.searchParams.get('truth') ?? 4);
        const predicted = Number(url.searchParams.get('predicted') ?? 9);
        const from = Number(url.searchParams.get('from') ?? 0);
        const count = Number(url.searchParams.get('count') ?? 48);
        if (run.kind === 'points') { const r = random(3); return json({ total: 200, examples: Array.from({ length: Math.min(200, count) }, (_, i) => { const a = r() * 9; const side = i % 2; return { row: i, truth: side ? 'outer' : 'inner', predicted: 'inner', confidence: .9, loss: .1, image: null, values: { x: String((a / 1.6) * Math.cos(a + side * Math.PI) + normal(r) * .15), y: String((a / 1.6) * Math.sin(a + side * Math.PI) + normal(r) * .15) } }; }) }); }
        if (run.kind !== 'image') return json({ total: 150, examples: [{ row: from, truth: 'virginica', predicted: 'virginica', confidence: .9, loss: .1, image: null, values: { 'sepal length': '6.3', 'sepal width': '2.9', 'petal length': '5.6', 'petal width': '1.8' } }] });
        const total = url.searchParams.has('predicted') ? 13 : 300;
        return json({ total, examples: Array.from({ length: Math.max(0, Math.min(count, total - from)) }, (_, i) => example(from + i + 100, truth, predicted)) });
      }
      case 'form': return json(form(run));
      case 'predict': {
        const body = await bodyOf(request);
        if (parts[4] === 'image') return json({ prediction: prediction(body.length % 10, .8), seen: digit(body.length % 10, 5), sensitivity: null, map: null });
        return json(predict(run, JSON.parse(body.toString())));
      }
      case 'control': {
        const { action, rate, steps } = JSON.parse((await bodyOf(request)).toString());
        if (action === 'pause') live.paused = true;
        if (action === 'resume') live.paused = false;
        if (action === 'stop') live.state = 'interrupted';
        if (action === 'rate') live.rate = rate;
        if (action === 'step' && live.state === 'training') { const from = live.step; live.step += steps ?? 1; live.lines.push(...linesOf(live, from, live.step)); }
        for (const client of clients) client.write(`event: state\ndata: ${JSON.stringify(state(live))}\n\n`);
        return json(state(live));
      }
      case 'tags': {
        Object.assign(run, JSON.parse((await bodyOf(request)).toString()));
        return json({ tags: run.tags, note: run.note });
      }
      case 'log': return json({ text: run.notes });
      case 'checkpoints': response.writeHead(200, { 'Content-Type': 'application/octet-stream' }); response.end('checkpoint'); return undefined;
      default: return json({ error: { code: 'path', path: '', message: 'unknown' } }, 404);
    }
  });
  return new Promise((done) => server.listen(port, '127.0.0.1', () => done(server)));
}

if (process.argv[1] === import.meta.filename) {
  const server = await serve(Number(process.argv[2] ?? 8099));
  console.log(`http://127.0.0.1:${server.address().port}/`);
}

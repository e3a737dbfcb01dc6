// Overview: health in words, the figures that matter, and the curves.

import { h, fill, text, choice } from './dom.js';
import { LineChart } from './chart.js';
import { style, partStyle } from './palette.js';
import { metricName, partName } from './data.js';
import { best, bytes, duration, figure, higherIsBetter, number, percent, short, whole } from './math.js';

const MARKS = { good: ['●', 'Good'], watch: ['▲', 'Watch'], bad: ['■', 'Problem'] };

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function overview(app) {
  const { store } = app;
  const data = /** @type {import('./data.js').RunData} */ (app.data);
  /** @type {Map<string, LineChart>} */
  const charts = new Map();
  const health = h('ul', { class: 'health', 'aria-label': 'Health' });
  const tiles = h('dl', { class: 'tiles' });
  const cards = h('div', { class: 'cards' });
  const slider = h('input', { type: 'range', id: 'smooth', min: 0, max: 0.99, step: 0.01, value: store.view.smooth, style: { width: '8rem' },
    on: { input: () => store.set({ smooth: Number(slider.value) }) } });
  const amount = h('output', { for: 'smooth' });
  const axis = h('button', { type: 'button', on: { click: () => store.set({ log: !store.view.log }) } }, 'Log axis');
  const reset = h('button', { type: 'button', on: { click: () => store.set({ zoom: [] }) } }, 'Show all');
  const xs = choice('Horizontal axis', [['step', 'Step'], ['epoch', 'Epoch'], ['time', 'Time']], store.view.x, (x) => store.set({ x, zoom: [] }));
  const toolbar = h('div', { class: 'toolbar' },
    h('div', { class: 'field' }, h('label', { for: 'smooth' }, 'Smoothing'), slider, amount), axis, xs, reset,
    h('span', { class: 'muted tiny' }, 'Drag across a chart to zoom all of them.'));
  let tilesWere = '';
  let healthWas = '';

  /** @param {string} id @param {string} title */
  const chart = (id, title) => {
    let known = charts.get(id);
    if (!known) {
      known = new LineChart(store, { id, title });
      charts.set(id, known);
    }
    return known;
  };

  const drawCharts = () => {
    const { smooth, log, x: xName } = store.view;
    const order = /** @type {HTMLElement[]} */ ([]);
    const show = (/** @type {string} */ id, /** @type {string} */ title, /** @type {any[]} */ series, /** @type {object} */ more = {}) => {
      const each = chart(id, title);
      each.set({ series, xName, smooth, log, ...more });
      order.push(each.root);
    };
    for (const [name, parts] of data.metrics()) {
      const higher = higherIsBetter(name);
      const judge = parts.includes('val') ? 'val' : parts.includes('test') ? 'test' : '';
      show(`metric-${name}`, metricName(name), parts.map((part, i) => {
        const points = /** @type {any} */ (data.series.get(`${part}.${name}`));
        return { key: `${part}.${name}`, name: partName(part), style: partStyle(part, i), x: data.x(points, xName), y: points.v,
          smoothed: part === 'train', best: part === judge ? (higher ? 'high' : 'low') : undefined };
      }));
    }
    const rate = data.series.get('train.lr');
    if (rate) show('lr', 'Learning rate', [{ key: 'train.lr', name: 'learning rate', style: style(3), x: data.x(rate, xName), y: rate.v }]);
    const speed = stepsASecond(data);
    if (speed.v.length > 1) show('speed', 'Steps a second', [{ key: 'speed', name: 'steps a second', style: style(2), x: data.x(speed, xName), y: speed.v, smoothed: true }], { log: false });
    for (const [figureName, title, id] of [['ratio', 'Update to parameter ratio (about 0.001 is usual)', 'ratio'], ['grad_norm', 'Gradient norm by parameter', 'gradient']]) {
      const names = [...data.series.keys()].filter((key) => key.startsWith('updates.') && key.endsWith(`.${figureName}`));
      if (names.length) {
        show(id, title, names.map((key, i) => {
          const points = /** @type {any} */ (data.series.get(key));
          return { key, name: key.slice(8, -figureName.length - 1), style: style(i), x: data.x(points, xName), y: points.v, smoothed: true };
        }), { log: true, format: short });
      }
    }
    const { resources } = data;
    if (resources.t.length > 1) {
      const each = data.stepsAnEpoch;
      const x = xName === 'step' ? resources.step : xName === 'epoch' ? resources.step.map((step) => (each ? step / each : step)) : resources.t;
      show('heap', 'Heap memory', [{ key: 'heap', name: 'in use', style: style(6), x, y: resources.heap }], { log: false, format: bytes });
    }
    const same = order.length === cards.children.length && order.every((element, i) => element === cards.children[i]);
    if (!same) cards.replaceChildren(...order);
    if (order.length === 0) fill(cards, h('p', { class: 'empty card wide' }, data.info.state === 'finished' ? 'This run has no log of its metrics.' : 'Curves appear with the first steps.'));
  };

  const drawTiles = () => {
    const list = facts(app, data);
    const key = JSON.stringify(list.map((each) => each.name));
    if (key !== tilesWere) {
      tilesWere = key;
      fill(tiles, list.map((each) => h('div', { class: 'tile card' }, h('dt', null, each.name), h('dd', { class: 'value' }), h('dd', { class: 'more' }))));
    }
    list.forEach((each, i) => {
      text(tiles.children[i].children[1], each.value);
      text(tiles.children[i].children[2], each.more);
    });
  };

  const drawHealth = () => {
    const all = data.state?.health ?? data.info.health ?? [];
    const first = data.info.firstLoss;
    const list = [...all];
    if (first?.text && !list.some((each) => /first loss/i.test(each.title))) {
      const far = Math.abs(number(first.value) - number(first.expected)) > 0.5 * Math.abs(number(first.expected));
      list.push({ level: far ? 'watch' : 'good', title: 'First loss', text: first.text });
    }
    const key = JSON.stringify(list);
    if (key === healthWas) return;
    healthWas = key;
    const rank = { bad: 0, watch: 1, good: 2 };
    list.sort((a, b) => /** @type {any} */ (rank)[a.level] - /** @type {any} */ (rank)[b.level]);
    fill(health, list.map((each) => {
      const [mark, word] = /** @type {any} */ (MARKS)[each.level] ?? MARKS.watch;
      return h('li', { class: each.level }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
        h('strong', null, h('span', { class: 'hush' }, `${word}: `), each.title), h('p', null, each.text), each.command ? h('p', null, h('code', null, each.command)) : null,
        each.layer ? h('button', { type: 'button', on: { click: () => store.set({ tab: 'layers', node: each.layer }) } }, `Show ${each.layer}`) : null);
    }));
    health.hidden = list.length === 0;
  };

  const drawToolbar = () => {
    const { view } = store;
    if (Number(slider.value) !== view.smooth) slider.value = String(view.smooth);
    text(amount, view.smooth.toFixed(2));
    axis.setAttribute('aria-pressed', String(view.log));
    reset.disabled = view.zoom.length === 0;
    xs.set(view.x);
  };

  const off = store.on((changed) => {
    drawToolbar();
    if (changed.has('smooth') || changed.has('log') || changed.has('x')) drawCharts();
  });
  drawToolbar();
  drawHealth();
  drawTiles();
  drawCharts();
  return {
    root: h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Overview'), health, tiles, toolbar, cards),
    update: (what) => {
      if (what.has('lines') || what.has('info')) drawCharts();
      if (what.has('lines') || what.has('state') || what.has('info')) { drawTiles(); drawHealth(); }
    },
    close: () => { off(); charts.forEach((each) => each.close()); },
  };
}

/** Steps a second between lines of the training. @param {import('./data.js').RunData} data */
function stepsASecond(data) {
  const points = data.series.get('train.loss');
  const result = { step: /** @type {number[]} */ ([]), epoch: /** @type {number[]} */ ([]), t: /** @type {number[]} */ ([]), v: /** @type {number[]} */ ([]) };
  if (!points) return result;
  const every = Math.max(1, Math.floor(points.v.length / 300));
  for (let i = every; i < points.v.length; i += every) {
    const seconds = points.t[i] - points.t[i - every];
    const steps = points.step[i] - points.step[i - every];
    if (!(seconds > 0) || !(steps > 0)) continue;
    result.step.push(points.step[i]);
    result.epoch.push(points.epoch[i]);
    result.t.push(points.t[i]);
    result.v.push(steps / seconds);
  }
  return result;
}

/** @param {import('./page.js').App} app @param {import('./data.js').RunData} data */
function facts(app, data) {
  const now = data.state ?? {};
  const mine = app.runs.find((run) => run.id === data.id) ?? {};
  const result = /** @type {{name: string, value: string, more: string}[]} */ ([]);
  const metrics = [...data.metrics()];
  for (const [name, parts] of metrics.slice(0, 3)) {
    for (const part of parts) {
      const points = /** @type {any} */ (data.series.get(`${part}.${name}`));
      const share = name === 'acc' || name === 'accuracy';
      const words = (/** @type {number} */ v) => (share ? percent(v, 2) : figure(v));
      const place = best(points.v, higherIsBetter(name));
      const newest = points.v.at(-1);
      let more = ' ';
      if (part !== 'train' && place >= 0) more = place === points.v.length - 1 ? 'best so far' : `best ${words(points.v[place])}, epoch ${points.epoch[place]}`;
      else if (part === 'train' && points.v.length > 1) more = `from ${words(points.v[0])}`;
      result.push({ name: `${metricName(name)} · ${partName(part)}`, value: words(newest), more });
    }
    if (result.length >= 5) break;
  }
  if (now.rowsPerSecond && now.state !== 'finished') result.push({ name: 'Throughput', value: `${whole(number(now.rowsPerSecond))}`, more: `rows a second, ${figure(number(now.msPerStep))} ms a step` });
  result.push({ name: 'Time', value: duration(number(now.elapsed ?? mine.seconds)), more: now.state === 'training' && Number.isFinite(number(now.eta)) ? `${duration(number(now.eta))} left` : ' ' });
  const rate = data.newest('train.lr') ?? data.info.rate;
  if (rate) result.push({ name: 'Learning rate', value: figure(number(rate)), more: ' ' });
  const { network } = data.info;
  if (network) result.push({ name: 'Parameters', value: whole(network.parameters), more: network.memoryBytes ? `${bytes(network.memoryBytes)} of memory` : ' ' });
  return result;
}

// Overview: the figures that matter, health in words, and the curves; what is looked at seldom is folded.

import { h, fill, text, choice, announce } from './dom.js';
import { LineChart } from './chart.js';
import { style, partStyle } from './palette.js';
import { metricName, metricValue, metricWord, partName } from './data.js';
import { Arrangement } from './arrangement.js';
import { TagEditor } from './tags.js';
import { best, bytes, duration, figure, higherIsBetter, number, short, whole } from './math.js';

const MARKS = { good: ['●', 'Good'], watch: ['▲', 'Watch'], bad: ['■', 'Problem'] };

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function overview(app) {
  const { store } = app;
  const data = /** @type {import('./data.js').RunData} */ (app.data);
  const arrangement = new Arrangement();
  /** @type {Map<string, LineChart>} */
  const charts = new Map();
  const about = new TagEditor(app, data.id);
  const health = h('ul', { class: 'health', 'aria-label': 'Health' });
  const fine = h('ul', { class: 'health' });
  const fineCount = h('summary');
  const fineBox = h('details', { class: 'fold' }, fineCount, fine);
  const tiles = h('dl', { class: 'tiles' });
  const others = h('dl', { class: 'facts more-figures' });
  const cards = h('div', { class: 'cards' });
  const moreCards = h('div', { class: 'cards' });
  const moreCount = h('summary');
  const moreBox = h('details', { class: 'fold', on: { toggle: () => { if (moreBox.open) drawCharts(); } } }, moreCount, moreCards);
  const slider = h('input', { type: 'range', id: 'smooth', min: 0, max: 0.99, step: 0.01, value: store.view.smooth, style: { width: '8rem' },
    on: { input: () => store.set({ smooth: Number(slider.value) }) } });
  const amount = h('output', { for: 'smooth' });
  const axis = h('button', { type: 'button', on: { click: () => store.set({ log: !store.view.log }) } }, 'Log axis');
  const reset = h('button', { type: 'button', on: { click: () => store.set({ zoom: [] }) } }, 'Show all');
  const usual = h('button', { type: 'button', class: 'quiet', on: { click: () => { arrangement.reset(); drawCharts(); announce('Charts are in the usual order'); } } }, 'Usual order');
  const xs = choice('Horizontal axis', [['step', 'Step'], ['epoch', 'Epoch'], ['time', 'Time']], store.view.x, (x) => store.set({ x, zoom: [] }));
  const toolbar = h('div', { class: 'toolbar' },
    h('div', { class: 'field' }, h('label', { for: 'smooth' }, 'Smoothing'), slider, amount), axis, xs, reset, usual,
    h('span', { class: 'muted tiny hint' }, 'Drag across a chart to zoom all of them, or its title to move it.'));
  let tilesWere = '';
  let othersWere = '';
  let healthWas = '';
  /** The charts of both groups as they are shown. @type {{main: string[], more: string[]}} */
  let groups = { main: [], more: [] };
  let dragged = '';

  /** Moves a chart within its group. @param {string} id @param {number} by */
  const shift = (id, by) => {
    const group = groups.main.includes(id) ? groups.main : groups.more;
    arrangement.move([...groups.main, ...groups.more], id, [...groups.main, ...groups.more].indexOf(group[Math.max(0, Math.min(group.length - 1, group.indexOf(id) + by))]));
    drawCharts();
    charts.get(id)?.figure.menu.querySelector('button')?.focus();
    announce(`${charts.get(id)?.figure.title} is chart ${(groups.main.includes(id) ? groups.main : groups.more).indexOf(id) + 1} now`);
  };

  /** @param {string} id @param {string} title */
  const chart = (id, title) => {
    const known = charts.get(id);
    if (known) return known;
    const pinned = () => groups.main.includes(id);
    const made = new LineChart(store, { id, title, entries: [
      [() => (pinned() ? 'Unpin' : 'Pin to the top'), () => {
        arrangement.pin(id, !pinned());
        drawCharts();
        if (!pinned()) moreBox.open = true;
        charts.get(id)?.figure.menu.querySelector('button')?.focus();
      }],
      [() => 'Move before', () => shift(id, -1)],
      [() => 'Move after', () => shift(id, 1)],
    ] });
    const head = /** @type {HTMLElement} */ (made.root.firstElementChild);
    head.draggable = true;
    head.addEventListener('dragstart', (event) => { dragged = id; event.dataTransfer?.setData('text/plain', title); });
    head.addEventListener('dragend', () => { dragged = ''; });
    made.root.addEventListener('dragover', (/** @type {DragEvent} */ event) => { if (dragged !== '' && dragged !== id) event.preventDefault(); });
    made.root.addEventListener('drop', (/** @type {DragEvent} */ event) => {
      if (dragged === '' || dragged === id) return;
      event.preventDefault();
      const all = [...groups.main, ...groups.more];
      if (pinned() !== groups.main.includes(dragged)) arrangement.pin(dragged, pinned());
      arrangement.move(all, dragged, all.filter((each) => each !== dragged).indexOf(id) + (all.indexOf(dragged) < all.indexOf(id) ? 1 : 0));
      dragged = '';
      drawCharts();
    });
    charts.set(id, made);
    return made;
  };

  /** What can be drawn: the loss and the metric that says most are main charts. @returns {{id: string, title: string, main: boolean, lines: () => any}[]} */
  const drawable = () => {
    const { x: xName } = store.view;
    const result = /** @type {{id: string, title: string, main: boolean, lines: () => any}[]} */ ([]);
    const metrics = [...data.metrics()];
    const second = metrics.find(([name]) => name === data.info.test?.score)?.[0] ?? metrics.find(([name]) => name !== 'loss')?.[0];
    for (const [name, parts] of metrics) {
      result.push({ id: `metric-${name}`, title: metricName(name), main: name === 'loss' || name === second, lines: () => {
        const higher = higherIsBetter(name);
        const judge = parts.includes('val') ? 'val' : parts.includes('test') ? 'test' : '';
        return { series: parts.map((part, i) => {
          const points = /** @type {any} */ (data.series.get(`${part}.${name}`));
          return { key: `${part}.${name}`, name: partName(part), style: partStyle(part, i), x: data.x(points, xName), y: points.v,
            smoothed: part === 'train', best: part === judge ? (higher ? 'high' : 'low') : undefined };
        }) };
      } });
    }
    for (const [figureName, title, id] of [['ratio', 'Update to parameter ratio (about 0.001 is usual)', 'ratio'], ['grad_norm', 'Gradient norm by parameter', 'gradient']]) {
      const names = [...data.series.keys()].filter((key) => key.startsWith('updates.') && key.endsWith(`.${figureName}`));
      if (names.length) {
        result.push({ id, title, main: false, lines: () => ({ log: true, format: short, series: names.map((key, i) => {
          const points = /** @type {any} */ (data.series.get(key));
          return { key, name: key.slice(8, -figureName.length - 1), style: style(i), x: data.x(points, xName), y: points.v, smoothed: true };
        }) }) });
      }
    }
    const rate = data.series.get('train.lr');
    if (rate) result.push({ id: 'lr', title: 'Learning rate', main: false, lines: () => ({ series: [{ key: 'train.lr', name: 'learning rate', style: style(3), x: data.x(rate, xName), y: rate.v }] }) });
    if ((data.series.get('train.loss')?.v.length ?? 0) > 2) {
      result.push({ id: 'speed', title: 'Steps a second', main: false, lines: () => {
        const speed = stepsASecond(data);
        return { log: false, series: [{ key: 'speed', name: 'steps a second', style: style(2), x: data.x(speed, xName), y: speed.v, smoothed: true }] };
      } });
    }
    const { resources } = data;
    if (resources.t.length > 1) {
      result.push({ id: 'heap', title: 'Heap memory', main: false, lines: () => {
        const each = data.stepsAnEpoch;
        const x = xName === 'step' ? resources.step : xName === 'epoch' ? resources.step.map((step) => (each ? step / each : step)) : resources.t;
        return { log: false, format: bytes, series: [{ key: 'heap', name: 'in use', style: style(6), x, y: resources.heap }] };
      } });
    }
    return result;
  };

  const drawCharts = () => {
    const { smooth, log, x: xName } = store.view;
    const all = new Map(drawable().map((each) => [each.id, each]));
    const order = arrangement.sorted([...all.keys()]);
    const main = order.filter((id) => arrangement.pinned(id, /** @type {any} */ (all.get(id)).main));
    groups = { main, more: order.filter((id) => !main.includes(id)) };
    const place = (/** @type {HTMLElement} */ into, /** @type {string[]} */ ids) => {
      const elements = ids.map((id) => {
        const each = /** @type {any} */ (all.get(id));
        const made = chart(id, each.title);
        made.set({ xName, smooth, log, ...each.lines() });
        return made.root;
      });
      const same = elements.length === into.children.length && elements.every((element, i) => element === into.children[i]);
      if (!same) into.replaceChildren(...elements);
    };
    place(cards, groups.main);
    if (moreBox.open) place(moreCards, groups.more); // folded ones cost nothing
    text(moreCount, `${groups.more.length} more ${groups.more.length === 1 ? 'chart' : 'charts'}: ${groups.more.map((id) => all.get(id)?.title.replace(/ \(.*/, '').toLowerCase()).slice(0, 4).join(', ')}${groups.more.length > 4 ? ', …' : ''}`);
    moreBox.hidden = groups.more.length === 0;
    usual.hidden = !arrangement.changed;
    if (all.size === 0) fill(cards, h('p', { class: 'empty card wide' }, data.info.state === 'finished' ? 'This run has no log of its metrics.' : 'Curves appear with the first steps.'));
  };

  const drawTiles = () => {
    const { large, small } = facts(app, data);
    const key = JSON.stringify(large.map((each) => each.name));
    if (key !== tilesWere) {
      tilesWere = key;
      fill(tiles, large.map((each) => h('div', { class: `tile card ${each.kind}` }, h('dt', null, each.name), h('dd', { class: 'value' }), h('dd', { class: 'more' }))));
    }
    large.forEach((each, i) => {
      text(tiles.children[i].children[1], each.value);
      text(tiles.children[i].children[2], each.more);
    });
    const names = JSON.stringify(small.map(([name]) => name));
    if (names !== othersWere) {
      othersWere = names;
      fill(others, small.map(([name]) => h('div', null, h('dt', null, name), h('dd'))));
    }
    small.forEach(([, value], i) => text(others.children[i].children[1], value));
  };

  const drawHealth = () => {
    const all = data.state?.health ?? data.info.health ?? [];
    const list = [...all];
    const key = JSON.stringify(list);
    if (key === healthWas) return;
    healthWas = key;
    const rank = { bad: 0, watch: 1, good: 2 };
    list.sort((a, b) => /** @type {any} */ (rank)[a.level] - /** @type {any} */ (rank)[b.level]);
    const item = (/** @type {any} */ each) => {
      const [mark, word] = /** @type {any} */ (MARKS)[each.level] ?? MARKS.watch;
      return h('li', { class: each.level }, h('span', { class: 'mark', 'aria-hidden': 'true' }, mark),
        h('strong', null, h('span', { class: 'hush' }, `${word}: `), each.title), h('p', null, each.text), each.command ? h('p', null, h('code', null, each.command)) : null,
        each.layer ? h('button', { type: 'button', on: { click: () => store.set({ tab: 'layers', node: each.layer }) } }, `Show ${each.layer}`) : null);
    };
    const good = list.filter((each) => each.level === 'good');
    const watch = list.filter((each) => each.level !== 'good');
    fill(health, watch.map(item));
    fill(fine, good.map(item));
    fill(fineCount, h('span', { class: 'good-mark', 'aria-hidden': 'true' }, '●'), ` ${good.length} ${good.length === 1 ? 'check is' : 'checks are'} good: ${good.map((each) => each.title.toLowerCase()).join(', ')}`);
    health.hidden = watch.length === 0;
    fineBox.hidden = good.length === 0;
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
  about.update(data.info);
  drawHealth();
  drawTiles();
  drawCharts();
  return {
    root: h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Overview'), about.root, tiles, health,
      h('div', { class: 'folds' }, h('details', { class: 'fold' }, h('summary', null, 'More figures'), others), fineBox), toolbar, cards, moreBox),
    update: (what) => {
      if (what.has('about') || what.has('info') || what.has('runs')) about.update(data.info);
      if (what.has('lines') || what.has('info')) drawCharts();
      if (what.has('lines') || what.has('state') || what.has('info') || what.has('about')) { drawTiles(); drawHealth(); }
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

/**
 * What is shown large, and what is folded.
 * @param {import('./page.js').App} app @param {import('./data.js').RunData} data
 * @returns {{large: {name: string, value: string, more: string, kind: string}[], small: [string, string][]}}
 */
function facts(app, data) {
  const now = data.state ?? {};
  const mine = app.runs.find((run) => run.id === data.id) ?? {};
  const large = /** @type {{name: string, value: string, more: string, kind: string}[]} */ ([]);
  const small = /** @type {[string, string][]} */ ([]);
  const { test } = data.info;
  if (test) {
    large.push({ name: `Test ${metricWord(test.score)}`, value: metricValue(test.score, number(test.m[test.score])), more: `${whole(test.rows)} rows${test.m.loss === undefined || test.score === 'loss' ? '' : `, loss ${figure(number(test.m.loss))}`}`, kind: 'score' });
    for (const [name, value] of Object.entries(test.m)) if (name !== test.score) small.push([`Test ${metricWord(name)}`, metricValue(name, number(value))]);
  }
  const metrics = [...data.metrics()];
  const main = metrics.find(([name]) => name === test?.score) ?? metrics.find(([name]) => name !== 'loss');
  for (const [name, parts] of metrics) {
    for (const part of [...parts].reverse()) { // what is evaluated before what is trained on
      if (test && part === 'test' && test.m[name] !== undefined) continue; // its last line says the same
      const points = /** @type {any} */ (data.series.get(`${part}.${name}`));
      const value = metricValue(name, points.v.at(-1));
      if (name !== 'loss' && name !== main?.[0]) {
        small.push([`${metricName(name)}, ${partName(part)}`, value]);
        continue;
      }
      const place = best(points.v, higherIsBetter(name));
      let more = ' ';
      if (part !== 'train' && place >= 0) more = place === points.v.length - 1 ? 'best so far' : `best ${metricValue(name, points.v[place])}, epoch ${points.epoch[place]}`;
      else if (part === 'train' && points.v.length > 1) more = `from ${metricValue(name, points.v[0])}`;
      large.push({ name: `${metricName(name)} · ${partName(part)}`, value, more, kind: part === 'train' ? 'lesser' : '' });
    }
  }
  const rank = (/** @type {any} */ each) => (each.kind === 'score' ? 0 : each.kind === 'lesser' ? 4 : 2) + (each.name.startsWith('Loss') ? 1 : 0);
  large.sort((a, b) => rank(a) - rank(b));
  small.unshift(['Time', duration(number(now.elapsed ?? mine.seconds))]);
  if (now.rowsPerSecond && now.state !== 'finished') small.push(['Rows a second', `${whole(number(now.rowsPerSecond))}, ${figure(number(now.msPerStep))} ms a step`]);
  const rate = data.newest('train.lr') ?? data.info.rate;
  if (rate) small.push(['Learning rate', figure(number(rate))]);
  if (now.heapMax && now.state !== 'finished') small.push(['Heap', `${bytes(number(now.heapUsed))} of ${bytes(number(now.heapMax))}`]);
  const { network } = data.info;
  if (network) small.push(['Parameters', `${whole(network.parameters)}${network.memoryBytes ? `, ${bytes(network.memoryBytes)} of memory` : ''}`]);
  return { large: large.slice(0, 5), small };
}

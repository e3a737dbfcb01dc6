// Layers: the network as a picture; of the picked node its histograms, filters, feature maps and share of the time.

import { h, fill, text, choice, announce, throttle } from './dom.js';
import { read } from './answers.js';
import { get, run as runPath, latest } from './api.js';
import { Figure } from './figure.js';
import { LineChart } from './chart.js';
import { NetworkPicture, networkSheet, nodeFacts } from './network.js';
import { BandFigure, HistogramFigure, history } from './histograms.js';
import { numbers, picture, scaleBar } from './pixels.js';
import { style } from './palette.js';
import { timesNote } from './words.js';
import { extent, figure, number, percent, shape, short, whole } from './math.js';

const WHAT = /** @type {[string, string][]} */ ([['value', 'Values'], ['gradient', 'Gradients'], ['update', 'Updates'], ['output', 'Outputs'], ['delta', 'Errors δ']]);
const MEANS = /** @type {Record<string, string>} */ ({
  value: 'The parameters themselves.', gradient: 'How the loss changes with each parameter.', update: 'What a step adds to each parameter.', output: 'What the layer answers for some rows.',
  delta: 'δ, the error that comes back to the layer: how the loss changes with each of its outputs before the activation. Gradients are made of it; where it is 0, nothing is learned.',
});
const PAGE = 64; // filters that are shown at once

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function layers(app) {
  const { store } = app;
  const data = /** @type {import('./data.js').RunData} */ (app.data);
  const { network } = data.info;
  if (!network?.nodes?.length) {
    return { root: h('div', { class: 'view' }, h('div', { class: 'empty card' }, h('strong', null, 'No network'), 'This run has no model that could be drawn.')), update() {}, close() {} };
  }
  const closing = /** @type {(() => void)[]} */ ([]);
  const frame = new Figure(store, { id: 'network', title: 'Network', class: 'network' });
  const image = new NetworkPicture(network, (name) => store.set({ node: name, of: '', what: 'value' }));
  frame.plot.classList.add('pane');
  frame.plot.append(image.root);
  frame.set({ summary: `${network.nodes.length} nodes, ${whole(network.parameters)} parameters. Lines at the bottom of a box: share of the time.`, table: () => networkSheet(network), svg: () => image.root });

  const title = h('h2', { tabindex: -1 });
  const facts = h('div');
  const chips = h('div', { class: 'chips', role: 'group', 'aria-label': 'Parameter or layer' });
  const what = choice('Kind of values', WHAT, store.view.what, (value) => store.set({ what: value }));
  const means = h('p', { class: 'muted small' });
  const kind = choice('Form', [['ridge', 'Ridges'], ['heat', 'Heat map']], store.view.hist, (hist) => store.set({ hist }));
  const histograms = new HistogramFigure(store);
  histograms.figure.actions.append(kind);
  const band = new BandFigure(store, { id: 'band', title: 'Mean ± 2 standard deviations', kind: 'band' });
  const norm = new BandFigure(store, { id: 'norm', title: 'Norm', kind: 'norm' });
  const ratio = new LineChart(store, { id: 'node-ratio', title: 'Update to parameter ratio', height: 210, wide: true });
  const charts = h('div', { class: 'cards close' }, histograms.root, band.root, norm.root, ratio.root);
  const nothing = h('p', { class: 'empty card', hidden: true });
  const filters = new Figure(store, { id: 'filters', title: 'Weights as images', wide: true });
  const maps = new Figure(store, { id: 'features', title: 'Feature maps', wide: true });
  const times = new Figure(store, { id: 'times', title: 'Where the time goes', wide: true, tabular: true });
  closing.push(() => { histograms.close(); band.close(); norm.close(); ratio.close(); frame.close(); filters.close(); maps.close(); times.close(); });
  filters.root.hidden = maps.root.hidden = times.root.hidden = true;

  /** @type {Record<string, string[]>} */
  let known = {};
  const node = () => network.nodes.find((/** @type {any} */ each) => each.name === store.view.node) ?? network.nodes.find((/** @type {any} */ each) => store.view.node.startsWith(`${each.name}.`)) ?? network.nodes.find((/** @type {any} */ each) => each.parameters > 0) ?? network.nodes[0];
  const names = () => Object.keys(known).filter((name) => name === node().name || name.startsWith(`${node().name}.`));
  const current = () => (names().includes(store.view.of) ? store.view.of : names().find((name) => known[name].includes(store.view.what)) ?? names()[0] ?? '');
  const currentWhat = () => { const all = known[current()] ?? []; return all.includes(store.view.what) ? store.view.what : all[0] ?? 'value'; };

  const failed = (/** @type {Error} */ error) => { nothing.hidden = false; text(nothing, error.message); };
  const loadNames = latest(async (signal) => {
    known = named(await get(runPath(data.id, '/histograms'), signal));
    drawHead();
    await loadHistory();
  }, failed);
  const loadHistory = latest(async (signal) => {
    const of = current();
    const has = of !== '';
    nothing.hidden = has;
    histograms.root.hidden = band.root.hidden = norm.root.hidden = !has;
    if (!has) {
      text(nothing, Object.keys(known).length ? 'No samples of this node.' : 'This run has no histograms: those have them that this page watched, and those that logged them.');
      return;
    }
    const answer = history(await get(runPath(data.id, `/histograms?of=${encodeURIComponent(of)}&what=${currentWhat()}`), signal));
    const words = WHAT.find(([key]) => key === currentWhat())?.[1] ?? '';
    histograms.set(answer, `${words} of ${of} over time`);
    band.set(answer);
    norm.set(answer);
  }, failed);
  const again = throttle(() => { if (Object.keys(known).length === 0) void loadNames(); else void loadHistory(); }, 1500);

  const drawHead = () => {
    const each = node();
    text(title, each.name);
    fill(facts, nodeFacts(each));
    image.mark(each.name);
    fill(chips, names().map((name) => h('button', { type: 'button', 'aria-pressed': String(name === current()), on: { click: () => store.set({ of: name }) } }, name)));
    chips.hidden = names().length < 2;
    const possible = known[current()] ?? [];
    for (const button of what.children) /** @type {any} */ (button).disabled = !possible.includes(/** @type {any} */ (button).dataset.value);
    what.hidden = possible.length === 0;
    what.set(currentWhat());
    text(means, MEANS[currentWhat()] ?? '');
    means.hidden = what.hidden;
    kind.set(store.view.hist);
    drawRatio();
  };

  const drawRatio = () => {
    const series = [...data.series].filter(([key]) => key.startsWith(`updates.${node().name}.`) && key.endsWith('.ratio')).map(([key, points], i) =>
      ({ key, name: key.slice(8, -6), style: style(i), x: data.x(points, store.view.x), y: points.v, smoothed: true }));
    ratio.root.hidden = series.length === 0;
    if (series.length) ratio.set({ series, xName: store.view.x, log: true, smooth: store.view.smooth, format: short });
  };

  /** How many filters are shown. */
  let shown = PAGE;
  const loadFilters = latest(async (signal) => {
    const each = node();
    const of = names().find((name) => name.endsWith('.weight')) ?? `${each.name}.weight`;
    filters.root.hidden = true;
    if (!each.parameters) return;
    /** @type {any} */
    let answer;
    try {
      answer = await get(runPath(data.id, `/filters?of=${encodeURIComponent(of)}&from=0&count=${shown}`), signal);
    } catch (error) {
      if ([400, 404, 409].includes(/** @type {any} */ (error).status)) return; // weights that are no images
      throw error;
    }
    if (!answer.images?.length) return;
    const low = number(answer.min);
    const high = number(answer.max);
    const { width, height, channels } = answer;
    filters.root.hidden = false;
    filters.rename(`${of} as images`);
    fill(filters.plot, h('div', { class: `images ${width > 12 ? 'big' : ''}` }, answer.images.map((/** @type {any[]} */ values, /** @type {number} */ i) => h('figure', null,
      numbers(values.map(number), { width, height, channels, low, high, signed: channels !== 3, label: `${of}, ${i}: ${width} by ${height}` }), h('figcaption', null, String(i))))));
    fill(filters.after, channels === 3 ? null : scaleBar(figure(-Math.max(Math.abs(low), Math.abs(high))), figure(Math.max(Math.abs(low), Math.abs(high))), true),
      answer.images.length >= shown ? h('button', { type: 'button', on: { click: () => { shown *= 2; void loadFilters(); } } }, 'More') : null);
    filters.set({ summary: `${answer.images.length} images of ${width}×${height}${channels > 3 ? `, the mean of ${channels} channels each` : ''}, weights from ${figure(low)} to ${figure(high)}.`,
      table: () => ({ columns: ['image', ...answer.images[0].map((/** @type {any} */ _, /** @type {number} */ i) => `w${i}`)], rows: answer.images.map((/** @type {any[]} */ values, /** @type {number} */ i) => [i, ...values]) }),
      svg: () => gallery(filters.plot) });
  }, failed);

  const rowInput = h('input', { type: 'number', min: 0, step: 1, id: 'row', style: { width: '6rem' }, on: { change: () => store.set({ row: Math.max(0, Math.floor(Number(rowInput.value) || 0)) }) } });
  maps.actions.append(h('div', { class: 'field' }, h('label', { for: 'row' }, 'Example'), rowInput,
    h('button', { type: 'button', 'aria-label': 'Example before', on: { click: () => store.set({ row: Math.max(0, store.view.row - 1) }) } }, '‹'),
    h('button', { type: 'button', 'aria-label': 'Next example', on: { click: () => store.set({ row: store.view.row + 1 }) } }, '›')));
  const loadMaps = latest(async (signal) => {
    rowInput.value = String(store.view.row);
    /** @type {any} */
    let answer;
    try {
      answer = await get(runPath(data.id, `/features?row=${store.view.row}`), signal);
    } catch (error) {
      if ([400, 404, 409].includes(/** @type {any} */ (error).status)) {
        maps.root.hidden = store.view.row === 0;
        maps.set({ summary: /** @type {Error} */ (error).message });
        return;
      }
      throw error;
    }
    maps.root.hidden = false;
    const layer = answer.layers.find((/** @type {any} */ each) => each.name === node().name);
    const top = [...(answer.prediction ? read(answer.prediction).classes : [])].sort((a, b) => b.p - a.p)[0];
    const images = /** @type {any[]} */ ([]);
    if (answer.input) images.push(h('figure', null, picture(answer.input, `Example ${store.view.row}`), h('figcaption', null, 'input')));
    if (layer?.maps?.length) {
      const [, height, width] = layer.shape;
      layer.maps.forEach((/** @type {any[]} */ values, /** @type {number} */ i) => {
        const plain = values.map(number);
        const [low, high] = extent(plain) ?? [0, 1];
        const signed = low < 0;
        images.push(h('figure', null, numbers(plain, { width, height, low: signed ? low : 0, high, signed, label: `Map ${i} of ${layer.name}, ${figure(low)} to ${figure(high)}` }), h('figcaption', null, `${i}`)));
      });
    } else if (layer?.values?.length) {
      const plain = layer.values.map(number);
      const [low, high] = extent(plain) ?? [0, 1];
      images.push(h('figure', { style: { 'grid-column': '1 / -1', width: '100%' } }, numbers(plain, { ...strip(plain), low, high, signed: low < 0, label: `Outputs of ${layer.name}` }), h('figcaption', null, `${plain.length} outputs, ${figure(low)} to ${figure(high)}`)));
    }
    fill(maps.plot, h('div', { class: `images ${(layer?.shape?.[2] ?? 0) > 12 ? 'big' : ''}` }, images));
    const values = layer?.maps?.length ? layer.maps : layer?.values ? [layer.values] : [];
    maps.rename(layer ? `What ${layer.name} makes of an example` : 'An example');
    maps.set({ summary: layer ? `Output ${shape(layer.shape)} for example ${store.view.row}${top ? `, predicted ${top.name} (${percent(top.p)})` : ''}. Brightness is per map.` : 'This node has no output of its own.',
      table: () => ({ columns: ['map', ...(values[0] ?? []).map((/** @type {any} */ _, /** @type {number} */ i) => `v${i}`)], rows: values.map((/** @type {any[]} */ each, /** @type {number} */ i) => [i, ...each]) }), svg: () => gallery(maps.plot) });
  }, failed);

  const loadTimes = latest(async (signal) => {
    const answer = await get(runPath(data.id, '/profile'), signal);
    if (!answer.layers?.length) return;
    times.root.hidden = false;
    const most = Math.max(...answer.layers.map((/** @type {any} */ each) => each.forwardMs + each.backwardMs), 1e-9);
    fill(times.plot, h('div', { class: 'bars' }, answer.layers.map((/** @type {any} */ each) => {
      const forward = (100 * each.forwardMs) / most;
      return h('div', { class: 'bar' }, h('span', null, each.name), h('i', null, h('u', { style: { width: `${forward}%` } }), h('u', { class: 'second', style: { left: `${forward}%`, width: `${(100 * each.backwardMs) / most}%` } })),
        h('b', null, percent(each.share)));
    })));
    fill(times.after, h('p', { class: 'muted tiny' }, timesNote(answer.phases ?? [], (data.state ?? data.info)?.state)));
    const top = [...answer.layers].sort((a, b) => b.share - a.share)[0];
    times.set({ summary: `${top.name} takes most: ${percent(top.share)} of the time of a step.`,
      table: () => ({ columns: ['layer', 'forward ms', 'backward ms', 'share', 'GFLOP/s'], rows: answer.layers.map((/** @type {any} */ each) => [each.name, each.forwardMs, each.backwardMs, each.share, each.gflops]),
        format: (value, i) => (typeof value !== 'number' ? value ?? '' : i === 3 ? percent(value) : figure(value)) }) });
    image.setTimes(answer.layers);
  }, failed);

  const off = store.on((changed) => {
    if (changed.has('node')) {
      shown = PAGE;
      drawHead();
      void loadHistory();
      void loadFilters();
      void loadMaps();
      announce(`${node().name} is shown`);
    } else if (changed.has('of') || changed.has('what')) {
      drawHead();
      void loadHistory();
    }
    if (changed.has('hist')) { kind.set(store.view.hist); histograms.redraw(); }
    if (changed.has('row')) void loadMaps();
    if (changed.has('x') || changed.has('smooth')) drawRatio();
  });
  closing.push(off);
  drawHead();
  void loadNames();
  void loadFilters();
  void loadMaps();
  void loadTimes();
  return {
    root: h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Layers'), h('div', { class: 'layers' }, frame.root,
      h('div', { class: 'stack' }, h('div', { class: 'card pad stack' }, title, facts, h('div', { class: 'toolbar' }, chips, what), means), nothing, charts, filters.root, maps.root, times.root))),
    update: (changed) => {
      if (changed.has('lines')) drawRatio();
      if (changed.has('histograms')) again();
      if (changed.has('info')) { void loadNames(); void loadTimes(); void loadFilters(); }
    },
    close: () => closing.forEach((each) => each()),
  };
}

/** What there are histograms of: name and kinds. @param {any} answer @returns {Record<string, string[]>} */
function named(answer) {
  const all = answer.names ?? answer;
  if (Array.isArray(all)) return Object.fromEntries(all.map((each) => [each.name, each.what ?? each.has]));
  return Object.fromEntries(Object.entries(all).map(([name, has]) => [name, Array.isArray(has) ? has : Object.keys(has ?? {})]));
}

/** A row of numbers as wide pixels: as many rows of an image as keep them visible. @param {number[]} values */
function strip(values) {
  const width = Math.min(64, values.length);
  return { width, height: Math.ceil(values.length / width) };
}

/** The canvases of a figure as one drawing, for export. @param {HTMLElement} host */
function gallery(host) {
  const canvases = [...host.querySelectorAll('canvas')];
  const size = 64;
  const columns = Math.min(12, canvases.length);
  const ns = 'http://www.w3.org/2000/svg';
  const root = document.createElementNS(ns, 'svg');
  root.setAttribute('viewBox', `0 0 ${columns * (size + 6)} ${Math.ceil(canvases.length / columns) * (size + 6)}`);
  canvases.forEach((canvas, i) => {
    const image = document.createElementNS(ns, 'image');
    for (const [key, value] of Object.entries({ href: canvas.toDataURL(), x: (i % columns) * (size + 6), y: Math.floor(i / columns) * (size + 6), width: size, height: size })) image.setAttribute(key, String(value));
    root.append(image);
  });
  return root;
}

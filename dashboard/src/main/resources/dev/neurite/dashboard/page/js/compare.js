// Compare: curves of chosen runs over each other, what differs in their configurations, a sortable table, and the
// parallel coordinates of a search.

import { h, fill, text, choice } from './dom.js';
import { get, run as runPath, latest } from './api.js';
import { LineChart } from './chart.js';
import { Figure } from './figure.js';
import { ParallelFigure } from './parallel.js';
import { RunData, metricName, partName } from './data.js';
import { swatch } from './palette.js';
import { statePill } from './runs.js';
import { compare as order, differences, duration, figure, higherIsBetter, mostCommon, number, percent, best } from './math.js';

const MOST_RUNS = 50;

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function compare(app) {
  const { store } = app;
  const closing = /** @type {(() => void)[]} */ ([]);
  /** @type {Map<string, RunData>} */
  const loaded = new Map();
  const chart = new LineChart(store, { id: 'overlay', title: 'Curves', height: 360, wide: true });
  const metric = h('select', { id: 'metric', on: { change: () => store.set({ metric: metric.value }) } });
  const xs = choice('Horizontal axis', [['step', 'Step'], ['epoch', 'Epoch'], ['time', 'Time']], store.view.x, (x) => store.set({ x, zoom: [] }));
  const axis = h('button', { type: 'button', on: { click: () => store.set({ log: !store.view.log }) } }, 'Log axis');
  const slider = h('input', { type: 'range', id: 'smooth-compare', min: 0, max: 0.99, step: 0.01, style: { width: '7rem' }, on: { input: () => store.set({ smooth: Number(slider.value) }) } });
  const all = h('button', { type: 'button', on: { click: () => store.set({ zoom: [] }) } }, 'Show all');
  const toolbar = h('div', { class: 'toolbar' }, h('div', { class: 'field' }, h('label', { for: 'metric' }, 'Metric'), metric), xs, axis,
    h('div', { class: 'field' }, h('label', { for: 'smooth-compare' }, 'Smoothing'), slider), all);
  const note = h('p', { class: 'muted small', role: 'status' });
  const table = new Figure(store, { id: 'runs-table', title: 'Runs', wide: true, tabular: true });
  const body = h('tbody');
  const head = h('tr');
  table.plot.append(h('div', { class: 'scroll tall', tabindex: 0, role: 'region', 'aria-label': 'Table of runs' }, h('table', null, h('thead', null, head), body)));
  const diff = new Figure(store, { id: 'config-diff', title: 'What differs in the configurations', wide: true, tabular: true });
  diff.plot.append(h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Differences of configurations' }));
  const link = h('button', { type: 'button', on: { click: async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      text(link, 'Link copied');
    } catch {
      text(link, 'The address bar has the link');
    }
    setTimeout(() => text(link, 'Copy link to this view'), 2500);
  } } }, 'Copy link to this view');
  const parallel = new ParallelFigure(app);
  closing.push(() => { chart.close(); table.close(); diff.close(); parallel.close(); });

  const chosen = () => {
    const known = new Set(app.runs.map((run) => run.id));
    const picked = store.view.runs.filter((id) => known.has(id)).slice(0, MOST_RUNS);
    return picked.length ? picked : [...new Set([app.data?.id, ...[...app.runs].sort((a, b) => b.started - a.started).map((run) => run.id)])].filter((id) => id && known.has(id)).slice(0, 5);
  };
  const nameOf = (/** @type {string} */ id) => app.runs.find((run) => run.id === id)?.name ?? id;

  const load = latest(async (signal) => {
    const ids = chosen();
    await Promise.all(ids.filter((id) => !loaded.has(id)).map(async (id) => {
      if (app.data && app.data.id === id) {
        loaded.set(id, app.data);
        return;
      }
      const data = new RunData(id);
      const [info, series] = await Promise.all([get(runPath(id), signal), get(runPath(id, '/series?points=800'), signal)]);
      data.info = info;
      data.begin(series);
      loaded.set(id, data);
    }));
    draw();
  }, (error) => text(note, error.message));

  const drawChart = () => {
    const ids = chosen().filter((id) => loaded.has(id));
    /** @type {Set<string>} */
    const names = new Set();
    for (const id of ids) for (const [name, parts] of /** @type {RunData} */ (loaded.get(id)).metrics()) for (const part of parts) names.add(`${part}.${name}`);
    const rank = (/** @type {string} */ key) => (key.startsWith('val.') ? 0 : key.startsWith('test.') ? 1 : 2) * 10 + (key.endsWith('.loss') ? 0 : 1);
    const keys = [...names].sort((a, b) => rank(a) - rank(b));
    const key = keys.includes(store.view.metric) ? store.view.metric : keys[0] ?? '';
    if (metric.dataset.keys !== keys.join()) {
      metric.dataset.keys = keys.join();
      fill(metric, keys.map((each) => h('option', { value: each }, `${metricName(each.slice(each.indexOf('.') + 1))}, ${partName(each.slice(0, each.indexOf('.')))}`)));
    }
    metric.value = key;
    axis.setAttribute('aria-pressed', String(store.view.log));
    xs.set(store.view.x);
    slider.value = String(store.view.smooth);
    all.disabled = store.view.zoom.length === 0;
    const higher = higherIsBetter(key.slice(key.indexOf('.') + 1));
    chart.figure.rename(key ? metric.selectedOptions[0]?.textContent ?? 'Curves' : 'Curves');
    chart.set({
      series: ids.filter((id) => loaded.get(id)?.series.has(key)).map((id) => {
        const data = /** @type {RunData} */ (loaded.get(id));
        const points = /** @type {any} */ (data.series.get(key));
        return { key: `run:${id}`, name: nameOf(id), style: app.styleOf(id), x: store.view.x === 'time' || store.view.x === 'epoch' ? data.x(points, store.view.x) : points.step, y: points.v, smoothed: key.startsWith('train.') };
      }),
      xName: store.view.x, log: store.view.log, smooth: store.view.smooth,
    });
    return { ids, keys, key };
  };

  const draw = () => {
    const { ids, keys, key } = drawChart();
    const without = ids.filter((id) => !loaded.get(id)?.series.has(key));
    text(note, `${store.view.runs.length ? '' : 'Choose runs with the boxes in the list of runs; until then the newest are shown. '}${without.length && key ? `Without this metric: ${without.map(nameOf).join(', ')}.` : ''}`);
    drawTable(ids, keys);
    drawDiff(ids);
  };

  const drawTable = (/** @type {string[]} */ ids, /** @type {string[]} */ keys) => {
    const figures = keys.filter((key) => !key.startsWith('train.')).concat(keys.filter((key) => key.startsWith('train.'))).slice(0, 6);
    const columns = [{ key: 'name', words: 'Run' }, { key: 'state', words: 'State' }, ...figures.map((key) => ({ key, words: `Best ${partName(key.slice(0, key.indexOf('.')))} ${metricName(key.slice(key.indexOf('.') + 1)).toLowerCase()}` })),
      { key: 'epochs', words: 'Epochs' }, { key: 'seconds', words: 'Time' }, { key: 'parameters', words: 'Parameters' }];
    const rows = ids.map((id) => {
      const data = /** @type {RunData} */ (loaded.get(id));
      const run = app.runs.find((each) => each.id === id) ?? {};
      /** @type {Record<string, any>} */
      const row = { id, name: nameOf(id), state: run.state, epochs: number(run.epoch), seconds: number(run.seconds), parameters: number(data.info?.network?.parameters) };
      for (const key of figures) {
        const values = data.series.get(key)?.v ?? [];
        const place = best(values, higherIsBetter(key.slice(key.indexOf('.') + 1)));
        row[key] = place < 0 ? NaN : values[place];
      }
      return row;
    });
    const down = store.view.order.startsWith('-');
    const by = store.view.order.replace(/^-/, '');
    if (columns.some((column) => column.key === by)) rows.sort((a, b) => order(a[by], b[by], down));
    const winners = new Map(figures.map((key) => {
      const place = best(rows.map((row) => row[key]), higherIsBetter(key.slice(key.indexOf('.') + 1)));
      return [key, rows.length > 1 ? place : -1];
    }));
    const words = (/** @type {string} */ key, /** @type {any} */ value) => (Number.isNaN(value) ? '–' : key === 'seconds' ? duration(value) : /\.acc(uracy)?$/.test(key) ? percent(value, 2) : key === 'parameters' || key === 'epochs' ? (Number.isFinite(value) ? value.toLocaleString('en') : '–') : figure(value));
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.sort;
    fill(head, columns.map(({ key, words: title }) => {
      const mine = key === by;
      return h('th', { scope: 'col', 'aria-sort': mine ? (down ? 'descending' : 'ascending') : null }, h('button', { type: 'button', 'data-sort': key, on: { click: () => store.set({ order: store.view.order === key ? `-${key}` : key }) } }, title, mine ? h('span', { 'aria-hidden': 'true' }, down ? ' ▼' : ' ▲') : null));
    }));
    if (focused) head.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
    fill(body, rows.map((row, i) => h('tr', null, columns.map(({ key }) => {
      if (key === 'name') return h('th', { scope: 'row' }, h('span', { class: 'named' }, swatch(app.styleOf(row.id)), row.name));
      if (key === 'state') return h('td', { class: 'left' }, statePill(row.state ?? ''));
      return h('td', { class: winners.get(key) === i ? 'best' : '' }, words(key, row[key]), winners.get(key) === i ? h('span', { class: 'hush' }, ' (best)') : null);
    }))));
    const first = figures[0];
    const top = first ? rows[winners.get(first) ?? -1] : null;
    table.set({ summary: top ? `Best ${metricName(first.slice(first.indexOf('.') + 1)).toLowerCase()}: ${top.name}, ${words(first, top[first])}.` : `${rows.length} runs.`,
      table: () => ({ columns: columns.map((column) => column.words), rows: rows.map((row) => columns.map(({ key }) => row[key])) }) });
  };

  const drawDiff = (/** @type {string[]} */ ids) => {
    const configs = ids.map((id) => /** @type {RunData} */ (loaded.get(id)).info?.config ?? {});
    const rows = differences(configs);
    diff.root.hidden = ids.length < 2;
    const place = diff.plot.firstElementChild;
    fill(/** @type {HTMLElement} */ (place), rows.length === 0 ? h('p', { class: 'empty' }, 'Their configurations are the same.')
      : h('table', null, h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'Setting'), ids.map((id) => h('th', { scope: 'col' }, h('span', { class: 'named' }, swatch(app.styleOf(id)), nameOf(id)))))),
        h('tbody', null, rows.map(({ key, values }) => {
          const usual = mostCommon(values);
          return h('tr', null, h('th', { scope: 'row' }, key), values.map((value) => h('td', { class: value === usual ? '' : 'differs' }, value ?? '–')));
        }))));
    diff.set({ summary: rows.length ? `${rows.length} settings differ: ${rows.slice(0, 5).map((row) => row.key).join(', ')}${rows.length > 5 ? ' and others' : ''}.` : '',
      table: () => ({ columns: ['setting', ...ids.map(nameOf)], rows: rows.map(({ key, values }) => [key, ...values]) }) });
  };

  const off = store.on((changed) => {
    if (changed.has('runs')) void load();
    else if (['metric', 'order'].some((key) => changed.has(key))) draw();
    else if (['x', 'log', 'smooth', 'zoom'].some((key) => changed.has(key))) drawChart();
  });
  closing.push(off);
  void load();
  return {
    root: h('div', { class: 'view' }, h('div', { class: 'toolbar' }, h('h2', null, 'Compare'), h('span', { class: 'spacer' }), link), toolbar, note, chart.root, table.root, diff.root, parallel.root),
    update: (what) => {
      if (what.has('runs')) {
        const missing = chosen().some((id) => !loaded.has(id));
        if (missing) void load();
        parallel.update();
      }
      if (what.has('lines')) draw();
    },
    close: () => closing.forEach((each) => each()),
  };
}

// Compare: curves of chosen runs over each other, what differs in their configurations, a sortable table, and the
// parallel coordinates of a search.

import { h, fill, text, choice } from './dom.js';
import { get, run as runPath, latest } from './api.js';
import { LineChart } from './chart.js';
import { Figure } from './figure.js';
import { ParallelFigure } from './parallel.js';
import { RunData, alike, curvesOf, metricName, metricValue, metricWord, metricsOf, partName, testMetrics } from './data.js';
import { swatch } from './palette.js';
import { statePill } from './runs.js';
import { compare as order, differences, duration, higherIsBetter, mostCommon, number, best } from './math.js';
import { tagMarks } from './tags.js';

const MOST_RUNS = 50;
const USUAL_RUNS = 6; // without a choice

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function compare(app) {
  const { store } = app;
  const closing = /** @type {(() => void)[]} */ ([]);
  /** @type {Map<string, RunData>} */
  const loaded = new Map();
  const chart = new LineChart(store, { id: 'overlay', title: 'Curves', height: 360, wide: true });
  const metric = h('select', { id: 'metric', on: { change: () => store.set({ metric: metric.value }) } });
  const xs = choice('Horizontal axis', [['step', 'Step'], ['epoch', 'Epoch'], ['time', 'Time']], store.view.x, (x) => store.set({ x, zoom: [] }));
  const curves = choice('Curves', [['eval', 'Validation or test'], ['train', 'Training'], ['all', 'Both']], store.view.curves, (value) => store.set({ curves: value }));
  const axis = h('button', { type: 'button', on: { click: () => store.set({ log: !store.view.log }) } }, 'Log axis');
  const slider = h('input', { type: 'range', id: 'smooth-compare', min: 0, max: 0.99, step: 0.01, style: { width: '7rem' }, on: { input: () => store.set({ smooth: Number(slider.value) }) } });
  const all = h('button', { type: 'button', on: { click: () => store.set({ zoom: [] }) } }, 'Show all');
  const toolbar = h('div', { class: 'toolbar' }, h('div', { class: 'field' }, h('label', { for: 'metric' }, 'Metric'), metric), curves, xs, axis,
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

  /** The runs that are picked; else the one that is shown, with the newest of the same data. */
  const chosen = () => {
    const known = new Set(app.runs.map((run) => run.id));
    const picked = store.view.runs.filter((id) => known.has(id)).slice(0, MOST_RUNS);
    return picked.length ? picked : alike(app.runs, app.data?.id).slice(0, USUAL_RUNS).map((run) => run.id);
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
    const keys = metricsOf(ids.map((id) => /** @type {RunData} */ (loaded.get(id))));
    const key = keys.includes(store.view.metric) ? store.view.metric : keys[0] ?? '';
    if (metric.dataset.keys !== keys.join()) {
      metric.dataset.keys = keys.join();
      fill(metric, keys.map((each) => h('option', { value: each }, metricName(each))));
    }
    metric.value = key;
    curves.set(store.view.curves);
    axis.setAttribute('aria-pressed', String(store.view.log));
    xs.set(store.view.x);
    slider.value = String(store.view.smooth);
    all.disabled = store.view.zoom.length === 0;
    chart.figure.rename(key ? metricName(key) : 'Curves');
    const shown = ids.flatMap((id) => curvesOf(/** @type {RunData} */ (loaded.get(id)), key, store.view.curves).map((part) => ({ id, part })));
    const mixed = new Set(shown.map((each) => each.part)).size > 1;
    chart.set({
      series: shown.map(({ id, part }) => {
        const data = /** @type {RunData} */ (loaded.get(id));
        const points = /** @type {any} */ (data.series.get(`${part}.${key}`));
        const look = app.styleOf(id);
        return { key: part === 'train' ? `run:${id}:train` : `run:${id}`, name: mixed ? `${nameOf(id)}, ${partName(part)}` : nameOf(id), x: data.x(points, store.view.x), y: points.v, smoothed: part === 'train',
          style: store.view.curves === 'all' ? { ...look, dash: part === 'train' ? [2, 3] : [] } : look };
      }),
      xName: store.view.x, log: store.view.log, smooth: store.view.smooth,
    });
    return { ids, keys, key, without: ids.filter((id) => !shown.some((each) => each.id === id)) };
  };

  const figuresOf = () => JSON.stringify(chosen().map((id) => app.runs.find((run) => run.id === id)).map((run) => [run?.id, run?.test, run?.tags, run?.state]));
  let runsWere = '';

  const draw = () => {
    runsWere = figuresOf();
    const { ids, keys, key, without } = drawChart();
    const same = app.runs.find((run) => run.id === ids[0])?.data;
    text(note, [store.view.runs.length ? '' : `The newest runs ${same ? `of ${same}` : 'of the same data'}: choose others with the boxes in the list of runs.`,
      without.length && key ? `Without this curve: ${without.map(nameOf).join(', ')}.` : ''].filter(Boolean).join(' '));
    drawTable(ids, keys);
    drawDiff(ids);
  };

  const drawTable = (/** @type {string[]} */ ids, /** @type {string[]} */ keys) => {
    const runs = ids.map((id) => app.runs.find((each) => each.id === id) ?? {});
    const tests = testMetrics(runs).slice(0, 3);
    const bests = keys.slice(0, 2);
    const figures = [...tests.map((name) => ({ key: `test:${name}`, name, words: `Test ${metricWord(name)}` })), ...bests.map((name) => ({ key: `best:${name}`, name, words: `Best ${metricWord(name)} in training` }))];
    const several = new Set(runs.map((run) => run.data)).size > 1;
    const tagged = runs.some((run) => run.tags?.length);
    const columns = [{ key: 'name', words: 'Run' }, { key: 'state', words: 'State' }, ...(several ? [{ key: 'data', words: 'Data' }] : []), ...figures,
      { key: 'epochs', words: 'Epochs' }, { key: 'seconds', words: 'Time' }, { key: 'parameters', words: 'Parameters' }, ...(tagged ? [{ key: 'tags', words: 'Tags' }] : [])];
    const rows = ids.map((id) => {
      const data = /** @type {RunData} */ (loaded.get(id));
      const run = app.runs.find((each) => each.id === id) ?? {};
      /** @type {Record<string, any>} */
      const row = { id, name: nameOf(id), state: run.state, data: run.data ?? '', epochs: number(run.epoch), seconds: number(run.seconds), parameters: number(data.info?.network?.parameters), tags: (run.tags ?? []).join(', ') };
      for (const name of tests) row[`test:${name}`] = run.test?.m[name] === undefined ? NaN : number(run.test.m[name]);
      for (const name of bests) {
        const values = curvesOf(data, name, 'eval').map((part) => data.series.get(`${part}.${name}`)?.v ?? [])[0] ?? [];
        const place = best(values, higherIsBetter(name));
        row[`best:${name}`] = place < 0 ? NaN : values[place];
      }
      return row;
    });
    const down = store.view.order.startsWith('-');
    const by = store.view.order.replace(/^-/, '');
    if (columns.some((column) => column.key === by)) rows.sort((a, b) => order(a[by], b[by], down));
    const winners = new Map(figures.map(({ key, name }) => [key, rows.length > 1 ? best(rows.map((row) => row[key]), higherIsBetter(name)) : -1]));
    const words = (/** @type {string} */ key, /** @type {any} */ value) => {
      if (Number.isNaN(value)) return '–';
      if (key === 'seconds') return duration(value);
      return key === 'parameters' || key === 'epochs' ? (Number.isFinite(value) ? value.toLocaleString('en') : '–') : metricValue(key.replace(/^\w+:/, ''), value);
    };
    const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.sort;
    fill(head, columns.map(({ key, words: title }) => {
      const mine = key === by;
      return h('th', { scope: 'col', 'aria-sort': mine ? (down ? 'descending' : 'ascending') : null }, h('button', { type: 'button', 'data-sort': key, on: { click: () => store.set({ order: store.view.order === key ? `-${key}` : key }) } }, title, mine ? h('span', { 'aria-hidden': 'true' }, down ? ' ▼' : ' ▲') : null));
    }));
    if (focused) head.querySelector(`[data-sort="${CSS.escape(focused)}"]`)?.focus();
    fill(body, rows.map((row, i) => h('tr', null, columns.map(({ key }) => {
      if (key === 'name') return h('th', { scope: 'row' }, h('span', { class: 'named' }, swatch(app.styleOf(row.id)), row.name));
      if (key === 'state') return h('td', { class: 'left' }, statePill(row.state ?? ''));
      if (key === 'data') return h('td', { class: 'left' }, row.data);
      if (key === 'tags') return h('td', { class: 'left' }, h('span', { class: 'marks' }, tagMarks(app.runs.find((each) => each.id === row.id)?.tags ?? [])));
      return h('td', { class: winners.get(key) === i ? 'best' : '' }, words(key, row[key]), winners.get(key) === i ? h('span', { class: 'hush' }, ' (best)') : null);
    }))));
    const first = figures[0];
    const top = first ? rows[winners.get(first.key) ?? -1] : null;
    table.set({ summary: top ? `Best ${first.words.replace(/^Best /, '').replace(/^Test/, 'test')}: ${top.name}, ${words(first.key, top[first.key])}.` : `${rows.length} ${rows.length === 1 ? 'run' : 'runs'}.`,
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
    else if (changed.has('curves')) draw();
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
        else if (runsWere !== figuresOf()) draw(); // scores and tags
        parallel.update();
      }
      if (what.has('lines')) draw();
    },
    close: () => closing.forEach((each) => each()),
  };
}

// Errors: the confusion matrix and the examples behind each cell, classes, ROC, precision and recall, calibration; for
// regressions truth against prediction and residuals.

import { h, fill, text, choice, announce, focusOne, stopAt } from './dom.js';
import { get, run as runPath, latest } from './api.js';
import { partName } from './data.js';
import { Figure } from './figure.js';
import { Plot, cursor, responsive } from './plot.js';
import { sequential, css, inkOn, style, swatch } from './palette.js';
import { onTheme } from './theme.js';
import { thresholdWords } from './answers.js';
import { example, shape } from './examples.js';
import { legend } from './forecast.js';
import { compare, extent, figure, number, percent, short, whole } from './math.js';

const MOST_CLASSES = 40; // of a confusion matrix with readable cells
const MOST_CHARTS = 8; // before "More"
const PAGE = 48;

/** @param {import('./page.js').App} app @returns {import('./page.js').TabView} */
export function errors(app) {
  const { store } = app;
  const id = app.data?.id ?? '';
  const root = h('div', { class: 'view' }, h('h2', { class: 'hush' }, 'Errors'), h('p', { class: 'empty card' }, 'Evaluating…'));
  const closing = /** @type {(() => void)[]} */ ([]);
  let stale = false;
  let output = ''; // of several; the first
  const refresh = h('button', { type: 'button', hidden: true, on: { click: () => { forget(); void load(); } } }, 'Evaluate again');
  const forget = () => { app.forget('/errors'); app.forget('/importance'); };

  const load = latest(async () => {
    const answer = await app.ask(`/errors${ofView(store, output)}`);
    closing.splice(0).forEach((close) => close());
    stale = false;
    refresh.hidden = true;
    const head = h('div', { class: 'toolbar card pad' },
      h('div', null, h('strong', { class: 'headline' }, headline(answer)), h('div', { class: 'muted small' }, facts(answer))),
      h('span', { class: 'spacer' }), answer.parts?.length > 1 ? choice('Rows', answer.parts.map((/** @type {string} */ part) => [part, partName(part)]), answer.part, (part) => store.set({ part: part === answer.parts[0] ? '' : part, cell: [], only: '' })) : null, outputs(answer, (name) => { output = name; store.set({ cell: [], only: '' }); void load(); }), refresh);
    const parts = answer.regression ? regression(app, answer, closing, id) : classification(app, answer, closing, id);
    fill(root, h('h2', { class: 'hush' }, 'Errors'), head, parts, importance(app, answer));
  }, (error) => fill(root, h('h2', { class: 'hush' }, 'Errors'), h('div', { class: 'empty card', role: 'alert' }, h('strong', null, 'No evaluation'), error.message,
    h('p', null, h('button', { type: 'button', on: { click: () => void load() } }, 'Try again')))));
  const off = store.on((changed) => { if (changed.has('part')) void load(); });
  void load();
  return {
    root,
    update: (what) => {
      if (what.has('info')) {
        forget();
        void load();
      }
      else if (what.has('lines') && !stale) { stale = true; refresh.hidden = false; }
    },
    close: () => { off(); closing.forEach((each) => each()); },
  };
}

/**
 * How much the model uses each column of a table, computed when asked for.
 * @param {import('./page.js').App} app @param {any} errors those that it stands below
 */
function importance(app, errors) {
  if (!errors.importance) return null;
  const card = h('section', { class: 'card pad', 'aria-label': 'Importance of columns' });
  const show = async () => {
    fill(card, h('h3', null, 'Importance of columns'), h('p', { class: 'muted' }, 'Shuffling…'));
    try {
      const answer = await app.ask(`/importance?part=${encodeURIComponent(errors.part)}`);
      const most = Math.max(...answer.columns.map((/** @type {any} */ each) => number(each.importance)), 0);
      fill(card, h('h3', null, 'Importance of columns'),
        h('p', { class: 'muted small' }, `How much worse the ${answer.measure}${errors.outputs.length > 1 ? ' of all outputs' : ''} becomes on rows of the ${partName(errors.part)} data, now ${figure(number(answer.value))}, if the values of a column are shuffled: the mean of ${answer.repeats} times, with its 95 % interval.`),
        h('div', { class: 'sideways', tabindex: 0, role: 'region', 'aria-label': 'Importance by column' }, h('table', { class: 'importance' }, h('thead', null, h('tr', null, ['column', 'importance', 'interval', ''].map((each) => h('th', { scope: 'col' }, each)))),
          h('tbody', null, answer.columns.map((/** @type {any} */ each) => h('tr', null, h('th', { scope: 'row' }, each.name), h('td', null, figure(number(each.importance))),
            h('td', null, `${figure(number(each.low))} to ${figure(number(each.high))}`),
            h('td', { class: 'bar' }, h('span', { style: { width: `${most > 0 ? 100 * Math.max(0, number(each.importance)) / most : 0}%` } }))))))));
    } catch (error) {
      fill(card, h('h3', null, 'Importance of columns'), h('p', { role: 'alert' }, /** @type {Error} */ (error).message));
    }
  };
  fill(card, h('h3', null, 'Importance of columns'), h('button', { type: 'button', on: { click: () => void show() } }, 'Compute'));
  return card;
}

/** The query of a part of the data and an output. @param {import('./state.js').Store} store @param {string} output */
function ofView(store, output) {
  const query = new URLSearchParams();
  if (store.view.part) query.set('part', store.view.part);
  if (output) query.set('output', output);
  return query.size ? `?${query}` : '';
}

/** The figure that matters most. @param {any} answer */
function headline(answer) {
  if (answer.regression) return answer.says === 'forecast' ? `Mean absolute error ${figure(number(answer.regression.mae))}` : `R² ${figure(number(answer.regression.r2))}`;
  if (answer.says === 'text') return `Perplexity ${figure(Math.exp(number(answer.loss)))}`;
  return answer.accuracy !== null && answer.accuracy !== undefined ? `Accuracy ${percent(number(answer.accuracy), 2)}` : `Loss ${figure(number(answer.loss))}`;
}

/** @param {any} answer */
function facts(answer) {
  const interval = answer.interval?.length === 2 && Number.isFinite(number(answer.interval[0]));
  return [`${whole(answer.rows)} ${answer.positions ? 'positions' : 'rows'} of the ${partName(answer.part)} data`, answer.sampled ? 'evenly chosen from more' : '',
    interval ? `95 % interval ${percent(number(answer.interval[0]))} to ${percent(number(answer.interval[1]))}` : '',
    answer.threshold ? thresholdWords(answer.threshold) : '',
    ...Object.entries(answer.regression?.naive ?? {}).map(([name, mae]) => `${figure(number(mae))} by repeating the ${name}`),
    answer.says === 'text' ? `next token right in ${percent(number(answer.accuracy))}` : '', `loss ${figure(number(answer.loss))}`].filter(Boolean).join(' · ');
}

/** A choice of the output, if there are several. @param {any} answer @param {(name: string) => void} chosen */
function outputs(answer, chosen) {
  if ((answer.outputs?.length ?? 1) < 2) return null;
  const select = h('select', { id: 'output', on: { change: () => chosen(select.value) } }, answer.outputs.map((/** @type {string} */ name) => h('option', { value: name }, name)));
  select.value = answer.output;
  return h('div', { class: 'field' }, h('label', { for: 'output' }, 'Output'), select);
}

/** @param {import('./page.js').App} app @param {any} answer @param {(() => void)[]} closing @param {string} id */
function classification(app, answer, closing, id) {
  const { store } = app;
  const names = answer.classes.map((/** @type {any} */ each) => each.name);
  const examples = examplePanel(app, answer, names, closing, id);
  const matrix = answer.confusion?.length ? confusion(store, answer.confusion, names, closing) : null; // none of very many classes, and of labels
  const classes = names.length ? classTable(store, answer, closing) : null;
  const cards = h('div', { class: 'cards close' });
  if (answer.roc?.length) cards.append(curves(store, closing, { id: 'roc', title: 'ROC', x: 'false positive rate', y: 'true positive rate', all: answer.roc, area: 'auc', words: 'area under the curve', diagonal: true, decision: decision(answer, (each) => [each.falsePositives, each.recall]) }));
  if (answer.pr?.length) cards.append(curves(store, closing, { id: 'pr', title: 'Precision and recall', x: 'recall', y: 'precision', all: answer.pr, area: 'ap', words: 'average precision', diagonal: false, decision: decision(answer, (each) => [each.recall, each.precision]) }));
  if (answer.calibration?.bins?.length) cards.append(calibration(store, closing, answer.calibration));
  if (!names.length) return [examples, cards];
  return [h('div', { class: 'two' }, h('div', { class: 'stack' }, matrix, classes), examples), cards];
}

/**
 * The matrix as a grid of cells: arrow keys move, Enter or a click shows the examples.
 * @param {import('./state.js').Store} store @param {number[][]} counts @param {string[]} names @param {(() => void)[]} closing
 */
function confusion(store, counts, names, closing) {
  const frame = new Figure(store, { id: 'confusion', title: 'Confusion matrix' });
  const kind = choice('Cells', [['count', 'Counts'], ['row', 'Row %']], store.view.matrix, (matrix) => store.set({ matrix }));
  frame.actions.append(kind);
  const sums = counts.map((row) => row.reduce((a, b) => a + b, 0));
  // Of many classes those with the most errors are shown.
  const wrong = counts.map((row, i) => sums[i] - row[i] + counts.reduce((sum, other, k) => sum + (k === i ? 0 : other[i]), 0));
  const seen = names.map((_, i) => i).filter((i) => sums[i] > 0 || counts.some((row) => row[i] > 0)); // tokens may have no rows
  let shown = seen;
  if (seen.length > MOST_CLASSES) shown = seen.toSorted((a, b) => wrong[b] - wrong[a]).slice(0, MOST_CLASSES).sort((a, b) => a - b);
  const cells = /** @type {any[]} */ ([]);
  const grid = h('table', { class: `matrix ${shown.length > 20 ? 'dense' : ''} ${shown.some((i) => names[i].length > 4) ? 'tall' : ''}`, role: 'grid', 'aria-labelledby': 'confusion-title', 'aria-readonly': true },
    h('thead', null, h('tr', null, h('td', { class: 'corner', style: { background: 'transparent', cursor: 'default' } }, h('span', { class: 'hush' }, 'truth by row, prediction by column')), shown.map((i) => h('th', { scope: 'col', title: names[i] }, h('span', null, names[i]))))),
    h('tbody', null, shown.map((truth) => h('tr', null, h('th', { scope: 'row', title: names[truth] }, names[truth]), shown.map((predicted) => {
      const cell = h('td', { tabindex: -1, role: 'gridcell', class: truth === predicted ? 'right' : '', 'data-truth': truth, 'data-predicted': predicted, on: {
        click: () => store.set({ cell: [truth, predicted] }),
        focus: () => stopAt(cells, cells.indexOf(cell)),
      } });
      cells.push(cell);
      return cell;
    })))));
  grid.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const at = cells.indexOf(document.activeElement);
    const n = shown.length;
    if (at < 0) return;
    const column = at % n;
    const to = { ArrowRight: column < n - 1 ? at + 1 : at, ArrowLeft: column > 0 ? at - 1 : at, ArrowDown: at + n, ArrowUp: at - n, Home: at - column, End: at - column + n - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      if (to >= 0 && to < cells.length) focusOne(cells, to);
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      cells[at].click();
    }
  });
  const draw = () => {
    const scale = sequential();
    const byRow = store.view.matrix === 'row';
    cells.forEach((cell) => {
      const truth = Number(cell.dataset.truth);
      const predicted = Number(cell.dataset.predicted);
      const count = counts[truth][predicted];
      const share = sums[truth] ? count / sums[truth] : 0;
      // Errors are few: their colours follow the root, so that one in a hundred is seen.
      const paint = scale(Math.sqrt(share));
      cell.style.setProperty('--cell', count ? css(paint) : 'var(--surface-2)');
      cell.style.setProperty('--on', count ? inkOn(paint) : 'var(--ink-3)');
      const shown = byRow ? (share * 100).toFixed(share < 0.1 ? 1 : 0) : whole(count);
      text(cell, count ? shown : '·');
      // Begins with what is seen, so that it can be asked for by voice.
      cell.setAttribute('aria-label', `${shown}${byRow ? ' %' : ''}: true ${names[truth]}, predicted ${names[predicted]}, ${byRow ? `${whole(count)} rows` : `${percent(share)} of the row`}`);
      cell.title = cell.getAttribute('aria-label');
      const [a, b] = store.view.cell;
      cell.setAttribute('aria-selected', String(store.view.cell.length === 2 && a === truth && b === predicted));
    });
  };
  draw();
  stopAt(cells, 0);
  closing.push(store.on((changed) => { if (changed.has('matrix') || changed.has('cell')) { kind.set(store.view.matrix); draw(); } }), onTheme(draw), () => frame.close());
  frame.plot.append(h('p', { class: 'muted tiny' }, 'Rows: truth. Columns: prediction. A cell opens its examples.'), h('div', { class: 'scroll tall', style: { border: '0' } }, grid));
  let worst = [0, 0, -1];
  counts.forEach((row, i) => row.forEach((count, k) => { if (i !== k && count > worst[2]) worst = [i, k, count]; }));
  frame.set({
    summary: `${names.length} classes${seen.length < names.length ? `, ${seen.length} of them here` : ''}${shown.length < seen.length ? `, the ${shown.length} with the most errors are shown` : ''}. ` + (worst[2] > 0 ? `Taken for another most often: ${names[worst[0]]} for ${names[worst[1]]}, ${whole(worst[2])} times.` : 'No errors.'),
    table: () => ({ columns: ['truth \\ predicted', ...names], rows: counts.map((row, i) => [names[i], ...row]) }),
    svg: () => matrixSvg(counts, names, shown),
  });
  return frame.root;
}

/** @param {number[][]} counts @param {string[]} names @param {number[]} shown */
function matrixSvg(counts, names, shown) {
  const size = shown.length > 20 ? 22 : 40;
  const left = 90;
  const ns = 'http://www.w3.org/2000/svg';
  const root = document.createElementNS(ns, 'svg');
  root.setAttribute('viewBox', `0 0 ${left + shown.length * size + 10} ${60 + shown.length * size}`);
  const scale = sequential();
  const add = (/** @type {string} */ tag, /** @type {Record<string, any>} */ attributes, words = '') => {
    const element = document.createElementNS(ns, tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
    element.textContent = words;
    root.append(element);
  };
  shown.forEach((i, r) => {
    add('text', { x: left - 6, y: 50 + (r + 0.5) * size + 4, 'text-anchor': 'end', 'font-size': 11, fill: 'var(--ink-2)' }, names[i].slice(0, 14));
    add('text', { x: left + (r + 0.5) * size, y: 42, 'text-anchor': 'middle', 'font-size': 11, fill: 'var(--ink-2)' }, names[i].slice(0, Math.max(3, size / 7)));
    const sum = counts[i].reduce((a, b) => a + b, 0) || 1;
    shown.forEach((k, c) => {
      const paint = scale(Math.sqrt(counts[i][k] / sum));
      add('rect', { x: left + c * size + 1, y: 50 + r * size + 1, width: size - 2, height: size - 2, rx: 3, fill: css(paint) });
      if (counts[i][k]) add('text', { x: left + (c + 0.5) * size, y: 50 + (r + 0.5) * size + 4, 'text-anchor': 'middle', 'font-size': size > 30 ? 11 : 8, fill: inkOn(paint) }, String(counts[i][k]));
    });
  });
  return root;
}

/** Shows a row in Layers, which has those of the usual part. @param {import('./state.js').Store} store @returns {((row: number) => void) | null} */
function inLayers(store) {
  return store.view.part === '' ? (row) => store.set({ tab: 'layers', row }) : null;
}

/** Examples of a cell of the matrix, or the worst ones. @param {import('./page.js').App} app @param {any} answer @param {string[]} names @param {(() => void)[]} closing @param {string} id */
function examplePanel(app, answer, names, closing, id) {
  const { store } = app;
  const title = h('h3', { tabindex: -1, id: 'examples-title' });
  const grid = h('div', { class: `images ${shape(answer.worst)} reel`, tabindex: 0, role: 'region', 'aria-label': 'Examples' });
  const note = h('p', { class: 'muted small', role: 'status' });
  const clear = h('button', { type: 'button', on: { click: () => store.set({ cell: [] }) } }, 'Show the worst');
  const only = h('select', { id: 'only', on: { change: () => store.set({ only: only.value, cell: [] }) } }, h('option', { value: '' }, 'all classes'), names.map((name, i) => h('option', { value: String(i) }, name)));
  only.value = store.view.only;
  const filter = names.length ? h('div', { class: 'field' }, h('label', { for: 'only' }, 'True class'), only) : h('span');
  const query = ofView(store, answer.outputs?.length > 1 ? answer.output : '').replace('?', '&');
  const more = h('button', { type: 'button', hidden: true }, 'More');
  let from = 0;
  const load = latest(async (signal, /** @type {boolean} */ append) => {
    const { cell, only: one } = store.view;
    const inCell = cell.length === 2;
    clear.hidden = !inCell;
    filter.hidden = inCell;
    if (!append) from = 0;
    text(title, inCell ? `True ${names[cell[0]]}, predicted ${names[cell[1]]}` : one !== '' ? `Examples of ${names[Number(one)]}` : answer.wrong === 0 ? 'Least sure examples' : 'Worst examples');
    /** @type {any} */
    let found;
    if (!inCell && one === '') found = { total: answer.worst.length, examples: answer.worst };
    else {
      const place = inCell ? `truth=${cell[0]}&predicted=${cell[1]}` : `truth=${one}`;
      found = await get(runPath(id, `/examples?${place}&sort=loss&from=${from}&count=${PAGE}${query}`), signal);
    }
    const elements = found.examples.map((/** @type {any} */ each) => example(each, names, inLayers(store)));
    if (append) grid.append(...elements);
    else fill(grid, elements);
    from += found.examples.length;
    more.hidden = from >= found.total;
    text(note, found.total === 0 ? 'No such examples.' : !inCell && one === '' ? worstNote(answer) : `${whole(from)} of ${whole(found.total)}, wrong ones first, then by loss.`);
    if (inCell && !append) {
      announce(`${found.total} examples: true ${names[cell[0]]}, predicted ${names[cell[1]]}`);
      if (matchMedia('(max-width: 62rem)').matches) title.scrollIntoView({ block: 'nearest' });
    }
  }, (error) => text(note, error.message));
  more.addEventListener('click', () => void load(true));
  closing.push(store.on((changed) => { if (changed.has('cell') || changed.has('only')) { only.value = store.view.only; void load(false); } }));
  void load(false);
  return h('section', { class: 'card figure beside', 'aria-labelledby': 'examples-title' }, h('header', null, title, filter, clear), grid, h('div', { class: 'field' }, note, more));
}

/** What the worst examples are. @param {any} answer */
function worstNote(answer) {
  const all = whole(answer.examples ?? answer.rows);
  if (answer.wrong === 0) return `None of ${all} is wrong: these are right, with the greatest loss.`;
  return `${answer.worst.length < answer.wrong ? `${whole(answer.worst.length)} of ${whole(answer.wrong)} wrong ones` : `All ${whole(answer.wrong)} wrong ones`} of ${all}, greatest loss first.`;
}

/** @param {import('./state.js').Store} store @param {any} answer @param {(() => void)[]} closing */
function classTable(store, answer, closing) {
  const frame = new Figure(store, { id: 'classes', title: 'By class', wide: true, tabular: true });
  const columns = /** @type {[string, string][]} */ ([['name', 'Class'], ['precision', 'Precision'], ['recall', 'Recall'], ['f1', 'F1'], ['support', 'Rows'], ['predicted', 'Predicted']]);
  const body = h('tbody');
  const seen = answer.classes.filter((/** @type {any} */ each) => each.support > 0 || each.predicted > 0); // others have no figures
  const heads = columns.map(([key, words]) => h('th', { scope: 'col' }, h('button', { type: 'button', on: { click: () => store.set({ sort: store.view.sort === key ? `-${key}` : key }) } }, words, h('span', { 'aria-hidden': 'true' }))));
  const draw = () => {
    const down = store.view.sort.startsWith('-');
    const key = store.view.sort.replace(/^-/, '');
    heads.forEach((head, i) => {
      const mine = columns[i][0] === key;
      if (mine) head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
      text(head.firstElementChild.lastElementChild, mine ? (down ? '▼' : '▲') : '');
    });
    const rows = [...seen];
    if (key) rows.sort((a, b) => compare(a[key], b[key], down));
    fill(body, rows.map((each) => h('tr', null, h('th', { scope: 'row' }, each.name), ['precision', 'recall', 'f1'].map((column) => h('td', null, meter(number(each[column])))), h('td', null, whole(each.support)), h('td', null, whole(each.predicted)))));
  };
  draw();
  closing.push(store.on((changed) => { if (changed.has('sort')) draw(); }), () => frame.close());
  frame.plot.append(h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Figures by class' }, h('table', null, h('thead', null, h('tr', null, heads)), body)));
  const weakest = seen.filter((/** @type {any} */ each) => each.support > 0 && number(each.f1) < 1).sort((/** @type {any} */ a, /** @type {any} */ b) => compare(a.f1, b.f1, false))[0];
  const name = answer.says === 'text' ? `“${weakest?.name}”` : weakest?.name; // a token may be a comma
  frame.set({ summary: weakest ? `Weakest class: ${name}, F1 ${figure(number(weakest.f1))}.` : '',
    table: () => ({ columns: columns.map(([, words]) => words), rows: seen.map((/** @type {any} */ each) => columns.map(([key]) => each[key])) }) });
  return frame.root;
}

/** A share with a bar. @param {number} share */
function meter(share) {
  return h('span', { style: { display: 'inline-grid', 'grid-template-columns': '1.8rem 3.1rem', gap: '0.3rem', 'align-items': 'center' } },
    h('span', { 'aria-hidden': 'true', style: { height: '0.4rem', 'border-radius': '3px', background: `linear-gradient(to right, var(--c0) ${100 * (share || 0)}%, var(--surface-3) 0)` } }), Number.isNaN(share) ? '–' : figure(share));
}

/**
 * Where on its curve the model decides, for a class of two, or a label.
 * @param {any} answer @param {(of: {recall: number, precision: number, falsePositives: number}) => number[]} point
 * @returns {(name: string) => number[] | null}
 */
function decision(answer, point) {
  if (answer.says !== 'labels' && answer.classes.length !== 2) return () => null; // of several classes the likeliest, at no threshold
  return (name) => {
    const each = answer.classes.find((/** @type {any} */ one) => one.name === name);
    if (!each) return null;
    const [recall, precision] = [number(each.recall), number(each.precision)];
    const found = point({ recall, precision, falsePositives: (each.predicted - recall * each.support) / (answer.rows - each.support) });
    return found.every(Number.isFinite) ? found : null;
  };
}

/**
 * ROC or precision-recall curves of the classes.
 * @param {import('./state.js').Store} store @param {(() => void)[]} closing
 * @param {{id: string, title: string, x: string, y: string, all: any[], area: string, words: string, diagonal: boolean, decision: (name: string) => number[] | null}} options
 */
function curves(store, closing, options) {
  const frame = new Figure(store, options);
  const host = h('div', { class: 'lines', style: { 'min-height': '280px' } });
  const legend = h('div', { class: 'legend', role: 'group', 'aria-label': `Classes: ${options.title}` });
  const key = (/** @type {any} */ each) => `${options.id}:${each.class}`;
  frame.plot.append(host);
  frame.after.append(legend);
  /** @type {import('./plot.js').Place[]} */
  let places = [];
  cursor(host, options.title, () => places, { plane: () => true });
  fill(legend, options.all.map((each, i) => h('button', { type: 'button', 'data-key': key(each), on: { click: () => store.toggle('hide', key(each), !store.view.hide.includes(key(each))) } },
    swatch(style(i), false), String(each.class), h('output', { 'aria-live': 'off' }, figure(number(each[options.area]))))));
  const redraw = responsive(host, (width) => {
    host.querySelector('svg')?.remove();
    const plot = new Plot({ width, height: 280, x: [0, 1], y: [0, 1], xLabel: options.x, yLabel: options.y, margin: { left: 56 } });
    if (options.diagonal) plot.line([0, 1], [0, 1], { color: '--ink-3', width: 1, dash: [3, 4] });
    places = [];
    options.all.forEach((each, i) => {
      const on = !store.view.hide.includes(key(each));
      legend.children[i].setAttribute('aria-pressed', String(on));
      if (!on) return;
      const look = style(i);
      const xs = each.points.map((/** @type {any[]} */ point) => number(point[0]));
      const ys = each.points.map((/** @type {any[]} */ point) => number(point[1]));
      plot.line(xs, ys, { color: look.color, dash: look.dash });
      const decides = options.decision(String(each.class));
      if (decides) plot.mark(decides[0], decides[1], 'circle', look.color, 5);
      xs.forEach((/** @type {number} */ x, /** @type {number} */ k) => places.push({ x: plot.X(x), y: plot.Y(ys[k]), text: `${each.class}: ${options.x} ${figure(x)}, ${options.y} ${figure(ys[k])}` }));
    });
    host.prepend(plot.root);
  });
  closing.push(store.on((changed) => changed.has('hide') && redraw()), () => frame.close());
  const order = [...options.all].sort((a, b) => number(a[options.area]) - number(b[options.area]));
  const [least, greatest] = [order[0], order.at(-1)].map((each) => figure(number(each[options.area])));
  const range = least === greatest ? (order.length > 1 ? `${least} for each` : least) : `least ${order[0].class} ${least}, greatest ${order.at(-1).class} ${greatest}`;
  const dot = options.all.some((each) => options.decision(String(each.class))) ? ' The dot is where the model decides.' : '';
  frame.set({ summary: `${options.words.charAt(0).toUpperCase()}${options.words.slice(1)}: ${range}.${dot}`,
    table: () => ({ columns: ['class', options.x, options.y], rows: options.all.flatMap((each) => each.points.map((/** @type {any[]} */ point) => [each.class, ...point])), format: (value) => (typeof value === 'number' ? figure(value) : value) }),
    svg: () => host.querySelector('svg') });
  return frame.root;
}

/** @param {import('./state.js').Store} store @param {(() => void)[]} closing @param {any} answer */
function calibration(store, closing, answer) {
  const frame = new Figure(store, { id: 'calibration', title: 'Calibration' });
  const host = h('div', { class: 'lines', style: { 'min-height': '280px' } });
  frame.plot.append(host);
  const bins = answer.bins.filter((/** @type {any} */ bin) => bin.count > 0);
  /** @type {import('./plot.js').Place[]} */
  let places = [];
  cursor(host, 'Calibration', () => places);
  responsive(host, (width) => {
    host.querySelector('svg')?.remove();
    const plot = new Plot({ width, height: 280, x: [0, 1], y: [0, 1], xLabel: 'confidence', yLabel: 'share that is right', margin: { left: 56 } });
    const most = Math.max(...bins.map((/** @type {any} */ bin) => bin.count));
    for (const bin of bins) plot.area([bin.from, bin.to], [0, 0], [0.18 * (bin.count / most), 0.18 * (bin.count / most)], { color: '--c7', opacity: 0.35 });
    plot.line([0, 1], [0, 1], { color: '--ink-3', width: 1, dash: [3, 4] });
    plot.line(bins.map((/** @type {any} */ bin) => bin.confidence), bins.map((/** @type {any} */ bin) => bin.accuracy), { color: '--c0' });
    places = bins.map((/** @type {any} */ bin) => {
      plot.mark(bin.confidence, bin.accuracy, 'circle', '--c0', 4.5);
      return { x: plot.X(bin.confidence), y: plot.Y(bin.accuracy), text: `confidence ${percent(bin.confidence)}: ${percent(bin.accuracy)} right, ${whole(bin.count)} rows` };
    });
    host.prepend(plot.root);
  });
  closing.push(() => frame.close());
  const ece = number(answer.ece);
  frame.set({ summary: `Expected calibration error ${percent(ece, 2)}: ${ece < 0.02 ? 'confidence can be taken at its word' : 'confidence and share that is right differ'}. Below the dashed line it is too sure; grey: how many rows.`,
    table: () => ({ columns: ['from', 'to', 'confidence', 'accuracy', 'rows'], rows: answer.bins.map((/** @type {any} */ bin) => [bin.from, bin.to, bin.confidence, bin.accuracy, bin.count]), format: (value, i) => (typeof value !== 'number' ? value ?? '' : i === 4 ? whole(value) : figure(value)) }),
    svg: () => host.querySelector('svg') });
  return frame.root;
}

/** @param {import('./page.js').App} app @param {any} answer @param {(() => void)[]} closing @param {string} id */
function regression(app, answer, closing, id) {
  const { store } = app;
  const found = answer.regression;
  const points = found.points.map((/** @type {any[]} */ point) => point.map(number));
  const scatter = new Figure(store, { id: 'truth', title: 'Truth against prediction' });
  const host = h('div', { class: 'lines', style: { 'min-height': '340px' } });
  scatter.plot.append(host);
  /** @type {import('./plot.js').Place[]} */
  let places = [];
  cursor(host, 'Truth against prediction', () => places, { plane: () => true });
  responsive(host, (width) => {
    host.querySelector('svg')?.remove();
    const [low, high] = extent(points.flat()) ?? [0, 1];
    const pad = (high - low) * 0.05 || 1;
    const ends = /** @type {[number, number]} */ ([low - pad, high + pad]);
    const plot = new Plot({ width, height: 340, x: ends, y: ends, xLabel: 'truth', yLabel: 'prediction', margin: { left: 62 } });
    plot.line(ends, ends, { color: '--ink-3', width: 1, dash: [3, 4] });
    const sorted = points.toSorted((/** @type {number[]} */ a, /** @type {number[]} */ b) => a[0] - b[0]);
    for (const [truth, predicted] of sorted) plot.mark(truth, predicted, 'circle', '--c0', 3, 0.45);
    places = sorted.map((/** @type {number[]} */ [truth, predicted]) => ({ x: plot.X(truth), y: plot.Y(predicted), text: `truth ${figure(truth)}, prediction ${figure(predicted)}, off by ${figure(predicted - truth)}` }));
    host.prepend(plot.root);
  });
  scatter.set({ summary: `R² ${figure(number(found.r2))}, mean absolute error ${figure(number(found.mae))}, root mean squared error ${figure(number(found.rmse))}. Points on the dashed line are right.`,
    table: () => ({ columns: ['truth', 'prediction', 'residual'], rows: points.map((/** @type {number[]} */ [truth, predicted]) => [truth, predicted, predicted - truth]), format: (value) => figure(value) }), svg: () => host.querySelector('svg') });
  const cards = h('div', { class: 'cards' }, scatter.root);
  closing.push(() => scatter.close());
  const bins = found.residuals;
  if (bins?.counts) {
    const frame = new Figure(store, { id: 'residuals', title: 'Residuals (prediction less truth)' });
    const area = h('div', { class: 'lines', style: { 'min-height': '340px' } });
    frame.plot.append(area);
    /** @type {import('./plot.js').Place[]} */
    let bars = [];
    cursor(area, 'Residuals', () => bars);
    const low = number(bins.min);
    const step = (number(bins.max) - low) / bins.counts.length;
    responsive(area, (width) => {
      area.querySelector('svg')?.remove();
      const most = Math.max(...bins.counts, 1);
      const plot = new Plot({ width, height: 340, x: [low, low + step * bins.counts.length], y: [0, most * 1.05], xLabel: 'residual' });
      bars = bins.counts.map((/** @type {number} */ count, /** @type {number} */ i) => {
        const left = low + i * step;
        plot.area([left + step * 0.06, left + step * 0.94], [0, 0], [count, count], { color: '--c0', opacity: 0.8 });
        return { x: plot.X(left + step / 2), y: plot.Y(count), text: `${short(left)} to ${short(left + step)}: ${whole(count)} rows` };
      });
      area.prepend(plot.root);
    });
    frame.set({ summary: `Residuals between ${figure(low)} and ${figure(number(bins.max))}.`, table: () => ({ columns: ['from', 'to', 'rows'], rows: bins.counts.map((/** @type {number} */ count, /** @type {number} */ i) => [low + i * step, low + (i + 1) * step, count]), format: (value) => figure(value) }), svg: () => area.querySelector('svg') });
    cards.append(frame.root);
    closing.push(() => frame.close());
  }
  if (answer.worst?.length) cards.append(worstValues(store, answer, id));
  return cards;
}

/**
 * The rows with the greatest loss; of forecasts those of all series, or of one.
 * @param {import('./state.js').Store} store @param {any} answer @param {string} id
 */
function worstValues(store, answer, id) {
  const { curve } = answer.worst[0];
  const grid = h('div', { class: `images ${shape(answer.worst)}` });
  const note = h('p', { class: 'problem small', role: 'alert' });
  const more = h('button', { type: 'button', on: { click: () => draw(Infinity) } }, 'More');
  let examples = answer.worst;
  const draw = (/** @type {number} */ most) => {
    fill(grid, examples.slice(0, most).map((/** @type {any} */ each) => example(each, [], inLayers(store))));
    more.hidden = examples.length <= most;
    text(note, '');
  };
  const first = curve ? MOST_CHARTS : Infinity;
  const load = latest(async (signal, /** @type {string} */ series) => {
    const query = ofView(store, answer.outputs?.length > 1 ? answer.output : '').replace('?', '&');
    examples = series === '' ? answer.worst : (await get(runPath(id, `/examples?sort=loss&count=${answer.worst.length}&series=${encodeURIComponent(series)}${query}`), signal)).examples;
    draw(first);
  }, (error) => text(note, error.message));
  const names = answer.series ?? [];
  const only = h('select', { id: 'only-series', on: { change: () => void load(only.value) } }, h('option', { value: '' }, 'all'), names.map((/** @type {string} */ name) => h('option', { value: name }, name)));
  draw(first);
  return h('section', { class: 'card figure wide', 'aria-labelledby': 'worst-title' },
    h('header', null, h('h3', { id: 'worst-title' }, 'Worst examples'), names.length > 1 ? h('div', { class: 'field' }, h('label', { for: 'only-series' }, 'Series'), only) : null),
    curve ? legend(curve) : null, grid, h('div', { class: 'field' }, more, note));
}

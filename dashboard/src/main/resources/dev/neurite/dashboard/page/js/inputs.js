// A form for each kind of input: an image, fields of a table, a text, steps, a time series, numbers.

import { h, text, fill } from './dom.js';
import { DrawingPad } from './pad.js';
import { formatRows, parseNumbers, parseRows } from './rows.js';
import { stepName } from './forecast.js';
import { number, short } from './math.js';

const MOST_CELLS = 240; // of steps as a table of boxes
const MOST_RECENT = 12; // values of a series as boxes

/**
 * @typedef {object} InputForm
 * @property {HTMLElement} root
 * @property {() => any} value what the API takes; `null` for nothing yet
 * @property {(value: any) => void} [show] enters a value, as the API has it
 * @property {(path: string) => (HTMLElement | null)} [field] the box of a path of the API, `weight` in `inputs.table.weight`
 * @property {(answer: any) => void} [answered] sees an answer
 * @property {() => void} [close]
 *
 * @typedef {object} Options
 * @property {string} key of the ids of its elements
 * @property {string} title
 * @property {boolean} alone whether it is the only image
 * @property {() => void} changed
 * @property {(file: File) => void} [file] takes an image that is uploaded
 */

/** The form of an input. @param {any} form @param {Options} options @returns {InputForm} */
export function inputForm(form, options) {
  switch (form.kind) {
    case 'image': return imageInput(form, options);
    case 'table': return tableInput(form, options);
    case 'text': return textInput(form, options);
    case 'steps': return stepsInput(form, options);
    case 'series': return seriesInput(form, options);
    default: return numbersInput(form, options);
  }
}

/** @param {Options} options @param {...any} parts */
function card(options, ...parts) {
  return h('section', { class: 'card pad stack', 'aria-labelledby': `${options.key}-title` }, h('h3', { id: `${options.key}-title` }, options.title), parts);
}

/** @param {any} form @param {Options} options @returns {InputForm} */
function imageInput(form, options) {
  // Without preprocessing nothing turns dark ink into light: then the paper has the colors of the data.
  const dark = form.preprocessing === 'none' && form.inverted === true && form.channels === 1;
  const upload = options.file ?? ((/** @type {File} */ file) => void pad.show(file).then(options.changed, (error) => text(problem, error.message)));
  const problem = h('p', { class: 'problem small', role: 'alert' });
  const pad = new DrawingPad({ key: options.key, only: options.alone, width: form.width, height: form.height, channels: form.channels, changed: options.changed, dark, behind: form.preprocessing === 'none' ? '#000000' : '#ffffff', file: upload });
  const words = form.preprocessing === 'mnist'
    ? `What you draw is cropped, fitted, centered by its mass and given the colors of the training data: ${form.width}×${form.height} pixels.`
    : `What you draw is made ${form.width}×${form.height} pixels, as the training images were.`;
  return {
    root: card(options, pad.root, problem, h('p', { class: 'muted tiny' }, words)),
    value: () => { text(problem, ''); return pad.blank ? null : pad.image(); },
    show: (value) => pad.paintImage(value),
    close: () => pad.close(),
    pad,
  };
}

/** @param {any} form @param {Options} options @returns {InputForm} */
function tableInput(form, options) {
  /** @type {Record<string, string>} */
  const values = {};
  const inputs = /** @type {Record<string, (value: string) => void>} */ ({});
  const boxes = /** @type {Record<string, HTMLElement>} */ ({});
  const set = (/** @type {string} */ name, /** @type {string} */ value) => { values[name] = value; options.changed(); };
  const fields = form.fields.map((/** @type {any} */ field, /** @type {number} */ i) => {
    const start = String(form.example?.[field.name] ?? field.usual ?? '');
    values[field.name] = start;
    const key = `${options.key}-${i}`;
    const low = number(field.min);
    const high = number(field.max);
    if (field.type === 'number') {
      const box = h('input', { id: key, type: 'text', inputmode: 'decimal', value: start, autocomplete: 'off' });
      const range = Number.isFinite(low) && Number.isFinite(high) && high > low;
      const slider = range ? h('input', { type: 'range', min: low, max: high, step: 'any', value: start === '' ? low : start, 'aria-label': `${field.name}, slider` }) : null;
      box.addEventListener('input', () => { if (slider && box.value !== '') slider.value = box.value; set(field.name, box.value); });
      slider?.addEventListener('input', () => { box.value = String(Number(Number(slider.value).toPrecision(4))); set(field.name, box.value); });
      inputs[field.name] = (value) => { box.value = value; if (slider) slider.value = value; set(field.name, value); };
      boxes[field.name] = box;
      return h('div', null, h('label', { for: key }, field.name), h('div', { class: slider ? 'pair' : '' }, slider, box), range ? h('div', { class: 'ends', 'aria-hidden': 'true' }, h('span', null, short(low)), h('span', null, short(high))) : null);
    }
    if (field.type === 'category') {
      const select = h('select', { id: key, on: { change: () => set(field.name, select.value) } }, field.optional ? h('option', { value: '' }, 'missing') : null,
        field.values.map((/** @type {string} */ value) => h('option', { value }, value)));
      select.value = start;
      inputs[field.name] = (value) => { select.value = value; set(field.name, value); };
      boxes[field.name] = select;
      return h('div', null, h('label', { for: key }, field.name), select);
    }
    const box = h('input', { id: key, type: 'text', value: start, autocomplete: 'off', list: field.values?.length ? `${key}-list` : null, on: { input: () => set(field.name, box.value) } });
    inputs[field.name] = (value) => { box.value = value; set(field.name, value); };
    boxes[field.name] = box;
    return h('div', null, h('label', { for: key }, field.name), box, field.values?.length ? h('datalist', { id: `${key}-list` }, field.values.map((/** @type {string} */ value) => h('option', { value }))) : null);
  });
  const reset = h('button', { type: 'button', on: { click: () => { for (const field of form.fields) inputs[field.name](String(field.usual ?? '')); } } }, 'Usual values');
  return {
    root: card(options, h('div', { class: 'fields' }, fields), h('div', { class: 'field' }, reset)),
    value: () => ({ values }),
    show: (row) => { for (const [name, value] of Object.entries(row.values)) inputs[name]?.(String(value)); },
    field: (path) => boxes[path] ?? null,
    set: (/** @type {string} */ name, /** @type {string} */ value) => inputs[name](value),
  };
}

/** @param {any} form @param {Options} options @returns {InputForm} */
function textInput(form, options) {
  const box = h('textarea', { id: `${options.key}-text`, rows: 6, maxlength: 100_000, value: form.example, on: { input: options.changed } });
  return {
    root: card(options, h('label', { for: `${options.key}-text` }, form.column ? `Text of the column ${form.column}` : 'Text'), box),
    value: () => ({ text: box.value }),
    show: (value) => { box.value = value.text; options.changed(); },
    field: () => box,
  };
}

/** A box to paste rows into. @param {Options} options @param {string[]} columns @param {(rows: Record<string, string>[] | null) => void} took gets no rows of an empty box, and `null` for what is no table @param {string} words */
function pasteBox(options, columns, took, words) {
  const box = h('textarea', { id: `${options.key}-rows`, rows: 7, spellcheck: 'false', class: 'mono', wrap: 'off' });
  const problem = h('p', { class: 'problem small', role: 'alert' });
  box.addEventListener('input', () => {
    try {
      const rows = parseRows(box.value, columns);
      text(problem, '');
      box.removeAttribute('aria-invalid');
      took(rows);
    } catch (error) {
      took(null);
      text(problem, /** @type {Error} */ (error).message);
      box.setAttribute('aria-invalid', 'true');
      box.removeAttribute('aria-describedby');
    }
  });
  const clear = () => { box.value = ''; text(problem, ''); box.removeAttribute('aria-invalid'); };
  return { box, clear, root: h('div', { class: 'stack' }, h('label', { for: `${options.key}-rows` }, words), box, problem) };
}

/** @param {any} form @param {Options} options @returns {InputForm} */
function stepsInput(form, options) {
  const columns = form.fields.map((/** @type {any} */ each) => each.name);
  /** @type {Record<string, string>[]} */
  let rows = form.example.map((/** @type {any} */ each) => ({ ...each }));
  let broken = false;
  const paste = pasteBox(options, columns, (pasted) => { broken = !pasted; if (pasted?.length) rows = pasted; draw(); options.changed(); }, `Steps as CSV or JSON, with the columns ${columns.slice(0, 8).join(', ')}${columns.length > 8 ? ', …' : ''}`);
  const grid = h('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Values of the steps' });
  const write = () => {
    if (document.activeElement === paste.box) return;
    broken = false;
    paste.clear();
    paste.box.value = formatRows(rows, columns);
  };
  const draw = () => {
    write();
    const many = rows.length * columns.length > MOST_CELLS;
    grid.hidden = many;
    if (many) return fill(grid);
    fill(grid, h('table', { class: 'cells' }, h('thead', null, h('tr', null, h('th', { scope: 'col' }, 'step'), columns.map((/** @type {string} */ name) => h('th', { scope: 'col' }, name)))),
      h('tbody', null, rows.map((row, i) => h('tr', null, h('th', { scope: 'row' }, String(i + 1)), columns.map((/** @type {string} */ name) => {
        const cell = h('input', { type: 'text', value: row[name] ?? '', autocomplete: 'off', 'aria-label': `${name}, step ${i + 1}`, on: { input: () => { row[name] = cell.value; write(); options.changed(); } } });
        return h('td', null, cell);
      }))))));
  };
  const resize = (/** @type {number} */ by) => {
    if (by > 0) rows.push({ ...(rows.at(-1) ?? {}) });
    else if (rows.length > 1) rows.pop();
    draw();
    options.changed();
  };
  draw();
  const open = form.steps === null;
  return {
    root: card(options, h('p', { class: 'muted small' }, open ? 'Any number of steps, the first one first.' : `${form.steps} steps, the first one first.`), grid,
      open ? h('div', { class: 'field' }, h('button', { type: 'button', on: { click: () => resize(1) } }, 'One more step'), h('button', { type: 'button', on: { click: () => resize(-1) } }, 'One less')) : null,
      h('details', { open: rows.length * columns.length > MOST_CELLS }, h('summary', null, 'Paste'), paste.root)),
    value: () => (rows.length && !broken ? { rows } : null),
    show: (value) => { ({ rows } = value); draw(); options.changed(); },
    field: () => paste.box,
  };
}

/** @param {any} form @param {Options} options @returns {InputForm} */
function seriesInput(form, options) {
  /** @type {Record<string, string>[] | null} */
  let pasted = null;
  /** @type {number[] | null} */
  let edited = null;
  let broken = false;
  const paste = pasteBox(options, form.columns, (rows) => { broken = !rows; pasted = rows?.length ? rows : null; edited = null; changed(); }, `Rows as CSV or JSON, the oldest first, at least ${form.steps}, with the columns ${form.columns.join(', ')}`);
  const known = form.series;
  const reset = h('button', { type: 'button', hidden: true, on: { click: () => { back(); changed(); } } }, 'Values of the data');
  const changed = () => { reset.hidden = !edited && !pasted && !broken; options.changed(); };
  const back = () => { pasted = null; edited = null; broken = false; paste.clear(); };
  if (!known.length) {
    return { root: card(options, h('p', { class: 'muted small' }, 'The data of the training is not here; paste rows.'), paste.root), value: () => (pasted ? { rows: pasted } : null), field: () => paste.box };
  }
  const name = `${options.key}-series`;
  const series = h('select', { id: name }, known.map((/** @type {any} */ each) => h('option', { value: each.name }, each.name)));
  const slider = h('input', { type: 'range', id: `${options.key}-slider`, 'aria-label': 'The forecast begins at step, slider' });
  const end = h('input', { type: 'number', id: `${options.key}-end` });
  const time = h('output', { class: 'muted small', for: `${options.key}-end` });
  const recent = h('div', { class: 'recent' });
  const chosen = () => known.find((/** @type {any} */ each) => each.name === series.value) ?? known[0];
  const range = () => {
    const { first, last } = chosen();
    for (const each of [slider, end]) { each.min = String(first); each.max = String(last); }
    const begin = Math.max(first, last - form.horizon);
    slider.value = String(begin);
    end.value = String(begin);
  };
  const moved = (/** @type {HTMLInputElement} */ from, /** @type {HTMLInputElement} */ to) => { to.value = from.value; back(); changed(); };
  series.addEventListener('change', () => { range(); back(); changed(); });
  slider.addEventListener('input', () => moved(slider, end));
  end.addEventListener('input', () => moved(end, slider));
  range();
  return {
    root: card(options, known.length > 1 ? h('div', { class: 'field' }, h('label', { for: name }, 'Series'), series) : null,
      h('div', null, h('label', { for: `${options.key}-end` }, 'The forecast begins at step'), h('div', { class: 'pair wide' }, slider, end), time),
      h('p', { class: 'muted small' }, `It forecasts ${form.horizon} steps from the ${form.steps} before. At the last step it goes beyond the end of the data.`),
      h('fieldset', null, h('legend', null, `The last values of ${form.target}`), recent), reset,
      h('details', null, h('summary', null, 'Paste other rows'), paste.root)),
    value: () => {
      if (broken) return null;
      if (pasted) return { rows: pasted };
      return { series: series.value, end: Number(end.value), ...(edited ? { values: edited } : {}) };
    },
    field: (path) => (path === 'end' ? end : path === 'series' ? series : path === 'values' ? recent : paste.box),
    answered: (answer) => {
      if (!answer.curve || edited || pasted) return;
      const begin = answer.curve.begin + answer.curve.past.length;
      text(time, answer.curve.times.length ? stepName(answer.curve, begin) : '');
      const past = answer.curve.past.map(number).slice(-Math.min(MOST_RECENT, form.steps));
      const first = answer.curve.begin + answer.curve.past.length - past.length;
      fill(recent, past.map((/** @type {number} */ value, /** @type {number} */ i) => {
        const box = h('input', { type: 'text', inputmode: 'decimal', value: String(Number(value.toPrecision(6))), autocomplete: 'off', 'aria-label': stepName(answer.curve, first + i) });
        box.addEventListener('input', () => {
          const all = [...recent.querySelectorAll('input')].map((each) => (each.value.trim() === '' ? NaN : Number(each.value)));
          box.setAttribute('aria-invalid', String(!Number.isFinite(Number(box.value)) || box.value.trim() === ''));
          back();
          if (all.every(Number.isFinite)) edited = all;
          else broken = true;
          changed();
        });
        return box;
      }));
    },
  };
}

/** @param {any} form @param {Options} options @returns {InputForm} */
function numbersInput(form, options) {
  const written = (/** @type {any[]} */ numbers) => numbers.map((each) => String(number(each))).join(' ');
  const box = h('textarea', { id: `${options.key}-numbers`, rows: 6, spellcheck: 'false', class: 'mono', value: written(form.example), on: { input: options.changed } });
  return {
    root: card(options, h('label', { for: `${options.key}-numbers` }, form.count === null ? `Numbers of the shape ${form.shape.map((/** @type {number} */ each) => (each < 0 ? '?' : each)).join('×')}` : `${form.count} numbers, as the network takes them`), box),
    value: () => {
      const numbers = parseNumbers(box.value);
      if (form.count !== null && numbers.length !== form.count) throw new Error(`Expects ${form.count} numbers, got ${numbers.length}.`);
      return { numbers };
    },
    show: (value) => { box.value = written(value.numbers); options.changed(); },
    field: () => box,
  };
}

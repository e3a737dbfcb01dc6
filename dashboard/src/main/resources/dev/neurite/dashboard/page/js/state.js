// The state of the view: everything that a link must carry is in the fragment of the address.

/**
 * @typedef {object} View
 * @property {string} run the run that is shown, `''` for the live or newest one
 * @property {string} tab
 * @property {string} q what the list of runs is searched for
 * @property {number} smooth weight of the past, 0 to 0.99
 * @property {boolean} log whether the value axis is logarithmic
 * @property {string} x `step`, `epoch` or `time`
 * @property {number[]} zoom empty, or the two ends of the x axis
 * @property {string[]} hide series that are switched off
 * @property {string[]} tables figures whose table is open
 * @property {string} node the node that is picked in Layers
 * @property {string} of the parameter or layer whose histograms are shown
 * @property {string} what `value`, `gradient`, `update`, `output` or `delta`
 * @property {string} hist `ridge` or `heat`
 * @property {number} row the example whose feature maps are shown
 * @property {string} matrix `count` or `row`
 * @property {number[]} cell empty, or the true and the predicted class
 * @property {string} only class of the worst examples, `''` for all
 * @property {string} sort column and direction of the table of classes, as `f1` or `-f1`
 * @property {string} part of the data whose errors are shown, `''` for the usual one
 * @property {string[]} runs what is compared
 * @property {string} metric of the compared curves
 * @property {string} curves which of them: `eval` of the data that is evaluated, `train`, or `all`
 * @property {string} order column and direction of the table of runs
 * @property {string} search name of the search that is shown
 * @property {string[]} brush ranges of the parallel coordinates, each `key:low:high`
 * @property {string} level least level of the log's lines
 */

/** @type {View} */
export const USUAL = {
  run: '', tab: 'overview', q: '', smooth: 0.6, log: false, x: 'step', zoom: [], hide: [], tables: [],
  node: '', of: '', what: 'value', hist: 'ridge', row: 0, matrix: 'count', cell: [], only: '', sort: '', part: '',
  runs: [], metric: '', curves: 'eval', order: '', search: '', brush: [], level: '',
};

export const TABS = /** @type {[string, string][]} */ ([
  ['overview', 'Overview'], ['layers', 'Layers'], ['errors', 'Errors'], ['try', 'Try it'], ['compare', 'Compare'], ['log', 'Log'],
]);

/** @type {Record<string, string[]>} */
const ONE_OF = {
  tab: TABS.map(([key]) => key), x: ['step', 'epoch', 'time'], what: ['value', 'gradient', 'update', 'output', 'delta'],
  hist: ['ridge', 'heat'], matrix: ['count', 'row'], curves: ['eval', 'train', 'all'],
};

/**
 * Reads the fragment of an address. What it does not know or cannot read counts as not given.
 * @param {string} hash with or without `#`
 * @returns {{view: View, token: string | null}}
 */
export function parse(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  /** @type {any} */
  const view = structuredClone(USUAL);
  for (const [key, usual] of Object.entries(USUAL)) {
    const text = given.get(key);
    if (text === null) continue;
    if (Array.isArray(usual)) {
      const parts = text === '' ? [] : text.split(',').map(unescape);
      if (key === 'zoom' || key === 'cell') {
        const numbers = parts.map(Number);
        if (numbers.length === 2 && numbers.every(Number.isFinite)) view[key] = numbers;
      } else view[key] = parts;
    } else if (typeof usual === 'number') {
      if (text !== '' && Number.isFinite(Number(text))) view[key] = Number(text);
    } else if (typeof usual === 'boolean') view[key] = text === '1';
    else if (!ONE_OF[key] || ONE_OF[key].includes(text)) view[key] = text;
  }
  view.metric = view.metric.replace(/^(train|val|test)\./, ''); // of an older link
  view.smooth = Math.min(0.99, Math.max(0, view.smooth));
  view.row = Math.max(0, Math.floor(view.row));
  if (view.zoom.length && !(view.zoom[0] < view.zoom[1])) view.zoom = [];
  return { view, token: given.get('token') };
}

/**
 * Writes a view as the fragment of an address: only what differs from usual.
 * @param {View} view
 * @returns {string} with `#`, or `''`
 */
export function format(view) {
  const out = new URLSearchParams();
  for (const [key, usual] of Object.entries(USUAL)) {
    const value = /** @type {any} */ (view)[key];
    if (Array.isArray(usual)) {
      if (value.length) out.set(key, value.map(escape).join(','));
    } else if (value !== usual) out.set(key, typeof value === 'boolean' ? (value ? '1' : '0') : String(value));
  }
  const text = out.toString();
  return text === '' ? '' : `#${text}`;
}

/** A comma within a part of a list. @param {string | number} part */
function escape(part) {
  return String(part).replaceAll('~', '~t').replaceAll(',', '~c');
}
/** @param {string} part */
function unescape(part) {
  return part.replaceAll('~c', ',').replaceAll('~t', '~');
}

/**
 * Holds the view and tells who listens what changed.
 */
export class Store {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    /** @type {Set<(changed: Set<string>, view: View) => void>} */
    this.listeners = new Set();
  }

  /** @param {(changed: Set<string>, view: View) => void} listener */
  on(listener) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /**
   * Changes some of the view.
   * @param {Partial<View>} part
   */
  set(part) {
    const changed = new Set();
    for (const [key, value] of Object.entries(part)) {
      if (JSON.stringify(/** @type {any} */ (this.view)[key]) === JSON.stringify(value)) continue;
      /** @type {any} */ (this.view)[key] = value;
      changed.add(key);
    }
    if (changed.size) this.listeners.forEach((listener) => listener(changed, this.view));
  }

  /** Adds to or takes from a list of the view. @param {'hide' | 'tables' | 'runs'} key @param {string} item @param {boolean} on */
  toggle(key, item, on) {
    const without = this.view[key].filter((each) => each !== item);
    this.set({ [key]: on ? [...without, item] : without });
  }
}

// What is known of one run: it grows by the lines of its metrics, without duplicates.

import { figure, number, percent, thin } from './math.js';

/**
 * @typedef {{step: number[], epoch: number[], t: number[], v: number[]}} Points
 * @typedef {{v?: number, t: number, step: number, epoch: number, k: string, m: Record<string, any>}} Line of metrics.jsonl
 */

const MOST = 6000; // points of a series before it is thinned out to a half

export class RunData {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {any} */
    this.info = null;
    /** @type {any} */
    this.state = null;
    /** @type {Map<string, Points>} */
    this.series = new Map();
    /** How many lines of the metrics are in the series. */
    this.lines = 0;
    /** Whether the metrics have figures of updates, so that those of histograms are not needed. */
    this.watched = false;
    /** @type {{t: number, level: string, text: string}[]} */
    this.notes = [];
    /** Throughput and heap as told while the page is open. @type {{t: number[], step: number[], rate: number[], heap: number[]}} */
    this.resources = { t: [], step: [], rate: [], heap: [] };
  }

  /** Begins with what the server has. @param {{lines: number, series: Record<string, any>}} answer */
  begin(answer) {
    this.series = new Map();
    this.lines = answer.lines;
    this.watched = Object.keys(answer.series).some((key) => key.startsWith('updates.') && key.endsWith('.update_norm')); // not of histograms
    for (const [key, points] of Object.entries(answer.series)) {
      this.series.set(key, { step: points.step.map(number), epoch: points.epoch.map(number), t: points.t.map(number), v: points.v.map(number) });
    }
  }

  /**
   * Adds lines of an event whose id is the number of its last line. Lines that are known already are left out.
   * @param {Line[]} lines
   * @param {string} id
   * @returns {boolean} false if lines between are missing, so that the series must be asked for again
   */
  append(lines, id) {
    const last = id === '' ? this.lines + lines.length : Number(id);
    const before = last - lines.length;
    if (before > this.lines) return false;
    for (const line of lines.slice(this.lines - before)) this.line(line);
    this.lines = Math.max(this.lines, last);
    return true;
  }

  /** @param {Line} line */
  line(line) {
    if (line.k === 'updates') this.watched = true;
    for (const [name, value] of Object.entries(line.m)) {
      if (value !== null && typeof value === 'object') {
        for (const [figure, part] of Object.entries(value)) this.point(`${line.k}.${name}.${figure}`, line, part);
      } else if (line.k !== 'skipped') this.point(`${line.k}.${name}`, line, value);
    }
  }

  /**
   * Adds the figures of updates that a line of histograms has, as the server does to the series that it begins with, unless
   * the metrics have such figures or the line is known already.
   * @param {Line} line of histograms.jsonl
   * @returns {boolean} whether there are new ones
   */
  sampled(line) {
    if (this.watched) return false;
    const last = Math.max(0, ...[...this.series].filter(([key]) => key.startsWith('updates.')).map(([, points]) => points.step.at(-1) ?? 0));
    if (!(number(line.step) > last)) return false;
    for (const [name, kinds] of Object.entries(line.m)) {
      if (!kinds.gradient) continue; // a layer
      const norm = number(kinds.value?.norm);
      if (norm > 0) this.point(`updates.${name}.ratio`, line, number(kinds.update?.norm) / norm);
      this.point(`updates.${name}.grad_norm`, line, kinds.gradient.norm);
    }
    return true;
  }

  /** @param {string} key @param {Line} line @param {unknown} value */
  point(key, line, value) {
    if (value === null || value === undefined) return;
    let points = this.series.get(key);
    if (!points) this.series.set(key, (points = { step: [], epoch: [], t: [], v: [] }));
    points.step.push(number(line.step));
    points.epoch.push(number(line.epoch));
    points.t.push(number(line.t));
    points.v.push(number(value));
    if (points.v.length > MOST) {
      const kept = thin(points.v, MOST / 2);
      const all = points;
      this.series.set(key, /** @type {any} */ (Object.fromEntries(Object.entries(all).map(([name, values]) => [name, kept.map((i) => values[i])]))));
    }
  }

  /** @param {any} state what the `state` event tells */
  told(state) {
    this.state = { ...this.state, ...state };
    const now = number(state.elapsed);
    const { resources } = this;
    if (Number.isFinite(now) && now !== resources.t.at(-1) && state.state === 'training') {
      resources.t.push(now);
      resources.step.push(number(state.step));
      resources.rate.push(number(state.rowsPerSecond));
      resources.heap.push(number(state.heapUsed));
      if (resources.t.length > 4000) for (const values of Object.values(resources)) values.splice(0, 2000);
    }
  }

  /** Adds a note unless it is known. @param {{t: number, level: string, text: string}} note */
  note(note) {
    if (this.notes.some((each) => each.t === note.t && each.text === note.text)) return;
    this.notes.push(note);
  }

  /** Steps of an epoch, 0 if not known. */
  get stepsAnEpoch() {
    const steps = number(this.state?.steps ?? this.info?.steps);
    const epochs = number(this.state?.epochs ?? this.info?.epochs);
    return steps > 0 && epochs > 0 ? steps / epochs : 0;
  }

  /**
   * The x values of a series.
   * @param {Points} points
   * @param {string} kind `step`, `epoch` or `time`
   * @returns {number[]}
   */
  x(points, kind) {
    if (kind === 'step') return points.step;
    if (kind === 'epoch') {
      const each = this.stepsAnEpoch;
      return each > 0 ? points.step.map((step) => step / each) : points.epoch;
    }
    const start = this.start;
    return points.t.map((t) => t - start);
  }

  /** When the first line was written, in seconds. */
  get start() {
    let first = Infinity;
    for (const points of this.series.values()) if (points.t.length && points.t[0] < first) first = points.t[0];
    return Number.isFinite(first) ? first : 0;
  }

  /** Metrics by name, each with the parts of the data that have it, as `loss` → `['train', 'val']`. @returns {Map<string, string[]>} */
  metrics() {
    /** @type {Map<string, string[]>} */
    const result = new Map();
    for (const key of this.series.keys()) {
      const dot = key.indexOf('.');
      const part = key.slice(0, dot);
      const name = key.slice(dot + 1);
      if (part === 'updates' || part === 'skipped' || name === 'lr') continue;
      result.set(name, [...(result.get(name) ?? []), part]);
    }
    const rank = (/** @type {string} */ name) => (name === 'loss' ? 0 : name === 'acc' || name === 'accuracy' ? 1 : 2);
    const order = ['train', 'val', 'test'];
    for (const parts of result.values()) parts.sort((a, b) => (order.indexOf(a) + 9) % 9 - (order.indexOf(b) + 9) % 9);
    return new Map([...result].sort(([a], [b]) => rank(a) - rank(b) || a.localeCompare(b)));
  }

  /** The newest value of a series, `null` if there is none. @param {string} key @returns {number | null} */
  newest(key) {
    return this.series.get(key)?.v.at(-1) ?? null;
  }
}

/** @type {Record<string, string>} */
const METRICS = {
  loss: 'Loss', acc: 'Accuracy', accuracy: 'Accuracy', lr: 'Learning rate', top5: 'Top-5 accuracy', r2: 'R²', rmse: 'RMSE', mae: 'MAE', mse: 'MSE',
  mape: 'MAPE', mase: 'MASE', mcc: 'MCC', 'roc-auc': 'ROC AUC',
};

/** The name of a metric for people. @param {string} name */
export function metricName(name) {
  return METRICS[name] ?? (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll(/[_-]/g, ' ');
}

/** The name of a metric within a sentence: small, unless it is an abbreviation. @param {string} name */
export function metricWord(name) {
  const words = metricName(name);
  return /^.[^A-Z²]*$/.test(words) ? words.toLowerCase() : words;
}

/** A value of a metric: a share as percent. @param {string} name @param {number} value @param {number} [digits] of a percentage */
export function metricValue(name, value, digits = 2) {
  return name === 'acc' || name === 'accuracy' ? percent(value, digits) : figure(value);
}

/** The figure of a run that says most, with its name: of the test part, else of the data that is evaluated while it trains. Never a loss of the
 * training. @param {any} run @returns {{name: string, value: string} | null} */
export function headline(run) {
  if (run.test) return { name: `test ${metricWord(run.test.score)}`, value: metricValue(run.test.score, number(run.test.m[run.test.score]), 1) };
  for (const metric of ['acc', 'accuracy', 'loss']) {
    for (const part of ['val', 'test']) {
      const value = run.metrics?.[`${part}.${metric}`];
      if (value !== undefined && value !== null) return { name: `${partName(part)} ${metricWord(metric)}`, value: metricValue(metric, number(value), 1) };
    }
  }
  return null;
}

/** @param {string} part */
export function partName(part) {
  return /** @type {any} */ ({ train: 'train', val: 'validation', test: 'test' })[part] ?? part;
}

/**
 * The run that is shown, and the others of its data: the newest first.
 * @param {any[]} runs @param {string | undefined} shown @returns {any[]}
 */
export function alike(runs, shown) {
  const newest = [...runs].sort((a, b) => b.started - a.started);
  const base = newest.find((run) => run.id === shown) ?? newest[0];
  return base ? [base, ...newest.filter((run) => run !== base && run.data === base.data && run.state !== 'unreadable')] : [];
}

/** The metrics of some runs: the loss first, then those that most of them have. @param {RunData[]} all @returns {string[]} */
export function metricsOf(all) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const data of all) for (const name of data.metrics().keys()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort((a, b) => Number(b[0] === 'loss') - Number(a[0] === 'loss') || b[1] - a[1]).map(([name]) => name);
}

/**
 * The parts of the data whose curves of a metric are compared. Runs are evaluated on validation data, or without it on the test part: these belong together.
 * @param {RunData} data @param {string} name of the metric @param {string} curves `eval`, `train` or `all` @returns {string[]}
 */
export function curvesOf(data, name, curves) {
  const parts = data.metrics().get(name) ?? [];
  const evaluated = parts.includes('val') ? ['val'] : parts.filter((part) => part !== 'train').slice(0, 1);
  const trained = parts.filter((part) => part === 'train');
  return curves === 'eval' ? evaluated : curves === 'train' ? trained : [...evaluated, ...trained];
}

/** The metrics of the test part that some runs have: those that are scores first, the loss last. @param {any[]} runs @returns {string[]} */
export function testMetrics(runs) {
  const scores = runs.map((run) => run.test?.score).filter(Boolean);
  const others = runs.flatMap((run) => Object.keys(run.test?.m ?? {}));
  const all = [...new Set([...scores, ...others])];
  return [...all.filter((name) => name !== 'loss'), ...all.filter((name) => name === 'loss')];
}

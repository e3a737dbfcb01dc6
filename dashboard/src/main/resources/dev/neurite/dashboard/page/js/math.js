// Pure functions of numbers: smoothing, thinning out, scales and how figures are written.

/** A number of the API: what JSON cannot hold comes as a text. @param {unknown} value @returns {number} */
export function number(value) {
  return typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
}

/**
 * Exponential moving average without the bias of its start (as of Adam's moments). Values that are not finite are left
 * out of the average and stay in the result.
 * @param {ArrayLike<number>} values
 * @param {number} weight of the past, 0 (nothing) to below 1
 * @returns {number[]}
 */
export function smooth(values, weight) {
  const result = new Array(values.length);
  let sum = 0;
  let bias = 1;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      result[i] = values[i];
      continue;
    }
    sum = weight * sum + (1 - weight) * values[i];
    bias *= weight;
    result[i] = sum / (1 - bias);
  }
  return result;
}

/**
 * The places of about `points` values of a series: the least and the greatest value of each piece and its first value
 * that is not finite, so that no spike and no gap is lost.
 * @param {ArrayLike<number>} y
 * @param {number} points
 * @returns {number[]} ascending
 */
export function thin(y, points) {
  const n = y.length;
  if (n <= points) return Array.from({ length: n }, (_, i) => i);
  const pieces = Math.max(1, Math.floor(points / 2));
  const kept = /** @type {number[]} */ ([]);
  for (let piece = 0; piece < pieces; piece++) {
    const from = Math.floor((piece * n) / pieces);
    const to = Math.floor(((piece + 1) * n) / pieces);
    let low = -1;
    let high = -1;
    let broken = -1;
    for (let i = from; i < to; i++) {
      if (!Number.isFinite(y[i])) {
        if (broken < 0) broken = i;
      } else {
        if (low < 0 || y[i] < y[low]) low = i;
        if (high < 0 || y[i] > y[high]) high = i;
      }
    }
    kept.push(...[...new Set([low, high, broken])].filter((i) => i >= 0).sort((a, b) => a - b));
  }
  if (kept.at(-1) !== n - 1) kept.push(n - 1); // the newest value is always there
  return kept;
}

/**
 * Series with an x of their own on one common x: `undefined` where a series has no point there, `null` where its value
 * is not finite, as uPlot wants them.
 * @param {{x: ArrayLike<number>, y: ArrayLike<number>}[]} series each ascending in x
 * @returns {any[]} the common x, then each series
 */
export function align(series) {
  const all = new Set();
  for (const each of series) for (let i = 0; i < each.x.length; i++) all.add(each.x[i]);
  const x = [...all].sort((a, b) => a - b);
  const at = new Map(x.map((value, i) => /** @type {[number, number]} */ ([value, i])));
  return [x, ...series.map((each) => {
    const y = new Array(x.length).fill(undefined);
    for (let i = 0; i < each.x.length; i++) {
      const place = /** @type {number} */ (at.get(each.x[i]));
      const value = each.y[i];
      if (Number.isFinite(value)) y[place] = value;
      else if (y[place] === undefined) y[place] = null;
    }
    return y;
  })];
}

/** The place of the value nearest to `target`. @param {ArrayLike<number>} ascending @param {number} target */
export function nearest(ascending, target) {
  let low = 0;
  let high = ascending.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ascending[middle] < target) low = middle;
    else high = middle;
  }
  return Math.abs(ascending[high] - target) < Math.abs(target - ascending[low]) ? high : low;
}

/** @param {ArrayLike<number>} values @returns {[number, number] | null} least and greatest finite value */
export function extent(values) {
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    if (values[i] < low) low = values[i];
    if (values[i] > high) high = values[i];
  }
  return low <= high ? [low, high] : null;
}

/** The place of the best value, -1 if there is none. @param {ArrayLike<number>} values @param {boolean} higher whether higher is better */
export function best(values, higher) {
  let place = -1;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i]) && (place < 0 || (higher ? values[i] > values[place] : values[i] < values[place]))) place = i;
  }
  return place;
}

const LOWER = /loss|error|mae|mse|rmse|perplexity|brier|ece|deviance|log/i;
/** Whether more is better, by the name of the metric. @param {string} name */
export function higherIsBetter(name) {
  return !LOWER.test(name);
}

/**
 * Round numbers within a range.
 * @param {number} low
 * @param {number} high
 * @param {number} about how many
 * @returns {number[]}
 */
export function ticks(low, high, about) {
  if (!(high > low) || !Number.isFinite(high - low)) return Number.isFinite(low) ? [low] : [];
  const rough = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((m) => m * power).find((each) => each >= rough * 0.999) ?? 10 * power;
  const result = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) result.push(Number((i * step).toPrecision(12)));
  return result;
}

/** Powers of ten (with 2 and 5 where few) within a range above 0. @param {number} low @param {number} high */
export function logTicks(low, high) {
  const result = [];
  const decades = Math.log10(high / low);
  const parts = decades > 6 ? [1] : decades > 2 ? [1] : [1, 2, 5];
  const skip = decades > 8 ? Math.ceil(decades / 6) : 1;
  for (let p = Math.floor(Math.log10(low)); p <= Math.ceil(Math.log10(high)); p++) {
    if (p % skip !== 0) continue;
    for (const part of parts) {
      const tick = Number((part * 10 ** p).toPrecision(6));
      if (tick >= low * 0.999999 && tick <= high * 1.000001) result.push(tick);
    }
  }
  return result.length > 1 ? result : ticks(low, high, 4); // less than a factor of two
}

/** A figure with about four digits. @param {number | null | undefined} value */
export function figure(value) {
  if (value === null || value === undefined) return '–';
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  const text = size >= 1e5 || size < 1e-3 ? value.toExponential(2).replace('e+', 'e')
    : size >= 1000 ? String(Math.round(value))
    : value.toFixed(size >= 100 ? 1 : size >= 10 ? 2 : size >= 0.1 ? 4 : 5);
  return text.replace('-', '−');
}

/** A short figure for an axis. @param {number} value */
export function short(value) {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const text = size >= 1e6 ? `${trim(value / 1e6)}M` : size >= 1e4 ? `${trim(value / 1e3)}k`
    : size < 1e-3 ? value.toExponential(1).replace('.0e', 'e').replace('e+', 'e') : trim(value);
  return text.replace('-', '−');
}
/** @param {number} value */
function trim(value) {
  return String(Number(value.toPrecision(4)));
}

/** A whole number with separators. @param {number | null | undefined} value */
export function whole(value) {
  return value === null || value === undefined || !Number.isFinite(value) ? '–' : Math.round(value).toLocaleString('en');
}

/** @param {number | null | undefined} value a share from 0 to 1 */
export function percent(value, digits = 1) {
  return value === null || value === undefined ? '–' : Number.isFinite(value) ? `${(100 * value).toFixed(digits)}\u00a0%` : figure(value);
}

/** @param {number | null | undefined} value in bytes */
export function bytes(value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  if (value < 1024) return `${value} B`;
  let size = value;
  let unit = 'B';
  for (const next of ['KB', 'MB', 'GB', 'TB']) {
    if (size < 1024) break;
    size /= 1024;
    unit = next;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}

/** @param {number | null | undefined} seconds */
export function duration(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  if (all < 3600) return `${Math.floor(all / 60)}:${two(all % 60)}`;
  return `${Math.floor(all / 3600)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}

/** A time of day. @param {number} seconds since 1970 @param {boolean} dated whether with the date */
export function clock(seconds, dated) {
  const day = dated ? /** @type {const} */ ({ month: 'short', day: '2-digit' }) : {};
  return new Date(seconds * 1000).toLocaleString('en', { ...day, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}

/** @param {number[]} shape */
export function shape(shape) {
  return shape && shape.length ? shape.join('×') : '1';
}

/**
 * Counts of a histogram on other bins of equal width; counts spread evenly within their old bin.
 * @param {number[]} counts
 * @param {number} min lower end of the first old bin
 * @param {number} max upper end of the last old bin
 * @param {number} low lower end of the first new bin
 * @param {number} high upper end of the last new bin
 * @param {number} bins
 * @returns {number[]}
 */
export function rebin(counts, min, max, low, high, bins) {
  const result = new Array(bins).fill(0);
  const to = (high - low) / bins;
  const clamp = (/** @type {number} */ i) => Math.min(bins - 1, Math.max(0, i));
  if (!(max > min) || !(to > 0)) {
    const sum = counts.reduce((a, b) => a + b, 0);
    result[clamp(Math.floor((min - low) / (to || 1)))] += sum;
    return result;
  }
  const from = (max - min) / counts.length;
  counts.forEach((count, i) => {
    if (!count) return;
    const a = min + i * from;
    const b = a + from;
    const first = clamp(Math.floor((a - low) / to));
    const last = clamp(Math.ceil((b - low) / to) - 1);
    for (let k = first; k <= last; k++) {
      const left = k === 0 ? -Infinity : low + k * to;
      const right = k === bins - 1 ? Infinity : low + (k + 1) * to;
      result[k] += (count * Math.max(0, Math.min(b, right) - Math.max(a, left))) / from;
    }
  });
  return result;
}

/**
 * Standard deviation of what a histogram counted, each value taken for the middle of its bin.
 * @param {number[]} counts
 * @param {number} min
 * @param {number} max
 */
export function deviation(counts, min, max) {
  const width = (max - min) / counts.length;
  let n = 0;
  let mean = 0;
  counts.forEach((count, i) => { n += count; mean += count * (min + (i + 0.5) * width); });
  if (n === 0) return NaN;
  mean /= n;
  let square = 0;
  counts.forEach((count, i) => { square += count * (min + (i + 0.5) * width - mean) ** 2; });
  return Math.sqrt(square / n);
}

/** Every so many, at most `count`, with the last. @param {number} length @param {number} count @returns {number[]} places */
export function spread(length, count) {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: count }, (_, i) => Math.round((i * (length - 1)) / (count - 1)));
}

/**
 * A line of CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe in front, as in the
 * predictions of the command line; numbers do not.
 * @param {unknown[]} cells
 */
export function csvLine(cells) {
  return cells.map((cell) => {
    const plain = cell === null || cell === undefined ? '' : String(cell);
    const text = /^[=+\-@\t\r]/.test(plain) && Number.isNaN(Number(plain)) ? `'${plain}` : plain;
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }).join(',');
}

/**
 * Compares for a sorted table: numbers by size, texts by the alphabet, what is missing last.
 * @param {unknown} a
 * @param {unknown} b
 * @param {boolean} down
 */
export function compare(a, b, down) {
  const missing = (/** @type {unknown} */ v) => v === null || v === undefined || v === '' || (typeof v === 'number' && Number.isNaN(v));
  if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b), 'en', { numeric: true });
  return down ? -order : order;
}

/** Settings that are not the same in all configurations. @param {Record<string, any>[]} configs */
export function differences(configs) {
  const keys = [...new Set(configs.flatMap((config) => Object.keys(config)))];
  return keys.map((key) => ({ key, values: configs.map((config) => (config[key] === undefined ? null : typeof config[key] === 'string' ? config[key] : JSON.stringify(config[key]))) }))
    .filter(({ values }) => new Set(values).size > 1);
}

/** The value that comes most often. @param {(string | null)[]} values */
export function mostCommon(values) {
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

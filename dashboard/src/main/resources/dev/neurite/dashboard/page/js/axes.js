// The axes of parallel coordinates.

import { extent, number, ticks } from './math.js';

/**
 * @typedef {{key: string, title: string, texts: string[] | null, log: boolean, low: number, high: number}} Axis
 * `texts` are its categories, `null` for numbers
 */

/**
 * The axis of a key: of numbers if all values are, logarithmic where they span more than a factor of 50.
 * @param {string} key @param {string} title @param {unknown[]} values
 * @returns {Axis}
 */
export function axisOf(key, title, values) {
  const numbers = values.map((value) => number(value));
  const known = values.filter((value) => value !== undefined && value !== null && value !== '');
  if (known.length && known.every((value) => Number.isFinite(number(value)))) {
    const [low, high] = extent(numbers) ?? [0, 1];
    const log = low > 0 && high / low > 50;
    return low === high ? { key, title, texts: null, log: false, low: low - 0.5, high: high + 0.5 } : { key, title, texts: null, log, low, high };
  }
  const texts = [...new Set(known.map(String))].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return { key, title, texts, log: false, low: 0, high: Math.max(1, texts.length - 1) };
}

/** Where a value is on its axis: 0 at the bottom, 1 at the top, NaN if it has no place. @param {Axis} axis @param {unknown} value */
export function shareOf(axis, value) {
  if (value === undefined || value === null || value === '') return NaN;
  const v = axis.texts ? axis.texts.indexOf(String(value)) : number(value);
  if (axis.texts && v < 0) return NaN;
  if (axis.texts && axis.texts.length === 1) return 0.5;
  return axis.log ? Math.log(v / axis.low) / Math.log(axis.high / axis.low) : (v - axis.low) / (axis.high - axis.low);
}

/** Values to write beside an axis of numbers. @param {Axis} axis @returns {number[]} */
export function numberTicks(axis) {
  if (!axis.log) return ticks(axis.low, axis.high, 4);
  const result = [axis.low];
  for (let p = Math.ceil(Math.log10(axis.low) + 0.3); 10 ** p < axis.high * 0.6; p++) result.push(10 ** p);
  return [...result, axis.high];
}

/**
 * The marks of an axis that have room: those at its ends, and between them those that are far enough from all others.
 * @template M
 * @param {M[]} marks in their order along the axis @param {(mark: M) => number} place in pixels @param {number} least the least distance in pixels
 * @returns {M[]}
 */
export function apart(marks, place, least) {
  const near = (/** @type {M} */ a, /** @type {M} */ b) => Math.abs(place(a) - place(b)) < least;
  const last = marks.at(-1);
  const kept = marks.slice(0, 1);
  for (const mark of marks.slice(1, -1)) {
    if (!near(mark, /** @type {M} */ (kept.at(-1))) && !near(mark, /** @type {M} */ (last))) kept.push(mark);
  }
  if (marks.length > 1 && !near(/** @type {M} */ (last), /** @type {M} */ (kept.at(-1)))) kept.push(/** @type {M} */ (last));
  return kept;
}

/** As many characters of a text as fit, the last one `…` if not all do. @param {string} words @param {number} width @param {number} each the width of a character */
export function fitted(words, width, each) {
  const most = Math.max(2, Math.floor(width / each));
  return words.length <= most ? words : `${words.slice(0, most - 1)}…`;
}

// The loss over the steps: keeps few points, and places them. Pure functions.

const MOST = 600;

/**
 * @typedef {{step: number, train: number, test: number | null}} Point
 */

/**
 * Adds a point; with too many, every other one is left out, so that the whole course stays.
 * @param {Point[]} points
 * @param {Point} point
 */
export function add(points, point) {
  const last = points.at(-1);
  if (last && point.step < last.step) return [point]; // a new training
  if (last && point.step === last.step) return [...points.slice(0, -1), point];
  const kept = points.length >= MOST ? points.filter((_, i) => i % 2 === 0) : points;
  return [...kept, point];
}

/** The largest finite loss, at least a little. @param {Point[]} points */
export function top(points) {
  let most = 0;
  for (const { train, test } of points) {
    if (Number.isFinite(train)) most = Math.max(most, train);
    if (test !== null && Number.isFinite(test)) most = Math.max(most, test);
  }
  return most > 0 ? most : 1;
}

/**
 * The path of a curve in a box; gaps where it is not finite.
 * @param {Point[]} points
 * @param {'train' | 'test'} what
 * @param {number} wide
 * @param {number} high
 * @param {number} most the loss at the top
 */
export function path(points, what, wide, high, most) {
  const end = Math.max(1, points.at(-1)?.step ?? 1);
  let out = '';
  let open = false;
  for (const point of points) {
    const value = point[what];
    if (value === null || !Number.isFinite(value)) {
      open = false;
      continue;
    }
    const x = (wide * point.step) / end;
    const y = high - high * Math.min(1, value / most);
    out += `${open ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`;
    open = true;
  }
  return out;
}

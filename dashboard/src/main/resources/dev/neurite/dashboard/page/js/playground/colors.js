// Arithmetic of colours and pictures. Pure functions.

/** @typedef {[number, number, number]} Rgb */

const STRONGEST = 0.82; // of an end's colour, so that points stand out on it

/**
 * The colours of the bytes 0 to 255: from one colour over a middle one at 127.5 to another.
 * @param {Rgb} low
 * @param {Rgb} middle
 * @param {Rgb} high
 * @param {boolean} discrete two colours only, which meet in the middle
 * @returns {Uint8ClampedArray} red, green, blue, alpha of each
 */
export function table(low, middle, high, discrete) {
  const out = new Uint8ClampedArray(1024);
  for (let i = 0; i < 256; i++) {
    const place = (i - 127.5) / 127.5;
    const part = STRONGEST * (discrete ? 1 : Math.abs(place));
    const end = place < 0 ? low : high;
    for (let k = 0; k < 3; k++) out[4 * i + k] = middle[k] + (end[k] - middle[k]) * part;
    out[4 * i + 3] = 255;
  }
  return out;
}

/** The share of bytes above the middle, in percent. @param {Uint8Array} values */
export function positive(values) {
  let count = 0;
  for (const value of values) if (value >= 128) count++;
  return values.length ? Math.round((100 * count) / values.length) : 0;
}

/** The width of a weight's line, in pixels. @param {number} weight */
export function width(weight) {
  const size = Math.abs(weight);
  return Number.isFinite(size) ? Math.min(10, 0.6 + 3.2 * Math.sqrt(size)) : 10;
}

// Colours and pictures: bytes of the server become pixels.

import { rgb } from '../theme.js';
import { table } from './colors.js';

/** @type {{key: string, plain: Uint8ClampedArray, steps: Uint8ClampedArray} | null} */
let known = null;

/** The present theme's colours of the 256 bytes. @param {boolean} discrete two colours only */
function colors(discrete) {
  const [neg, zero, pos] = [rgb('--neg'), rgb('--plane'), rgb('--pos')];
  const key = [neg, zero, pos].join();
  if (known?.key !== key) known = { key, plain: table(neg, zero, pos, false), steps: table(neg, zero, pos, true) };
  return discrete ? known.steps : known.plain;
}

/** @param {string} text base64 @returns {Uint8Array} */
export function bytes(text) {
  const raw = atob(text);
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

/**
 * Draws a square picture, one pixel of the canvas for each byte.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} values row by row
 * @param {boolean} discrete
 */
export function paint(canvas, values, discrete) {
  const side = Math.round(Math.sqrt(values.length));
  if (canvas.width !== side) canvas.width = canvas.height = side;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(side, side);
  const palette = colors(discrete);
  for (let i = 0; i < values.length; i++) image.data.set(palette.subarray(4 * values[i], 4 * values[i] + 4), 4 * i);
  context.putImageData(image, 0, 0);
}

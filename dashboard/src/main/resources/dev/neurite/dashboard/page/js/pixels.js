// Images of the API on canvases, and canvases as bytes for the API.

import { h } from './dom.js';
import { css, diverging, sequential } from './palette.js';

/** @typedef {{width: number, height: number, channels: number, pixels: string}} Image `pixels` is base64, row-major, channel-last */

/** @param {string} base64 @returns {Uint8Array} */
export function decode(base64) {
  const text = atob(base64);
  const result = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) result[i] = text.charCodeAt(i);
  return result;
}

/** @param {Uint8Array} bytes */
export function encode(bytes) {
  let text = '';
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}

/** A canvas that shows an image, each pixel as it is. @param {Image} image @param {string} label */
export function picture(image, label) {
  const canvas = h('canvas', { class: 'pixels', role: 'img', 'aria-label': label });
  paint(canvas, image);
  return canvas;
}

/** @param {HTMLCanvasElement} canvas @param {Image} image */
export function paint(canvas, image) {
  const { width, height, channels } = image;
  const bytes = decode(image.pixels);
  canvas.width = width;
  canvas.height = height;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const target = context.createImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) target.data[4 * i + c] = bytes[i * channels + (channels === 3 ? c : 0)];
    target.data[4 * i + 3] = 255;
  }
  context.putImageData(target, 0, 0);
}

/**
 * A canvas that shows numbers as colours: of both signs around 0, or from least to greatest.
 * @param {ArrayLike<number>} values row-major, channel-last
 * @param {{width: number, height: number, channels?: number, low: number, high: number, signed: boolean, label: string}} options
 * Three channels are red, green and blue; of other numbers of channels the mean is shown
 */
export function numbers(values, options) {
  const { width, height, low, high, signed } = options;
  const channels = options.channels ?? 1;
  const canvas = h('canvas', { class: 'pixels', role: 'img', 'aria-label': options.label, width, height });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const target = context.createImageData(width, height);
  const scale = signed ? diverging() : sequential();
  const size = signed ? Math.max(Math.abs(low), Math.abs(high)) || 1 : high - low || 1;
  for (let i = 0; i < width * height; i++) {
    /** @type {number[]} */
    let color;
    if (channels === 3) {
      color = [0, 1, 2].map((c) => (255 * (values[3 * i + c] - low)) / (high - low || 1));
    } else {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += values[i * channels + c];
      const value = sum / channels;
      color = Number.isFinite(value) ? scale(signed ? value / size : (value - low) / size) : [255, 0, 255];
    }
    for (let c = 0; c < 3; c++) target.data[4 * i + c] = color[c];
    target.data[4 * i + 3] = i * channels < values.length ? 255 : 0; // nothing beyond the last value
  }
  context.putImageData(target, 0, 0);
  return canvas;
}

/** What the colours of numbers mean. @param {string} low @param {string} high @param {boolean} signed */
export function scaleBar(low, high, signed) {
  const canvas = h('canvas', { width: 64, height: 1, 'aria-hidden': 'true' });
  const context = canvas.getContext('2d');
  const scale = signed ? diverging() : sequential();
  for (let i = 0; i < 64; i++) {
    context.fillStyle = css(scale(signed ? (2 * i) / 63 - 1 : i / 63));
    context.fillRect(i, 0, 1, 1);
  }
  return h('div', { class: 'scalebar' }, low, canvas, high);
}

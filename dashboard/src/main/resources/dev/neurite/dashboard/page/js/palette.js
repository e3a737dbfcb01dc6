// How series and values look: a colour, a dash and a marker each, and scales of colours.

import { s } from './dom.js';
import { rgb } from './theme.js';

/**
 * @typedef {'circle' | 'square' | 'triangle' | 'diamond' | 'cross' | 'plus' | 'down'} Marker
 * @typedef {{color: string, dash: number[], marker: Marker}} Style `color` is a token
 */

export const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4]];
export const MARKERS = /** @type {Marker[]} */ (['circle', 'square', 'triangle', 'diamond', 'cross', 'plus', 'down']);

/** The style of the n-th series; no two of the first 48 have the same colour and dash. @param {number} n @returns {Style} */
export function style(n) {
  return { color: `--c${n % 8}`, dash: DASHES[(n + Math.floor(n / 8)) % DASHES.length], marker: MARKERS[n % MARKERS.length] };
}

/** @type {Record<string, Style>} */
const PARTS = {
  train: { color: '--c0', dash: [], marker: 'circle' },
  val: { color: '--c1', dash: [8, 4], marker: 'square' },
  test: { color: '--c2', dash: [2, 3], marker: 'triangle' },
};
/** The style of a part of the data. @param {string} part @param {number} n for other parts @returns {Style} */
export function partStyle(part, n) {
  return PARTS[part] ?? style(n + 3);
}

/** The outline of a marker around 0, 0 as points; none for a circle. @param {Marker} marker @param {number} r @returns {[number, number][][]} */
export function markerLines(marker, r) {
  switch (marker) {
    case 'square': return [[[-r, -r], [r, -r], [r, r], [-r, r], [-r, -r]]];
    case 'triangle': return [[[0, -1.25 * r], [1.15 * r, r], [-1.15 * r, r], [0, -1.25 * r]]];
    case 'down': return [[[0, 1.25 * r], [1.15 * r, -r], [-1.15 * r, -r], [0, 1.25 * r]]];
    case 'diamond': return [[[0, -1.4 * r], [1.4 * r, 0], [0, 1.4 * r], [-1.4 * r, 0], [0, -1.4 * r]]];
    case 'cross': return [[[-r, -r], [r, r]], [[-r, r], [r, -r]]];
    case 'plus': return [[[0, -1.3 * r], [0, 1.3 * r]], [[-1.3 * r, 0], [1.3 * r, 0]]];
    default: return [];
  }
}

/** @param {Marker} marker @param {number} x @param {number} y @param {number} r @param {string} color a CSS colour or var() */
export function markerSvg(marker, x, y, r, color) {
  if (marker === 'circle') return s('circle', { cx: x, cy: y, r, fill: color });
  const closed = marker !== 'cross' && marker !== 'plus';
  const d = markerLines(marker, r).map((line) => `M${line.map(([a, b]) => `${(x + a).toFixed(1)} ${(y + b).toFixed(1)}`).join('L')}`).join('');
  return s('path', { d, fill: closed ? color : 'none', stroke: color, 'stroke-width': 1.6 });
}

/** A small picture of a line. @param {Style} look @param {boolean} [marked] whether the chart has its markers */
export function swatch(look, marked = true) {
  return s('svg', { class: 'swatch', width: 26, height: 12, viewBox: '0 0 26 12', 'aria-hidden': 'true' },
    s('line', { x1: 1, y1: 6, x2: 25, y2: 6, stroke: `var(${look.color})`, 'stroke-width': 2.2, 'stroke-dasharray': look.dash.join(' ') || null }),
    marked ? markerSvg(look.marker, 13, 6, 3.2, `var(${look.color})`) : null);
}

/** @param {[number, number, number][]} stops @param {number} t 0 to 1 @returns {[number, number, number]} */
export function mix(stops, t) {
  const place = Math.min(1, Math.max(0, Number.isFinite(t) ? t : 0)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(place));
  const part = place - i;
  return /** @type {any} */ (stops[i].map((from, k) => from + (stops[i + 1][k] - from) * part));
}

/** Colours of little to much. @returns {(t: number) => [number, number, number]} for 0 to 1 */
export function sequential() {
  const stops = [rgb('--seq-0'), rgb('--seq-1'), rgb('--seq-2')];
  return (t) => mix(stops, t);
}

/** Colours of negative to positive. @returns {(t: number) => [number, number, number]} for -1 to 1 */
export function diverging() {
  const stops = [rgb('--neg'), rgb('--zero'), rgb('--pos')];
  return (t) => mix(stops, (t + 1) / 2);
}

/** @param {[number, number, number]} c */
export function css(c) {
  return `rgb(${c.map(Math.round).join(' ')})`;
}

/** Black or white, whichever reads better on a colour. @param {[number, number, number]} c */
export function inkOn(c) {
  const [r, g, b] = c.map((v) => { const u = v / 255; return u <= 0.04045 ? u / 12.92 : ((u + 0.055) / 1.055) ** 2.4; });
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return 1.05 / (light + 0.05) >= (light + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

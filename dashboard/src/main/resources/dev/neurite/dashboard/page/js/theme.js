// Light, dark, or as the system: remembered in this browser, and colours resolved for canvases.

import { h, s, fill } from './dom.js';

/** @typedef {'system' | 'light' | 'dark'} Theme */

const ORDER = /** @type {Theme[]} */ (['system', 'light', 'dark']);
const WORDS = { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' };
const ICONS = {
  system: 'M3 4h12v8H3zM7 15h4M9 12v3',
  light: 'M9 6a3 3 0 1 0 .01 0M9 1.500v2M9 14.500v2M1.500 9h2M14.500 9h2M3.700 3.700l1.400 1.400M12.900 12.900l1.400 1.400M14.300 3.700l-1.400 1.400M5.100 12.900l-1.400 1.400',
  dark: 'M14.500 11A6 6 0 0 1 7 3.500a6 6 0 1 0 7.500 7.500z',
};
/** @type {Set<() => void>} */
const listeners = new Set();
/** @type {Map<string, string>} */
let resolved = new Map();

/** @returns {Theme} */
function saved() {
  try {
    const value = localStorage.getItem('neurite.theme');
    return value === 'light' || value === 'dark' ? value : 'system';
  } catch {
    return 'system'; // storage is switched off
  }
}

/** @param {Theme} theme */
function apply(theme) {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  const button = document.getElementById('theme');
  if (button) {
    button.setAttribute('aria-label', WORDS[theme]);
    button.title = WORDS[theme];
    fill(button, s('svg', { width: 18, height: 18, viewBox: '0 0 18 18', 'aria-hidden': true },
      s('path', { d: ICONS[theme], fill: 'none', stroke: 'currentColor', 'stroke-width': 1.6, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })));
  }
  changed();
}

function changed() {
  resolved = new Map();
  listeners.forEach((listener) => listener());
}

/** @param {() => void} listener called after a change of theme */
export function onTheme(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** @type {HTMLElement | null} */
let probe = null;
/**
 * The colour of a token, as a canvas and a saved picture need it.
 * @param {string} token such as `--c0`, or any CSS colour
 * @returns {string} `rgb(…)`
 */
export function color(token) {
  const known = resolved.get(token);
  if (known) return known;
  const place = (probe ??= /** @type {HTMLElement} */ (document.body.appendChild(h('span', { hidden: true }))));
  place.style.color = token.startsWith('--') ? `var(${token})` : token;
  const value = getComputedStyle(place).color;
  resolved.set(token, value);
  return value;
}

/** @param {string} token @returns {[number, number, number]} red, green and blue, 0 to 255 */
export function rgb(token) {
  const numbers = color(token).match(/[\d.]+/g) ?? ['0', '0', '0'];
  return [Number(numbers[0]), Number(numbers[1]), Number(numbers[2])];
}

let current = saved();
apply(current);
document.getElementById('theme')?.addEventListener('click', () => {
  current = ORDER[(ORDER.indexOf(current) + 1) % ORDER.length];
  apply(current);
  try {
    localStorage.setItem('neurite.theme', current);
  } catch {
    // without storage the choice lasts as long as the page
  }
});
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);

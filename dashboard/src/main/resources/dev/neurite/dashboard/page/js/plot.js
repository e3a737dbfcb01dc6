// Charts as SVG: a frame with axes, lines, areas and points. Also what every chart is saved as.

import { h, s, announce } from './dom.js';
import { color } from './theme.js';
import { markerSvg, swatch } from './palette.js';
import { ticks, logTicks, short } from './math.js';

/**
 * @typedef {object} Frame
 * @property {number} width
 * @property {number} height
 * @property {[number, number]} x
 * @property {[number, number]} y
 * @property {boolean} [xLog]
 * @property {boolean} [yLog]
 * @property {string} [xLabel]
 * @property {string} [yLabel]
 * @property {(v: number) => string} [xFormat]
 * @property {(v: number) => string} [yFormat]
 * @property {number[]} [xTicks]
 * @property {number[]} [yTicks]
 * @property {{left?: number, right?: number, top?: number, bottom?: number}} [margin]
 */

/** A chart of SVG with two axes. */
export class Plot {
  /** @param {Frame} frame */
  constructor(frame) {
    this.frame = frame;
    const margin = { left: 52, right: 14, top: 10, bottom: frame.xLabel ? 40 : 26, ...frame.margin };
    this.left = margin.left;
    this.right = frame.width - margin.right;
    this.top = margin.top;
    this.bottom = frame.height - margin.bottom;
    this.root = s('svg', { viewBox: `0 0 ${frame.width} ${frame.height}`, width: frame.width, height: frame.height, 'aria-hidden': 'true', focusable: 'false' });
    this.layer = s('g');
    this.axes();
    this.root.append(this.layer);
  }

  /** @param {number} v */
  X(v) {
    const { x: [a, b], xLog } = this.frame;
    const part = xLog ? Math.log(v / a) / Math.log(b / a) : (v - a) / (b - a || 1);
    return this.left + part * (this.right - this.left);
  }

  /** @param {number} v */
  Y(v) {
    const { y: [a, b], yLog } = this.frame;
    const part = yLog ? Math.log(v / a) / Math.log(b / a) : (v - a) / (b - a || 1);
    return this.bottom - part * (this.bottom - this.top);
  }

  axes() {
    const { frame } = this;
    const text = { 'font-size': 11, fill: 'var(--ink-3)' };
    const xs = frame.xTicks ?? (frame.xLog ? logTicks(...frame.x) : ticks(frame.x[0], frame.x[1], Math.max(2, (this.right - this.left) / 80)));
    const ys = frame.yTicks ?? (frame.yLog ? logTicks(...frame.y) : ticks(frame.y[0], frame.y[1], Math.max(2, (this.bottom - this.top) / 42)));
    for (const tick of ys) {
      const y = this.Y(tick);
      this.root.append(s('line', { x1: this.left, x2: this.right, y1: y, y2: y, stroke: 'var(--grid)' }),
        s('text', { ...text, x: this.left - 8, y: y + 4, 'text-anchor': 'end' }, (frame.yFormat ?? short)(tick)));
    }
    for (const tick of xs) {
      const x = this.X(tick);
      this.root.append(s('line', { x1: x, x2: x, y1: this.top, y2: this.bottom, stroke: 'var(--grid)' }),
        s('text', { ...text, x, y: this.bottom + 16, 'text-anchor': 'middle' }, (frame.xFormat ?? short)(tick)));
    }
    if (frame.xLabel) this.root.append(s('text', { ...text, x: (this.left + this.right) / 2, y: frame.height - 6, 'text-anchor': 'middle' }, frame.xLabel));
    if (frame.yLabel) this.root.append(s('text', { ...text, x: 12, y: (this.top + this.bottom) / 2, 'text-anchor': 'middle', transform: `rotate(-90 12 ${(this.top + this.bottom) / 2})` }, frame.yLabel));
  }

  /**
   * A line; what is not finite is a gap.
   * @param {ArrayLike<number>} xs
   * @param {ArrayLike<number>} ys
   * @param {{color: string, width?: number, dash?: number[], opacity?: number}} look `color` is a token
   */
  line(xs, ys, look) {
    this.layer.append(s('path', {
      d: this.path(xs, ys), fill: 'none', stroke: `var(${look.color})`, 'stroke-width': look.width ?? 2, 'stroke-linejoin': 'round',
      'stroke-dasharray': look.dash?.join(' ') || null, opacity: look.opacity ?? null,
    }));
  }

  /** @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys */
  path(xs, ys) {
    let d = '';
    let pen = 'M';
    for (let i = 0; i < xs.length; i++) {
      const y = ys[i];
      if (!Number.isFinite(y) || (this.frame.yLog && y <= 0)) {
        pen = 'M';
        continue;
      }
      d += `${pen}${this.X(xs[i]).toFixed(1)} ${this.Y(y).toFixed(1)}`;
      pen = 'L';
    }
    return d;
  }

  /**
   * The area between two lines.
   * @param {number[]} xs @param {number[]} low @param {number[]} high @param {{color: string, opacity?: number}} look
   */
  area(xs, low, high, look) {
    const keep = xs.map((_, i) => i).filter((i) => Number.isFinite(low[i]) && Number.isFinite(high[i]));
    if (keep.length < 2) return;
    const up = keep.map((i) => `${this.X(xs[i]).toFixed(1)} ${this.Y(high[i]).toFixed(1)}`);
    const down = keep.toReversed().map((i) => `${this.X(xs[i]).toFixed(1)} ${this.Y(low[i]).toFixed(1)}`);
    this.layer.append(s('path', { d: `M${up.join('L')}L${down.join('L')}Z`, fill: `var(${look.color})`, opacity: look.opacity ?? 0.2 }));
  }

  /** @param {number} x @param {number} y @param {import('./palette.js').Marker} marker @param {string} token @param {number} [r] @param {number} [opacity] */
  mark(x, y, marker, token, r = 3.5, opacity) {
    const mark = markerSvg(marker, this.X(x), this.Y(y), r, `var(${token})`);
    if (opacity) mark.setAttribute('opacity', String(opacity));
    this.layer.append(mark);
  }
}

/**
 * Draws again whenever the width of an element changes or the theme does not fit any more.
 * @param {HTMLElement} host
 * @param {(width: number) => void} draw
 */
export function responsive(host, draw) {
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.floor(entry.contentRect.width);
    if (now === width || now === 0) return;
    width = now;
    draw(now);
  }).observe(host);
  return () => { if (width || host.clientWidth) draw(width || host.clientWidth); };
}

/**
 * @typedef {{x: number, y: number, text: string}} Place of a cursor, in pixels of the drawing
 */

/**
 * Arrow keys and the pointer move a cursor along the points of a chart, whose values are shown and read out.
 * @param {HTMLElement} host holds the drawing
 * @param {string} label what the chart is, for a screen reader
 * @param {() => Place[]} places
 * @param {{plane?: () => boolean, pick?: (i: number) => void}} [options] `plane` tells whether the nearest point in x and y is meant, not only in x
 */
export function cursor(host, label, places, options = {}) {
  host.tabIndex = 0;
  host.setAttribute('role', 'application');
  host.setAttribute('aria-roledescription', 'chart');
  host.setAttribute('aria-label', `${label}. Arrow keys move along its points.`);
  const ring = h('span', { class: 'ring', hidden: true });
  const tip = h('span', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
  let at = -1;
  /** @param {number} i @param {boolean} loud */
  const show = (i, loud) => {
    const all = places();
    if (!all.length) return;
    at = Math.min(all.length - 1, Math.max(0, i));
    const place = all[at];
    if (!ring.isConnected) host.append(ring, tip);
    ring.hidden = tip.hidden = false;
    ring.style.left = `${place.x}px`;
    ring.style.top = `${place.y}px`;
    tip.textContent = place.text;
    tip.style.left = `${Math.min(Math.max(place.x, 70), Math.max(70, host.clientWidth - 70))}px`;
    tip.style.top = `${place.y < 44 ? place.y + 16 : place.y - 36}px`;
    if (loud) announce(place.text);
  };
  const hide = () => { ring.hidden = tip.hidden = true; };
  host.addEventListener('keydown', (event) => {
    const step = event.shiftKey ? 10 : 1;
    const all = places().length;
    const to = { ArrowRight: at + step, ArrowUp: at + step, ArrowLeft: at < 0 ? all - 1 : at - step, ArrowDown: at < 0 ? all - 1 : at - step, Home: 0, End: all - 1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      show(to, true);
    } else if (event.key === 'Escape') {
      hide();
    } else if ((event.key === 'Enter' || event.key === ' ') && options.pick && at >= 0) {
      event.preventDefault();
      options.pick(at);
    }
  });
  host.addEventListener('blur', hide);
  host.addEventListener('pointerleave', () => document.activeElement !== host && hide());
  const find = (/** @type {PointerEvent | MouseEvent} */ event) => {
    const box = host.getBoundingClientRect();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const plane = options.plane?.();
    let near = -1;
    let least = Infinity;
    places().forEach((place, i) => {
      const far = plane ? (place.x - x) ** 2 + (place.y - y) ** 2 : Math.abs(place.x - x);
      if (far < least) { least = far; near = i; }
    });
    return near;
  };
  host.addEventListener('pointermove', (event) => { const i = find(event); if (i >= 0) show(i, false); });
  if (options.pick) host.addEventListener('click', (event) => { const i = find(event); if (i >= 0) options.pick?.(i); });
  return { show };
}

const COPIED = ['fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'opacity', 'font-size', 'font-weight', 'text-anchor'];

/**
 * A drawing that stands by itself: colours of tokens and style sheets are written into it, on the page's surface.
 * @param {SVGElement} drawing must be in the document, so that styles are known
 * @param {string} title
 * @returns {string} an SVG file
 */
export function standalone(drawing, title) {
  const copy = /** @type {SVGElement} */ (drawing.cloneNode(true));
  const from = [drawing, ...drawing.querySelectorAll('*')];
  const to = [copy, ...copy.querySelectorAll('*')];
  from.forEach((element, i) => {
    const styles = getComputedStyle(element);
    for (const property of COPIED) {
      const value = styles.getPropertyValue(property);
      if (value && !(property === 'stroke-dasharray' && value === 'none')) to[i].setAttribute(property, value);
    }
    for (const name of ['class', 'style', 'tabindex', 'role', 'aria-label', 'aria-hidden', 'aria-pressed', 'focusable']) to[i].removeAttribute(name);
  });
  const box = (drawing.getAttribute('viewBox') ?? '0 0 100 100').split(' ').map(Number);
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  copy.setAttribute('font-family', 'system-ui, sans-serif');
  copy.setAttribute('width', String(box[2]));
  copy.setAttribute('height', String(box[3]));
  copy.prepend(s('title', null, title), s('rect', { x: box[0], y: box[1], width: box[2], height: box[3], fill: color('--surface') }));
  return new XMLSerializer().serializeToString(copy);
}

/**
 * An SVG file as a PNG, twice as large.
 * @param {string} svg
 * @returns {Promise<Blob>}
 */
export async function png(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = h('canvas', { width: image.width * 2, height: image.height * 2 });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, failed) => canvas.toBlob((/** @type {Blob | null} */ blob) => (blob ? done(blob) : failed(new Error('The picture is too large.'))), 'image/png'));
}

/**
 * A legend as part of a drawing, for what is saved.
 * @param {Plot} plot
 * @param {{name: string, style: import('./palette.js').Style}[]} series
 */
export function drawLegend(plot, series) {
  const group = s('g');
  let x = plot.left;
  let y = plot.frame.height + 14;
  for (const each of series) {
    const width = 40 + each.name.length * 6.6;
    if (x + width > plot.right && x > plot.left) { x = plot.left; y += 18; }
    const look = swatch(each.style);
    look.setAttribute('x', String(x));
    look.setAttribute('y', String(y - 10));
    group.append(look, s('text', { x: x + 31, y, 'font-size': 11, fill: 'var(--ink-2)' }, each.name));
    x += width;
  }
  plot.root.append(group);
  plot.root.setAttribute('viewBox', `0 0 ${plot.frame.width} ${y + 12}`);
  plot.root.setAttribute('height', String(y + 12));
}

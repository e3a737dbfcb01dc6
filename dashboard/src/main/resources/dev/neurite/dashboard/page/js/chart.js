// Line charts on uPlot: raw values faint under smoothed ones, a linked zoom and cursor, gaps with markers, keys.

import uPlot from '../vendor/uplot/uPlot.esm.js';
import { h, fill, text, announce, throttle } from './dom.js';
import { color, onTheme } from './theme.js';
import { markerLines, swatch } from './palette.js';
import { align, best, duration, extent, figure, logTicks, nearest, short, smooth, thin } from './math.js';
import { describe, holes } from './words.js';
import { Figure } from './figure.js';
import { Plot, drawLegend } from './plot.js';

const MOST_POINTS = 2000;
// uPlot's own ticks of a logarithmic axis start at its end, which is no round number here, and may never reach the other.
const LOGARITHMIC = {
  splits: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ low, /** @type {number} */ high) => logTicks(low, high),
  filter: (/** @type {any} */ _, /** @type {number[]} */ all) => all,
};
const LINKED = uPlot.sync('neurite');

/**
 * @typedef {object} Series
 * @property {string} key what the view calls it when it is switched off
 * @property {string} name
 * @property {import('./palette.js').Style} style
 * @property {ArrayLike<number>} x ascending
 * @property {ArrayLike<number>} y may hold values that are not finite
 * @property {boolean} [smoothed] whether smoothing applies
 * @property {'high' | 'low'} [best] whether the greatest or the least value is marked
 *
 * @typedef {object} Lines
 * @property {Series[]} series
 * @property {string} xName `step`, `epoch` or `time`
 * @property {number} [smooth] weight of the past
 * @property {boolean} [log]
 * @property {(v: number) => string} [format] of the values
 */

export class LineChart {
  /**
   * @param {import('./state.js').Store} store
   * @param {{id: string, title: string, height?: number, wide?: boolean, linked?: boolean, entries?: [() => string, () => unknown][]}} options
   */
  constructor(store, options) {
    this.store = store;
    this.height = options.height ?? 250;
    this.linked = options.linked !== false;
    /** @type {Lines} */
    this.lines = { series: [], xName: 'step' };
    /** @type {(Series & {line: number[]})[]} */
    this.shown = [];
    /** @type {any} */
    this.u = null;
    this.signature = '';
    this.legendKey = '';
    this.width = 0;
    this.at = -1;
    this.figure = new Figure(store, options);
    this.legend = h('div', { class: 'legend', role: 'group', 'aria-label': `Series: ${options.title}` });
    this.canvas = h('div', { class: 'lines', tabindex: 0, role: 'application', 'aria-roledescription': 'chart', 'aria-describedby': `${options.id}-summary`,
      'aria-label': `${options.title}. Left and right move the cursor, plus and minus zoom, 0 shows all.`,
      style: { height: `${this.height}px` }, on: { keydown: (/** @type {KeyboardEvent} */ event) => this.key(event), blur: () => this.clearCursor() } });
    this.figure.plot.append(this.canvas);
    this.figure.after.append(this.legend);
    this.root = this.figure.root;
    this.say = throttle(() => this.figure.set({ summary: describe(this.lines) }), 1000);
    this.figure.content.table = () => this.sheet();
    this.figure.content.svg = () => linesSvg(this.lines, this.visible(), this.zoom);
    this.resize = new ResizeObserver(([entry]) => {
      const width = Math.floor(entry.contentRect.width);
      if (width > 0 && width !== this.width) {
        this.width = width;
        if (this.u) this.u.setSize({ width, height: this.height });
        else this.draw();
      }
    });
    this.resize.observe(this.canvas);
    this.offs = [
      onTheme(() => { this.signature = ''; this.draw(); }),
      store.on((changed) => (changed.has('zoom') || changed.has('hide')) && this.draw()),
    ];
  }

  get zoom() {
    return this.linked && this.store.view.zoom.length === 2 ? this.store.view.zoom : null;
  }

  visible() {
    return this.lines.series.filter((each) => !this.store.view.hide.includes(each.key));
  }

  /** Shows other data. @param {Lines} lines */
  set(lines) {
    this.lines = lines;
    this.say();
    if (this.figure.open) this.figure.fillSheet();
    this.draw();
  }

  draw() {
    this.drawLegend();
    if (this.width === 0) return;
    const { lines } = this;
    const weight = lines.smooth ?? 0;
    const positive = lines.log && lines.series.some((each) => Array.prototype.some.call(each.y, (/** @type {number} */ v) => v > 0));
    const tables = /** @type {{x: number[], y: number[]}[]} */ ([]);
    const looks = /** @type {any[]} */ ([]);
    this.shown = [];
    for (const series of this.visible()) {
      const places = thin(series.y, MOST_POINTS);
      const x = places.map((i) => series.x[i]);
      const raw = places.map((i) => usable(series.y[i], positive));
      const stroke = color(series.style.color);
      if (series.smoothed && weight > 0 && raw.length > 2) {
        const whole = smooth(series.y, weight); // over all values, not only those that are drawn
        const line = places.map((i) => usable(whole[i], positive));
        tables.push({ x, y: raw }, { x, y: line });
        looks.push({ stroke, width: 1, alpha: 0.3 }, { stroke, width: 2, dash: series.style.dash });
        this.shown.push({ ...series, x, y: raw, line });
      } else {
        tables.push({ x, y: raw });
        looks.push({ stroke, width: 2, dash: series.style.dash });
        this.shown.push({ ...series, x, y: raw, line: raw });
      }
    }
    const data = tables.length ? align(tables) : [[0, 1]];
    const signature = JSON.stringify([looks.map((each) => [each.stroke, each.dash, each.width]), positive, lines.xName]);
    if (this.u && signature === this.signature) {
      this.u.setData(data);
      return;
    }
    this.signature = signature;
    this.u?.destroy();
    this.u = new /** @type {any} */ (uPlot)(this.options(looks, Boolean(positive)), /** @type {any} */ (data), this.canvas);
  }

  /** @param {any[]} looks @param {boolean} log @returns {any} */
  options(looks, log) {
    const axis = { stroke: color('--ink-3'), font: `11px ${getComputedStyle(document.body).fontFamily}`, grid: { stroke: color('--grid'), width: 1 }, ticks: { show: false } };
    const xFormat = this.lines.xName === 'time' ? (/** @type {number} */ v) => duration(v) : short;
    const yFormat = this.lines.format ?? short;
    return {
      width: this.width, height: this.height, legend: { show: false }, padding: [10, 12, 0, 0],
      cursor: {
        sync: this.linked ? { key: LINKED.key, scales: ['x', null], filters: { pub: (/** @type {string} */ type) => type === 'mousemove' || type === 'mouseleave' } } : undefined,
        drag: { x: true, y: false, setScale: false }, y: false,
        points: { size: 8, width: 0 },
        bind: { dblclick: () => () => { this.store.set({ zoom: [] }); return null; } },
        dataIdx: (/** @type {any} */ u, /** @type {number} */ i, /** @type {number} */ at) => defined(u.data[i], at),
      },
      scales: {
        x: { time: false, range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) => /** @type {any} */ (this.zoom ?? (high > low ? [low, high] : [low - 0.5, low + 0.5])) },
        y: { distr: log ? 3 : 1, range: (/** @type {any} */ _, /** @type {number} */ low, /** @type {number} */ high) => yRange(low, high, log) },
      },
      axes: [
        { ...axis, size: 28, gap: 4, values: (/** @type {any} */ _, /** @type {number[]} */ all) => all.map(xFormat), space: 64 },
        { ...axis, size: 54, gap: 6, ...(log ? LOGARITHMIC : {}), values: (/** @type {any} */ _, /** @type {(number | null)[]} */ all) => all.map((v) => (v === null ? '' : yFormat(v))) },
      ],
      series: [{}, ...looks.map((look) => ({ ...look, spanGaps: false, points: { show: false } }))],
      hooks: {
        setSelect: [(/** @type {any} */ u) => {
          const { left, width } = u.select;
          if (width > 6) {
            const ends = [u.posToVal(left, 'x'), u.posToVal(left + width, 'x')].map((v) => Number(v.toPrecision(6)));
            u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
            if (ends[0] < ends[1]) this.store.set({ zoom: ends });
          }
        }],
        setCursor: [() => this.values(this.cursorX)],
        draw: [(/** @type {any} */ u) => this.marks(u)],
      },
    };
  }

  /** Markers along each line, at the best value and where a value is not finite. @param {any} u */
  marks(u) {
    const { ctx, bbox } = u;
    const dpr = window.devicePixelRatio || 1;
    const { min, max } = u.scales.x;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left - 6 * dpr, bbox.top - 6 * dpr, bbox.width + 12 * dpr, bbox.height + 12 * dpr);
    ctx.clip();
    ctx.setLineDash([]);
    const point = (/** @type {number} */ x, /** @type {number} */ y) => [u.valToPos(x, 'x', true), u.valToPos(y, 'y', true)];
    const many = this.shown.length > 12;
    let broken = Infinity; // where the first value that is not finite is drawn
    this.shown.forEach((series, order) => {
      const stroke = color(series.style.color);
      const count = Math.min(series.x.length, many ? 3 : Math.max(2, Math.floor(bbox.width / dpr / 110)));
      const done = new Set();
      for (let k = 0; k < count; k++) {
        const target = min + (((k + 0.5 + order * 0.13) % count) / count) * (max - min);
        let i = nearest(series.x, target);
        while (i >= 0 && !Number.isFinite(series.line[i])) i--;
        if (i < 0 || done.has(i) || series.x[i] < min || series.x[i] > max) continue;
        done.add(i);
        const [x, y] = point(series.x[i], series.line[i]);
        drawMarker(ctx, series.style.marker, x, y, 3.4 * dpr, stroke, dpr);
      }
      if (series.best) {
        const top = best(series.y, series.best === 'high');
        if (top >= 0 && series.x[top] >= min && series.x[top] <= max) {
          const [x, y] = point(series.x[top], series.y[top]);
          ctx.lineWidth = 2 * dpr;
          ctx.strokeStyle = color('--ink');
          ctx.beginPath();
          ctx.arc(x, y, 6.5 * dpr, 0, 2 * Math.PI);
          ctx.stroke();
          ctx.fillStyle = color('--ink');
          ctx.font = `600 ${11 * dpr}px ${getComputedStyle(document.body).fontFamily}`;
          const words = `best ${figure(series.y[top])}`;
          const width = ctx.measureText(words).width;
          const right = x + 12 * dpr + width > bbox.left + bbox.width;
          ctx.textAlign = right ? 'right' : 'left';
          const above = series.best === 'low' || y > bbox.top + bbox.height - 20 * dpr;
          const place = /** @type {[number, number]} */ ([x + (right ? -11 : 11) * dpr, y + (above && y > bbox.top + 20 * dpr ? -8 : 16) * dpr]);
          ctx.strokeStyle = color('--surface');
          ctx.lineWidth = 4 * dpr;
          ctx.lineJoin = 'round';
          ctx.strokeText(words, ...place);
          ctx.fillText(words, ...place);
        }
      }
      for (const [from, to] of holes(series.y)) {
        if (series.x[to] < min || series.x[from] > max) continue;
        const left = u.valToPos(series.x[from], 'x', true);
        const right = u.valToPos(series.x[to], 'x', true);
        ctx.fillStyle = ctx.strokeStyle = color('--bad');
        ctx.globalAlpha = 0.1;
        if (this.shown.length <= 3) ctx.fillRect(left, bbox.top, Math.max(dpr, right - left), bbox.height); // more would hide each other
        ctx.globalAlpha = 1;
        ctx.lineWidth = dpr;
        ctx.setLineDash([3 * dpr, 3 * dpr]);
        ctx.beginPath();
        ctx.moveTo(left, bbox.top);
        ctx.lineTo(left, bbox.top + bbox.height);
        ctx.stroke();
        ctx.setLineDash([]);
        drawMarker(ctx, 'cross', left, bbox.top + bbox.height - 7 * dpr, 4 * dpr, color('--bad'), dpr);
        broken = Math.min(broken, left);
      }
    });
    if (Number.isFinite(broken)) {
      ctx.fillStyle = color('--bad');
      ctx.font = `600 ${11 * dpr}px ${getComputedStyle(document.body).fontFamily}`;
      ctx.textAlign = 'left';
      ctx.fillText('not finite', Math.min(Math.max(broken, bbox.left) + 8 * dpr, bbox.left + bbox.width - 60 * dpr), bbox.top + bbox.height - 4 * dpr);
    }
    ctx.restore();
  }

  drawLegend() {
    const { hide } = this.store.view;
    const key = JSON.stringify(this.lines.series.map((each) => [each.key, each.name, each.style]));
    if (key !== this.legendKey) {
      this.legendKey = key;
      fill(this.legend, this.lines.series.map((series) => h('button', { type: 'button', 'data-key': series.key, 'aria-pressed': 'true', title: 'Show or hide',
        on: { click: () => this.store.toggle('hide', series.key, !this.store.view.hide.includes(series.key)) } },
      swatch(series.style), series.name, h('output', { 'aria-live': 'off' }))));
    }
    for (const button of this.legend.children) button.setAttribute('aria-pressed', String(!hide.includes(/** @type {any} */ (button).dataset.key)));
    this.values(this.cursorX);
  }

  /** Where the cursor is, `null` if nowhere. @returns {number | null} */
  get cursorX() {
    const left = this.u?.cursor.left;
    return typeof left === 'number' && left >= 0 && this.u.status ? this.u.posToVal(left, 'x') : null;
  }

  /** The place of the value that stands at an x: one beside it, else the last before it, -1 before the first. @param {Series} series @param {number} x */
  placeAt(series, x) {
    const place = nearest(series.x, x);
    if (place < 0) return -1;
    const { min, max } = this.u.scales.x;
    return Math.abs(series.x[place] - x) <= 0.02 * (max - min) || series.x[place] <= x ? place : place - 1;
  }

  /** Values in the legend: at an x, or the newest. @param {number | null} x */
  values(x) {
    const format = this.lines.format ?? figure;
    this.lines.series.forEach((series, i) => {
      const output = this.legend.children[i]?.lastElementChild;
      if (!output) return;
      const place = x === null ? series.x.length - 1 : this.placeAt(series, x);
      text(output, place < 0 ? '–' : format(series.y[place]));
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.u || event.ctrlKey || event.metaKey || event.altKey) return;
    const xs = this.u.data[0];
    const { min, max } = this.u.scales.x;
    const first = Math.max(0, xs.findIndex((/** @type {number} */ v) => v >= min));
    let last = xs.length - 1;
    while (last > first && xs[last] > max) last--;
    const jump = event.shiftKey || event.key.startsWith('Page') ? Math.max(1, Math.round((last - first) / 20)) : 1;
    const start = this.at < 0;
    switch (event.key) {
      case 'ArrowRight': case 'PageDown': this.at = start ? first : this.at + jump; break;
      case 'ArrowLeft': case 'PageUp': this.at = start ? last : this.at - jump; break;
      case 'Home': this.at = first; break;
      case 'End': this.at = last; break;
      case '+': case '=': this.zoomBy(0.5); event.preventDefault(); return;
      case '-': this.zoomBy(2); event.preventDefault(); return;
      case '0': this.store.set({ zoom: [] }); event.preventDefault(); return;
      case 'Escape': this.clearCursor(); return;
      default: return;
    }
    event.preventDefault();
    this.at = Math.min(last, Math.max(first, this.at));
    const x = xs[this.at];
    this.u.setCursor({ left: this.u.valToPos(x, 'x'), top: 10 });
    this.values(x);
    const format = this.lines.format ?? figure;
    const parts = this.shown.slice(0, 8).map((series) => [series.name, this.placeAt(series, x)]).filter(([, place]) => Number(place) >= 0)
      .map(([name, place]) => `${name} ${format(this.shown.find((series) => series.name === name)?.y[Number(place)] ?? NaN)}`);
    announce(`${this.lines.xName} ${this.lines.xName === 'time' ? duration(x) : short(x)}: ${parts.join(', ')}`);
  }

  clearCursor() {
    this.at = -1;
    this.u?.setCursor({ left: -10, top: -10 });
    this.values(null);
  }

  /** @param {number} factor */
  zoomBy(factor) {
    if (!this.linked) return;
    const { min, max } = this.u.scales.x;
    const xs = this.u.data[0];
    const middle = this.at >= 0 ? xs[this.at] : (min + max) / 2;
    const low = Math.max(xs[0], middle - (middle - min) * factor);
    const high = Math.min(xs.at(-1), middle + (max - middle) * factor);
    this.store.set({ zoom: low <= xs[0] && high >= xs.at(-1) ? [] : [low, high].map((v) => Number(v.toPrecision(6))) });
  }

  /** @returns {import('./figure.js').Sheet} */
  sheet() {
    const all = this.visible();
    const [xs, ...ys] = align(all);
    return {
      columns: [this.lines.xName, ...all.map((each) => each.name)],
      rows: xs.map((/** @type {number} */ x, /** @type {number} */ i) => [Number(x.toPrecision(7)), ...ys.map((y) => (y[i] === null ? 'not finite' : y[i]))]),
      format: (value) => (typeof value === 'number' ? figure(value) : value ?? ''),
    };
  }

  close() {
    this.offs.forEach((off) => off());
    this.resize.disconnect();
    this.u?.destroy();
    this.figure.close();
  }
}

/** @param {number} value @param {unknown} log */
function usable(value, log) {
  return log && !(value > 0) ? NaN : value;
}

/** The place nearest to `at` where there is a value. @param {any[]} values @param {number} at */
function defined(values, at) {
  for (let far = 0; far < values.length; far++) {
    if (values[at - far] !== undefined) return at - far;
    if (values[at + far] !== undefined) return at + far;
    if (far > 400) break;
  }
  return at;
}

/** @param {number} low @param {number} high @param {boolean} log @returns {[number, number]} */
function yRange(low, high, log) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return log ? [0.1, 1] : [0, 1];
  if (log) return low === high ? [low / 2, high * 2] : [low / 1.15, high * 1.15];
  if (low === high) return [low - (Math.abs(low) * 0.1 || 0.5), high + (Math.abs(high) * 0.1 || 0.5)];
  if (high - low < 1e-3 * Math.max(Math.abs(low), Math.abs(high))) return [low - 1e-3 * Math.abs(low), high + 1e-3 * Math.abs(high)];
  const pad = (high - low) * 0.06;
  return [low >= 0 && low - pad < 0 ? 0 : low - pad, high + pad];
}

/** @param {any} ctx @param {import('./palette.js').Marker} marker @param {number} x @param {number} y @param {number} r @param {string} paint @param {number} dpr */
function drawMarker(ctx, marker, x, y, r, paint, dpr) {
  ctx.fillStyle = paint;
  ctx.strokeStyle = paint;
  ctx.lineWidth = 1.6 * dpr;
  ctx.beginPath();
  if (marker === 'circle') ctx.arc(x, y, r, 0, 2 * Math.PI);
  for (const line of markerLines(marker, r)) line.forEach(([a, b], i) => (i ? ctx.lineTo(x + a, y + b) : ctx.moveTo(x + a, y + b)));
  if (marker !== 'cross' && marker !== 'plus') ctx.fill();
  ctx.stroke();
}

/**
 * The chart as a drawing, for what is saved.
 * @param {Lines} lines
 * @param {Series[]} series
 * @param {number[] | null} zoom
 */
export function linesSvg(lines, series, zoom) {
  const xs = extent(series.flatMap((each) => [each.x[0], each.x[each.x.length - 1]])) ?? [0, 1];
  const x = /** @type {[number, number]} */ (zoom ?? (xs[0] < xs[1] ? xs : [xs[0] - 0.5, xs[1] + 0.5]));
  const within = series.map((each) => Array.from(each.x, (v, i) => i).filter((i) => each.x[i] >= x[0] && each.x[i] <= x[1]));
  const seen = extent(series.flatMap((each, k) => within[k].map((i) => usable(each.y[i], lines.log))));
  const log = Boolean(lines.log && seen);
  const plot = new Plot({ width: 860, height: 380, x, y: yRange(seen?.[0] ?? NaN, seen?.[1] ?? NaN, log), yLog: log, xLabel: lines.xName,
    xFormat: lines.xName === 'time' ? duration : short, yFormat: lines.format ?? short });
  series.forEach((each, k) => {
    const places = within[k];
    const line = each.smoothed && lines.smooth ? smooth(each.y, lines.smooth) : each.y;
    const px = places.map((i) => each.x[i]);
    if (line !== each.y) plot.line(px, places.map((i) => each.y[i]), { color: each.style.color, width: 1, opacity: 0.3 });
    plot.line(px, places.map((i) => line[i]), { color: each.style.color, dash: each.style.dash });
    const good = places.filter((i) => Number.isFinite(usable(line[i], log)));
    for (let m = 0; m < Math.min(6, good.length); m++) {
      const i = good[Math.floor(((m + 0.5) / Math.min(6, good.length)) * good.length)];
      plot.mark(each.x[i], line[i], each.style.marker, each.style.color);
    }
    for (const i of places.filter((i) => !Number.isFinite(each.y[i])).slice(0, 60)) plot.mark(each.x[i], plot.frame.y[0], 'cross', '--bad', 4);
  });
  drawLegend(plot, series);
  return plot.root;
}

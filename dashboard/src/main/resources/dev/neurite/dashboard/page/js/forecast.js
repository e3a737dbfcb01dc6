// A forecast as a curve: what was, what is forecast, what came, and the plainest forecasts.

import { h, fill } from './dom.js';
import { Figure } from './figure.js';
import { Plot, cursor, responsive } from './plot.js';
import { swatch } from './palette.js';
import { extent, figure, number, ticks } from './math.js';

/** @typedef {{series: string, begin: number, past: number[], forecast: number[], truth: number[], naive: number[], seasonal: number[], season: number, times?: string[]}} Curve */

const LOOKS = /** @type {Record<string, import('./palette.js').Style>} */ ({
  past: { color: '--ink-2', dash: [], marker: 'circle' },
  truth: { color: '--c2', dash: [], marker: 'square' },
  forecast: { color: '--c0', dash: [], marker: 'diamond' },
  naive: { color: '--c7', dash: [3, 4], marker: 'cross' },
  seasonal: { color: '--c1', dash: [8, 4], marker: 'triangle' },
});

/** The time of a step, or its number where times are not known. @param {Curve} curve @param {number} step */
export function stepName(curve, step) {
  return curve.times?.[step - curve.begin] ?? `step ${step}`;
}

/** The lines of a curve that are there. @param {Curve} curve @returns {{key: string, name: string, from: number, values: number[]}[]} */
export function lines(curve) {
  const end = curve.begin + curve.past.length;
  return [
    { key: 'past', name: 'past', from: curve.begin, values: curve.past },
    { key: 'naive', name: 'last value', from: end, values: curve.naive },
    { key: 'seasonal', name: `season of ${curve.season}`, from: end, values: curve.seasonal },
    { key: 'truth', name: 'what came', from: end, values: curve.truth },
    { key: 'forecast', name: 'forecast', from: end, values: curve.forecast },
  ].filter((each) => each.values.length > 0).map((each) => ({ ...each, values: each.values.map(number) }));
}

/** The mean distance from what came; NaN if nothing came. @param {number[]} values @param {number[]} truth */
export function distance(values, truth) {
  const n = Math.min(values.length, truth.length);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.abs(number(values[i]) - number(truth[i]));
  return n ? sum / n : NaN;
}

/** What a curve shows, in a sentence. @param {Curve} curve */
export function curveWords(curve) {
  const last = curve.past.at(-1);
  const ends = `From ${figure(number(last))}, the forecast goes to ${figure(number(curve.forecast.at(-1)))} in ${curve.forecast.length} steps.`;
  if (!curve.truth.length) return ends;
  const seasonal = curve.seasonal.length ? `, of the last season ${figure(distance(curve.seasonal, curve.truth))}` : '';
  return `${ends} Mean absolute error ${figure(distance(curve.forecast, curve.truth))}; of the last value ${figure(distance(curve.naive, curve.truth))}${seasonal}.`;
}

/** A drawing of a curve. @param {Curve} curve @param {number} width @param {number} height */
export function drawing(curve, width, height) {
  const all = lines(curve);
  const [low, high] = extent(all.flatMap((each) => each.values)) ?? [0, 1];
  const pad = (high - low) * 0.06 || 1;
  const end = curve.begin + curve.past.length + curve.forecast.length;
  const x = /** @type {[number, number]} */ ([curve.begin, Math.max(curve.begin + 1, end - 1)]);
  const timed = (curve.times?.length ?? 0) > 0;
  const room = timed ? 24 + 6.5 * /** @type {string[]} */ (curve.times)[0].length : 80; // of a label
  const xTicks = ticks(...x, Math.max(1, (width - 76) / room)).filter((each) => Number.isInteger(each));
  const plot = new Plot({ width, height, x, y: [low - pad, high + pad], xTicks, ...(timed ? { xFormat: (/** @type {number} */ step) => stepName(curve, step) } : {}), xLabel: width > 300 && !timed ? 'step' : undefined, margin: { left: width > 300 ? 62 : 44, right: timed ? room / 2 - 8 : 14 } });
  const now = curve.begin + curve.past.length - 1;
  for (const each of all) {
    const look = LOOKS[each.key];
    const joined = each.key !== 'past' && curve.past.length; // begins at the last value that is known
    const values = joined ? [number(curve.past.at(-1)), ...each.values] : each.values;
    const from = joined ? now : each.from;
    plot.line(values.map((_, i) => from + i), values, { color: look.color, dash: look.dash, width: each.key === 'forecast' ? 2.5 : 1.7 });
  }
  return plot;
}

/** The legend of curves. @param {Curve} curve */
export function legend(curve) {
  return h('p', { class: 'keys', 'aria-hidden': 'true' }, lines(curve).map((each) => h('span', null, swatch(LOOKS[each.key], false), each.name)));
}

/**
 * A chart of a curve, with its table.
 * @param {import('./state.js').Store} store
 * @param {{id: string, title: string}} options
 */
export function forecastFigure(store, options) {
  const frame = new Figure(store, options);
  const host = h('div', { class: 'lines', style: { 'min-height': '300px' } });
  frame.plot.append(host);
  /** @type {Curve | null} */
  let curve = null;
  /** @type {import('./plot.js').Place[]} */
  let places = [];
  cursor(host, options.title, () => places);
  const redraw = responsive(host, (width) => {
    host.querySelector('svg')?.remove();
    if (!curve) return;
    const shown = curve;
    const plot = drawing(curve, width, 300);
    places = lines(curve).flatMap((each) => each.values.map((value, i) => ({ x: plot.X(each.from + i), y: plot.Y(value), text: `${stepName(shown, each.from + i)}, ${each.name}: ${figure(value)}` })));
    places.sort((a, b) => a.x - b.x);
    host.prepend(plot.root);
  });
  return {
    root: frame.root,
    /** @param {Curve} shown */
    show(shown) {
      curve = shown;
      const all = lines(shown);
      const { times } = shown;
      fill(frame.after, legend(shown));
      const count = shown.past.length + shown.forecast.length;
      frame.set({
        summary: curveWords(shown),
        table: () => ({ columns: ['step', ...(times?.length ? ['time'] : []), ...all.map((each) => each.name)],
          rows: Array.from({ length: count }, (_, i) => [shown.begin + i, ...(times?.length ? [times[i] ?? ''] : []), ...all.map((each) => each.values[shown.begin + i - each.from] ?? '')]),
          format: (value) => (typeof value === 'number' ? figure(value) : String(value ?? '')) }),
        svg: () => host.querySelector('svg'),
      });
      redraw();
    },
    close: () => frame.close(),
  };
}

// What charts show, in words.

import { best, duration, extent, figure, percent, short } from './math.js';

/** The places of values that are not finite. @param {ArrayLike<number>} y */
export function gaps(y) {
  const result = [];
  for (let i = 0; i < y.length; i++) if (!Number.isFinite(y[i])) result.push(i);
  return result;
}

/** The stretches of values that are not finite: first and last place of each. @param {ArrayLike<number>} y @returns {[number, number][]} */
export function holes(y) {
  const result = /** @type {[number, number][]} */ ([]);
  for (const place of gaps(y)) {
    const last = result.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else result.push([place, place]);
  }
  return result;
}

/** What a chart shows, in a sentence. @param {import('./chart.js').Lines} lines @returns {string} */
export function describe(lines) {
  const format = lines.format ?? figure;
  const sentences = lines.series.slice(0, 3).map((series) => {
    const n = series.y.length;
    if (n === 0) return `${series.name}: no values yet.`;
    const ends = extent(series.y);
    if (!ends) return `${series.name}: no finite value.`;
    let first = 0;
    while (!Number.isFinite(series.y[first])) first++;
    let last = n - 1;
    while (!Number.isFinite(series.y[last])) last--;
    const place = series.best ? best(series.y, series.best === 'high') : -1;
    const at = lines.xName === 'time' ? duration(series.x[place]) : short(Number(Number(series.x[place]).toPrecision(4)));
    const end = place >= 0 ? `best ${format(series.y[place])} at ${lines.xName} ${at}` : `between ${format(ends[0])} and ${format(ends[1])}`;
    const count = gaps(series.y).length;
    return `${series.name}: from ${format(series.y[first])} to ${format(series.y[last])}, ${end}.${count ? ` Not finite at ${count} of ${n} points.` : ''}`;
  });
  if (lines.series.length > 3) sentences.push(`And ${lines.series.length - 3} more.`);
  return sentences.join(' ');
}

/**
 * What is below the bars of where the time goes.
 * @param {{ name: string, share: number }[]} phases
 * @param {string | undefined} state that of the training
 */
export function timesNote(phases, state) {
  const running = state === 'training' || state === 'paused';
  const shares = phases.map((phase) => `${phase.name} ${percent(phase.share)}`).join(', ');
  return 'Plain: forward pass. Striped: backward pass.' + (shares ? ` ${shares}.` : '')
    + (running ? ' Measured in a few steps of a copy of the model, unless the training measures itself; that slows the training for a moment.' : '');
}

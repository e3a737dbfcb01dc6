// The playground: holds the experiment, talks to the server, draws what it sends.

import { h, s, fill, text, announce } from '../dom.js';
import { EventStream } from '../sse.js';
import { color, onTheme } from '../theme.js';
import { Controls } from './controls.js';
import { Curve } from './curve.js';
import { MOST_LAYERS, changed, fromLink, toLink, withLayer, withUnits } from './experiment.js';
import { FormulasView } from './formulas.js';
import { format } from './maths.js';
import { NetworkView } from './network.js';
import { bytes, paint } from './paint.js';
import { positive } from './colors.js';
import { ApiError, get, post } from './server.js';
import { add } from './series.js';

const $ = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
const SPEEDS = [['2', '2'], ['10', '10'], ['100', '100'], ['1000', '1,000'], ['0', 'as fast as it can']];
const ICONS = { reset: 'M4 9a5 5 0 1 0 2-4M4 2v3.500h3.500', play: 'M5 3l10 6-10 6z', pause: 'M5 3h3v12H5zM11 3h3v12h-3z' };

/** @type {import('./experiment.js').Experiment} */
let experiment;
/** @type {any} */
let description = null;
/** @type {any} */
let frame = null;
let session = '';
/** @type {EventStream | null} */
let stream = null;
/** @type {import('./series.js').Point[]} */
let points = [];
/** @type {import('./formulas.js').Choice | null} */
let chosen = null;
let speed = 1000;
let discrete = false;
let showTest = false;
/** @type {{values: Uint8Array, name: string} | null} */
let looked = null;
let waiting = false; // for the next animation frame
let lost = false; // the stream of frames

// ------------------------------------------------------------------------------------------------------------- the parts

const icon = (/** @type {string} */ name) => s('svg', { width: 18, height: 18, viewBox: '0 0 18 18', 'aria-hidden': 'true' },
  s('path', { d: ICONS[name], fill: name === 'reset' ? 'none' : 'currentColor', stroke: 'currentColor', 'stroke-width': name === 'reset' ? 1.8 : 0, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));

const reset = h('button', { type: 'button', class: 'icon round', 'aria-label': 'Reset to the first step', title: 'Reset', on: { click: () => void setup({ experiment }) } }, icon('reset'));
const play = h('button', { type: 'button', class: 'primary play', on: { click: () => void (frame?.playing ? pause() : start()) } });
const steps = [['example', 'Example', 'on the next example alone'], ['batch', 'Batch', 'on the next batch'], ['epoch', 'Epoch', 'for all batches of the epoch']].map(([by, name, what]) =>
  h('button', { type: 'button', title: by === 'epoch' ? `Steps ${what}` : `A step ${what}`, on: { click: () => void step(by) } }, `+1 ${name}`));
const pace = h('select', { id: 'speed', on: { change: () => { speed = Number(pace.value); if (frame?.playing) void start(); } } }, SPEEDS.map(([value, name]) => h('option', { value }, name)));
pace.value = String(speed);
fill($('transport'), reset, play, h('div', { class: 'steps', role: 'group', 'aria-label': 'One step' }, steps), h('div', { class: 'field' }, h('label', { for: 'speed' }, 'Steps a second'), pace));

const epochCount = h('dd', null);
const stepCount = h('dd', null);
fill($('counters'), h('div', null, h('dt', null, 'Epoch'), epochCount), h('div', null, h('dt', null, 'Step'), stepCount));

const surface = h('canvas', { class: 'surface', 'aria-hidden': 'true' });
const dots = h('canvas', { class: 'dots', 'aria-hidden': 'true', on: { click: (/** @type {MouseEvent} */ event) => pickPoint(event) } });
const plane = h('div', { class: 'plane', role: 'img', 'aria-labelledby': 'answer-words' }, surface, dots);
const looking = h('p', { class: 'looking tiny', 'aria-hidden': 'true' });
const answerWords = h('p', { class: 'hush', id: 'answer-words' });
const scaleLow = h('span', null);
const scaleHigh = h('span', null);
const testBox = h('input', { id: 'show-test', type: 'checkbox', on: { change: () => { showTest = testBox.checked; drawDots(); } } });
const discreteBox = h('input', { id: 'discrete', type: 'checkbox', on: { change: () => { discrete = discreteBox.checked; draw(); } } });
const testField = h('div', { class: 'field' }, testBox, h('label', { for: 'show-test' }, 'Show test data'));
const curveRoot = h('div', { class: 'loss' });
const curve = new Curve(curveRoot);
const caption = h('p', { class: 'caption' });
fill($('result'), h('div', { class: 'plane-frame' }, plane, looking), answerWords, caption,
  h('div', { class: 'colorbar', 'aria-hidden': 'true' }, scaleLow, h('i', null), scaleHigh),
  h('div', { class: 'toolbar' }, testField, h('div', { class: 'field' }, discreteBox, h('label', { for: 'discrete' }, 'Discretize'))), curveRoot);

const less = h('button', { type: 'button', class: 'icon', 'aria-label': 'One hidden layer less', on: { click: () => change({ layers: experiment.layers.slice(0, -1) }) } }, '−');
const more = h('button', { type: 'button', class: 'icon', 'aria-label': 'One hidden layer more', on: { click: () => change({ layers: withLayer(experiment.layers) }) } }, '+');
const depth = h('span', null);
fill($('depth'), less, depth, more);

const controls = new Controls({ settings: $('settings'), data: $('data') }, change, (preset) => void setup({ preset }, true));
const network = new NetworkView($('network'), {
  features: (features) => change({ features }),
  units: (layer, by) => change({ layers: withUnits(experiment.layers, layer, by) }),
  explain: (layer, unit) => void explain({ layer, unit }, true),
  edit: (edit) => void editWeight(edit),
  look: (picture) => { looked = picture; drawSurface(); },
});
const formulas = new FormulasView($('formulas'), {
  choose: (by) => void explain(by, false),
  step: (by) => void step(by),
  edit: (edit) => void editWeight(edit),
  close: closeFormulas,
});

// ------------------------------------------------------------------------------------------------------------ the server

/** @param {Partial<import('./experiment.js').Experiment>} by */
function change(by) {
  void setup({ experiment: changed(experiment, by) });
}

/** @param {string} message */
function complain(message) {
  const banner = $('banner');
  banner.hidden = message === '';
  text(banner, message);
}

/** @param {unknown} error */
function failed(error) {
  if (error instanceof ApiError) complain(error.message);
  else throw error;
}

/** Begins an experiment. @param {any} what an experiment or a preset @param {boolean} [explains] whether to open the formulas */
async function setup(what, explains = false) {
  const goesOn = frame?.playing === true;
  try {
    const answer = await post('/playground/setup', session ? { session, ...what } : what);
    complain('');
    const joined = answer.session !== session;
    session = answer.session;
    experiment = answer.experiment;
    description = answer.description;
    points = [];
    looked = null;
    history.replaceState(null, '', `#${toLink(experiment)}`);
    controls.update(experiment);
    network.build(experiment, description);
    less.disabled = experiment.layers.length === 0;
    more.disabled = experiment.layers.length === MOST_LAYERS;
    text(depth, experiment.layers.length === 1 ? '1 hidden layer' : `${experiment.layers.length} hidden layers`);
    text(caption, description.inPlane ? '' : 'A column for each input, a row for each output: a blue diagonal repeats the input.');
    caption.hidden = description.inPlane;
    text($('net-pictures'), description.inPlane ? 'A unit’s picture shows its answer for each point of the plane.' : 'A unit’s picture has a stripe for each of the four inputs: its answer to it.');
    testField.hidden = description.points.every((/** @type {number[]} */ p) => p[3] === 1);
    shown(answer.frame);
    drawDots();
    if (joined) listen();
    if (goesOn && !explains) await start();
    if (explains) await explain({ layer: experiment.layers.length + 1, unit: 0, example: -1, alone: false }, false);
    else if (chosen) await refresh();
  } catch (error) {
    if (experiment) controls.update(experiment); // back to what is true
    failed(error);
  }
}

function listen() {
  stream?.close();
  stream = new EventStream(`/api/playground/events?session=${encodeURIComponent(session)}`, '', (event) => {
    if (event.type === 'frame') shown(JSON.parse(event.data));
  }, (state, status) => {
    if (state === 'refused') void (status === 404 ? again() : complain('This page has no access any more. Open it again from the program.'));
    else if (state === 'lost') complain('The connection to the program is lost; trying again.');
    else if (lost) complain('');
    lost = state === 'lost';
  });
}

/** The server has ended the experiment, as nobody used it. */
async function again() {
  session = '';
  if (frame) frame.playing = false;
  await setup({ experiment });
  announce('The experiment had ended, as nobody used it. It begins anew.');
}

/** @param {any} body */
async function act(body) {
  try {
    const answer = await post('/playground/do', { session, ...body });
    experiment = answer.experiment;
    history.replaceState(null, '', `#${toLink(experiment)}`);
    shown(answer.frame);
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) await again();
    else failed(error);
    return false;
  }
}

async function start() {
  if (await act({ action: 'play', speed })) announce('Training');
}

async function pause() {
  if (!await act({ action: 'pause' })) return;
  tell();
  await refresh();
}

/** @param {string} by */
async function step(by) {
  if (!await act({ action: 'step', by, count: 1 })) return;
  tell();
  await refresh();
}

/** @param {import('./experiment.js').Edit} edit */
async function editWeight(edit) {
  if (!Number.isFinite(edit.value)) return;
  if (!await act({ action: 'edit', ...edit })) return;
  tell();
  await refresh();
}

function tell() {
  const test = frame.loss.test === null ? '' : `, test loss ${format(frame.loss.test)}`;
  announce(`Step ${frame.step}, train loss ${format(frame.loss.train)}${test}`);
}

// ---------------------------------------------------------------------------------------------------------- the formulas

/** @param {Partial<import('./formulas.js').Choice>} by @param {boolean} opens */
async function explain(by, opens) {
  chosen = { layer: experiment.layers.length + 1, unit: 1, example: -1, alone: false, ...chosen, ...by };
  if (frame?.playing) await pause();
  else await refresh();
  if (!opens) return;
  formulas.root.scrollIntoView({ block: 'nearest', behavior: matchMedia('(prefers-reduced-motion: reduce)').matches ? 'auto' : 'smooth' });
  formulas.title.focus({ preventScroll: true });
}

async function refresh() {
  if (!chosen || frame?.playing) return;
  const last = experiment.layers.length + 1;
  chosen.layer = Math.min(chosen.layer, last);
  const count = chosen.layer === 0 ? description.inputs.length : chosen.layer === last ? Math.max(1, description.outputs.length) : experiment.layers[chosen.layer - 1];
  chosen.unit = Math.min(chosen.unit, count);
  network.select(chosen.layer, chosen.unit);
  const asked = chosen;
  try {
    const query = new URLSearchParams({ session, layer: String(chosen.layer), unit: String(chosen.unit), example: String(chosen.example), alone: chosen.alone ? '1' : '0' });
    const explanation = await get(`/playground/formulas?${query}`);
    if (chosen !== asked) return; // chosen meanwhile
    formulas.show(explanation, chosen, experiment, description, frame);
    drawDots();
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) await again();
    else if (error instanceof ApiError) formulas.failed(error);
    else throw error;
  }
}

function closeFormulas() {
  const { layer, unit } = chosen ?? { layer: 0, unit: 0 };
  chosen = null;
  formulas.root.hidden = true;
  network.select(-1, 0);
  drawDots();
  const key = unit > 0 ? `unit ${layer} ${unit}` : `layer ${layer}`;
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-key="${key}"]`))?.focus();
}

/** @param {MouseEvent} event */
function pickPoint(event) {
  if (!description?.inPlane) return;
  const box = dots.getBoundingClientRect();
  const r = description.radius;
  const x = ((event.clientX - box.left) / box.width) * 2 * r - r;
  const y = r - ((event.clientY - box.top) / box.height) * 2 * r;
  let best = -1;
  let nearest = 0.6;
  description.points.forEach((/** @type {number[]} */ p, /** @type {number} */ i) => {
    const distance = Math.hypot(p[0] - x, p[1] - y);
    if (p[3] === 1 && distance < nearest) [best, nearest] = [i, distance];
  });
  if (best >= 0) void explain({ example: best, alone: true }, false);
}

// ---------------------------------------------------------------------------------------------------------------- frames

/** Whether a frame is of the present network, not of the one before. @param {any} next */
function fits(next) {
  const widths = [...experiment.layers, Math.max(1, description.outputs.length)];
  return next.layers.length === widths.length && widths.every((units, i) => next.layers[i].bias.length === units)
    && next.layers[0].weights[0].length === description.inputs.length;
}

/** @param {any} next */
function shown(next) {
  if (!description || !fits(next)) return;
  frame = next;
  points = add(points, { step: next.step, train: Number(next.loss.train), test: next.loss.test === null ? null : Number(next.loss.test) });
  if (waiting) return;
  waiting = true;
  const now = () => { waiting = false; draw(); };
  if (document.hidden) now();
  else requestAnimationFrame(now);
}

function draw() {
  if (!frame || !fits(frame)) return;
  const { playing } = frame;
  if (play.dataset.playing !== String(playing)) {
    play.dataset.playing = String(playing);
    fill(play, icon(playing ? 'pause' : 'play'), playing ? 'Pause' : 'Play');
    play.title = playing ? 'Pause (space)' : 'Play (space)';
  }
  text(epochCount, frame.epoch.toLocaleString('en') + (frame.row ? ` + ${frame.row}/${frame.rows}` : ''));
  text(stepCount, frame.step.toLocaleString('en'));
  network.update(frame, discrete);
  curve.draw(points, frame);
  drawSurface();
  if (chosen && playing) formulas.stale(true);
  if (frame.problem) complain(frame.problem);
}

function drawSurface() {
  if (!frame) return;
  const values = looked?.values ?? bytes(frame.surface);
  paint(surface, values, discrete);
  surface.classList.toggle('blocks', !description.inPlane);
  text(looking, looked ? `${looked.name}` : '');
  const scale = frame.scale;
  text(scaleLow, looked ? '−' : format(scale[0]));
  text(scaleHigh, looked ? '+' : format(scale[1]));
  if (!frame.playing && !looked) text(answerWords, answer());
}

/** The answer of the network in words. */
function answer() {
  const values = bytes(frame.surface);
  if (!description.inPlane) {
    const parts = [0, 1, 2, 3].map((i) => `input ${i + 1}: ${Math.round((100 * values[(8 + 16 * i) * 64 + 8 + 16 * i]) / 255)} percent`);
    return `Answers for each input, the share of the right output: ${parts.join(', ')}.`;
  }
  const share = positive(values);
  return description.classifies ? `The network answers class 1 in ${share} percent of the plane, class 0 elsewhere.` : `The network’s answer is above 0 in ${share} percent of the plane.`;
}

function drawDots() {
  if (!description) return;
  const side = plane.clientWidth;
  if (side === 0) return;
  const ratio = devicePixelRatio || 1;
  dots.width = dots.height = Math.round(side * ratio);
  const context = dots.getContext('2d');
  if (!context || !description.inPlane) return;
  context.scale(ratio, ratio);
  const [neg, pos, line, ink] = ['--dot-neg', '--dot-pos', '--dot-line', '--ink'].map(color);
  const r = description.radius;
  const size = description.points.length < 10 ? 6 : 3;
  const asked = chosen && formulas.explanation && !formulas.root.hidden ? formulas.explanation.example : -1;
  description.points.forEach((/** @type {number[]} */ p, /** @type {number} */ i) => {
    const train = p[3] === 1;
    if (!train && !showTest) return;
    const x = (side * (p[0] + r)) / (2 * r);
    const y = (side * (r - p[1])) / (2 * r);
    const value = description.classifies ? 2 * p[2] - 1 : p[2];
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.globalAlpha = description.classifies ? 1 : 0.25 + 0.75 * Math.abs(value);
    context.fillStyle = value < 0 ? neg : pos;
    context.fill();
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeStyle = train ? line : ink;
    context.stroke();
    if (i !== asked) return;
    context.beginPath();
    context.arc(x, y, size + 5, 0, 2 * Math.PI);
    context.lineWidth = 2.5;
    context.strokeStyle = ink;
    context.stroke();
  });
}

// -------------------------------------------------------------------------------------------------------------- the page

onTheme(() => { if (frame) { network.repaintInputs(); draw(); drawDots(); } });
new ResizeObserver(drawDots).observe(plane);
$('share').addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(location.href);
    announce('The link is copied. It holds all settings.');
    text($('share'), 'Copied');
  } catch {
    announce('The browser does not let this page copy. The address bar has the link.');
    text($('share'), 'See the address bar');
  }
  setTimeout(() => text($('share'), 'Copy link'), 1500);
});
document.addEventListener('keydown', (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  if (event.ctrlKey || event.metaKey || event.altKey || target.closest('input, select, textarea, button, summary, dialog, [contenteditable]')) return;
  if (event.key === 'Escape' && chosen) closeFormulas();
  else if (event.key === ' ') void (frame?.playing ? pause() : start());
  else return;
  event.preventDefault();
});
window.addEventListener('hashchange', () => {
  if (!experiment || location.hash.slice(1) === toLink(experiment)) return;
  void setup({ experiment: fromLink(location.hash) });
});
window.addEventListener('pagehide', () => {
  stream?.close();
  if (session) navigator.sendBeacon('/api/playground/close', new Blob([JSON.stringify({ session })], { type: 'application/json' }));
});
window.addEventListener('pageshow', (event) => { if (event.persisted) void again(); });

const link = new URLSearchParams(location.hash.slice(1));
const token = link.get('token');
try {
  if (token !== null) {
    link.delete('token');
    history.replaceState(null, '', `#${link}`);
    await post('/session', { token });
  }
  const wanted = fromLink(location.hash);
  await setup(Object.keys(wanted).length ? { experiment: wanted } : {});
  if (!experiment) { // the link was refused
    const message = $('banner').textContent;
    await setup({});
    complain(`The link was not understood. ${message}`);
  }
} catch (error) {
  failed(error);
}

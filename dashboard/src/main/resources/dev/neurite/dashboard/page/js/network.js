// The network as a picture: a box for each node, with shapes, parameters and its share of the time.

import { h, s, fill } from './dom.js';
import { layout } from './graph.js';
import { shape, short, whole, percent } from './math.js';

const SIZES = { width: 216, height: 54, gap: 22, level: 26 };

export class NetworkPicture {
  /** @param {any} network @param {(name: string) => void} pick */
  constructor(network, pick) {
    this.network = network;
    this.pick = pick;
    this.drawing = layout(network.nodes, SIZES);
    /** @type {SVGElement[]} */
    this.boxes = [];
    /** @type {SVGElement[]} */
    this.times = [];
    this.root = this.draw();
    this.root.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => this.key(event));
  }

  draw() {
    const { width, height } = this.drawing;
    const pad = 8;
    const edges = s('g', null, this.drawing.edges.map(({ points, to }) => s('path', { class: 'edge', d: curve(points, SIZES), 'data-to': to })));
    const parameters = Math.max(1, ...this.network.nodes.map((/** @type {any} */ node) => node.parameters));
    const inputs = this.drawing.inputs.map((at, i) => {
      const first = this.network.nodes.find((/** @type {any} */ node) => node.sources.includes(-1 - i)) ?? this.network.nodes[0];
      const place = first ? first.sources.indexOf(-1 - i) : 0;
      return s('g', { transform: `translate(${at.x - SIZES.width / 2} ${at.y - 15})` },
        s('rect', { width: SIZES.width, height: 30, rx: 15, fill: 'var(--surface-2)' }),
        s('text', { x: SIZES.width / 2, y: 20, 'text-anchor': 'middle', 'font-size': 12, fill: 'var(--ink-2)' }, `input ${shape(first?.in?.[Math.max(0, place)] ?? [])}`));
    });
    this.boxes = this.network.nodes.map((/** @type {any} */ node, /** @type {number} */ i) => {
      const at = this.drawing.nodes[i];
      const time = s('rect', { x: 1, y: SIZES.height - 5, width: 0, height: 4, fill: 'var(--c1)', rx: 2 });
      this.times.push(time);
      const name = cut(node.name, 17);
      const output = shape(node.out?.[0] ?? []);
      const kind = cut([node.type, node.activation].filter((word) => word && word !== 'none' && word !== node.name).join(' · '), 24);
      const count = node.parameters ? `${short(node.parameters)} par.` : '';
      const words = `${node.name}, ${node.type}, output ${output}, ${whole(node.parameters)} parameters`;
      const part = node.parameters / parameters;
      return s('g', { class: 'node', transform: `translate(${at.x - SIZES.width / 2} ${at.y - SIZES.height / 2})`, role: 'button', tabindex: i === 0 ? 0 : -1,
        'aria-pressed': 'false', on: { click: () => this.pick(node.name) } },
      s('rect', { class: 'box', width: SIZES.width, height: SIZES.height, rx: 8 }, s('title', null, [words, node.settings].filter(Boolean).join('\n'))),
      s('rect', { x: 0, y: 8, width: 4, height: SIZES.height - 16, rx: 2, fill: hue(node.type) }),
      s('text', { class: 't1', x: 14, y: 21 }, name), ' ',
      s('text', { class: 't2', x: SIZES.width - 10, y: 21, 'text-anchor': 'end' }, output), ' ',
      s('text', { class: 't2', x: 14, y: 39 }, kind), ' ',
      count ? s('text', { class: 't2', x: SIZES.width - 10, y: 39, 'text-anchor': 'end' }, count) : null,
      node.parameters ? s('rect', { x: SIZES.width - 10 - 60 * part, y: 43, width: Math.max(1, 60 * part), height: 2.5, fill: 'var(--c0)', rx: 1 }) : null,
      time);
    });
    return s('svg', { width: width + 2 * pad, height: height + 2 * pad, viewBox: `${-pad} ${-pad} ${width + 2 * pad} ${height + 2 * pad}`, role: 'group', 'aria-label': 'Network: arrow keys move along its edges',
      style: { 'min-width': `${Math.round(0.62 * width)}px` } },
      edges, inputs, this.boxes);
  }

  /** @param {string} name */
  mark(name) {
    this.network.nodes.forEach((/** @type {any} */ node, /** @type {number} */ i) => {
      this.boxes[i].setAttribute('aria-pressed', String(node.name === name));
      if (node.name === name) this.boxes.forEach((box, k) => box.setAttribute('tabindex', k === i ? '0' : '-1'));
    });
  }

  /** @param {{name: string, share: number}[]} layers */
  setTimes(layers) {
    this.network.nodes.forEach((/** @type {any} */ node, /** @type {number} */ i) => {
      const known = layers.find((each) => each.name === node.name);
      this.times[i].setAttribute('width', String(known ? Math.max(2, (SIZES.width - 2) * known.share) : 0));
      fill(this.times[i], known ? s('title', null, `${percent(known.share)} of the time`) : null);
    });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const at = this.boxes.indexOf(/** @type {any} */ (document.activeElement));
    if (at < 0) return;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.pick(this.network.nodes[at].name);
      return;
    }
    const { nodes, levels } = this.drawing;
    const beside = nodes.map((_, i) => i).filter((i) => levels[i] === levels[at]).sort((a, b) => nodes[a].x - nodes[b].x);
    const nearestTo = (/** @type {number[]} */ all) => all.sort((a, b) => Math.abs(nodes[a].x - nodes[at].x) - Math.abs(nodes[b].x - nodes[at].x))[0];
    const moves = /** @type {Record<string, () => number | undefined>} */ ({
      ArrowDown: () => nearestTo(this.drawing.edges.filter((edge) => edge.from === at).map((edge) => edge.to)),
      ArrowUp: () => nearestTo(this.drawing.edges.filter((edge) => edge.to === at && edge.from >= 0).map((edge) => edge.from)),
      ArrowRight: () => beside[beside.indexOf(at) + 1], ArrowLeft: () => beside[beside.indexOf(at) - 1],
      Home: () => 0, End: () => nodes.length - 1,
    });
    const to = moves[event.key]?.();
    if (to === undefined) {
      if (event.key.startsWith('Arrow')) event.preventDefault();
      return;
    }
    event.preventDefault();
    this.boxes.forEach((box, i) => box.setAttribute('tabindex', i === to ? '0' : '-1'));
    /** @type {any} */ (this.boxes[to]).focus();
    this.boxes[to].scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

/** @param {{x: number, y: number}[]} points @param {{height: number}} sizes */
function curve(points, sizes) {
  const half = sizes.height / 2;
  let d = '';
  points.forEach((point, i) => {
    if (i === 0) {
      d = `M${point.x} ${point.y + half - (points[0].y < half + 1 ? half - 15 : 0)}`;
      return;
    }
    const before = points[i - 1];
    const from = i === 1 ? before.y + half - (before.y < half + 1 ? half - 15 : 0) : before.y + half;
    const to = point.y - half;
    const middle = (from + to) / 2;
    if (i > 1) d += `L${before.x} ${from}`;
    d += `C${before.x} ${middle} ${point.x} ${middle} ${point.x} ${to}`;
  });
  return d;
}

/** @param {string} type */
function hue(type) {
  const kinds = /** @type {[RegExp, string][]} */ ([[/conv/i, '--c0'], [/dense|linear/i, '--c3'], [/norm/i, '--c2'], [/pool/i, '--c4'], [/drop/i, '--c7'], [/recur|lstm|gru|rnn|attention/i, '--c5'], [/add|concat|residual/i, '--c6']]);
  return `var(${kinds.find(([pattern]) => pattern.test(type))?.[1] ?? '--c7'})`;
}

/** @param {string} words @param {number} most */
function cut(words, most) {
  return words.length > most ? `${words.slice(0, most - 1)}…` : words;
}

/** The same network as a table, for the figure's table and export. @param {any} network @returns {import('./figure.js').Sheet} */
export function networkSheet(network) {
  return {
    columns: ['node', 'type', 'settings', 'sources', 'input', 'output', 'parameters', 'operations'],
    rows: network.nodes.map((/** @type {any} */ node) => [node.name, node.type, node.settings, node.sources.map((/** @type {number} */ i) => (i < 0 ? 'input' : network.nodes[i].name)).join(' '),
      (node.in ?? []).map(shape).join(' '), (node.out ?? []).map(shape).join(' '), node.parameters, node.flops]),
    format: (value) => (typeof value === 'number' ? whole(value) : value ?? ''),
  };
}

/** @param {any} node */
export function nodeFacts(node) {
  return h('dl', { class: 'facts' }, [['Type', node.type], ['Settings', node.settings], ['Input', (node.in ?? []).map(shape).join(', ')], ['Output', (node.out ?? []).map(shape).join(', ')],
    ['Parameters', whole(node.parameters)], ['Operations a row', node.flops ? whole(node.flops) : null], ['Activation', node.activation]]
    .filter(([, value]) => value).map(([name, value]) => [h('dt', null, name), h('dd', null, String(value))]));
}

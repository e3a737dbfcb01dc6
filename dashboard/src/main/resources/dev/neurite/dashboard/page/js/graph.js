// Where the nodes of a network go: layered, from the input at the top, with few crossings and straight long edges.

/**
 * @typedef {{width: number, height: number, gap: number, level: number}} Sizes of a node, the space beside it and below it
 * @typedef {{x: number, y: number}} Point
 * @typedef {{nodes: Point[], inputs: Point[], edges: {from: number, to: number, points: Point[]}[], width: number, height: number, levels: number[]}} Drawing
 * Points of nodes and inputs are their centres; `from` is negative for an input (-1 is the first)
 */

const THREAD = 18; // width of an edge that passes a level

/**
 * @param {{sources: number[]}[]} network nodes in an order in which sources come first; a source below 0 is input -1 - source
 * @param {Sizes} sizes
 * @returns {Drawing}
 */
export function layout(network, sizes) {
  const inputs = Math.max(1, ...network.flatMap((node) => node.sources.map((source) => (source < 0 ? -source : 0))));
  // The levels: an input is at 0, a node one below its lowest source.
  const level = /** @type {number[]} */ ([]);
  network.forEach((node, i) => {
    level[i] = 1 + Math.max(0, ...node.sources.map((source) => (source < 0 ? 0 : level[source])));
  });
  /** @typedef {{real: number | null, level: number, up: Cell[], down: Cell[], x: number, width: number}} Cell */
  const cell = (/** @type {number | null} */ real, /** @type {number} */ at) =>
    /** @type {Cell} */ ({ real, level: at, up: [], down: [], x: 0, width: real === null ? THREAD : sizes.width });
  const rows = /** @type {Cell[][]} */ (Array.from({ length: 1 + Math.max(0, ...level) }, () => []));
  const sources = Array.from({ length: inputs }, (_, i) => cell(-1 - i, 0));
  rows[0].push(...sources);
  const cells = network.map((_, i) => cell(i, level[i]));
  /** @type {{from: number, to: number, path: Cell[]}[]} */
  const edges = [];
  network.forEach((node, i) => {
    for (const source of new Set(node.sources.length ? node.sources : [-1])) {
      let last = source < 0 ? sources[-1 - source] : cells[source];
      const path = [last];
      for (let k = last.level + 1; k < level[i]; k++) {
        const thread = cell(null, k);
        rows[k].push(thread);
        link(last, thread);
        path.push(thread);
        last = thread;
      }
      link(last, cells[i]);
      path.push(cells[i]);
      edges.push({ from: source, to: i, path });
    }
    rows[level[i]].push(cells[i]);
  });

  // The order within a level: by the middle of the neighbours, down and up a few times.
  for (let sweep = 0; sweep < 8; sweep++) {
    const down = sweep % 2 === 0;
    const at = new Map();
    rows.forEach((row) => row.forEach((each, i) => at.set(each, i)));
    for (let k = down ? 1 : rows.length - 2; down ? k < rows.length : k >= 0; k += down ? 1 : -1) {
      const middle = new Map(rows[k].map((each) => {
        const near = down ? each.up : each.down;
        return [each, near.length ? near.reduce((sum, other) => sum + at.get(other), 0) / near.length : at.get(each)];
      }));
      rows[k].sort((a, b) => middle.get(a) - middle.get(b));
      rows[k].forEach((each, i) => at.set(each, i));
    }
  }

  // The place within a level: as near to the middle of the neighbours as the others allow.
  for (const row of rows) {
    let x = 0;
    for (const each of row) {
      each.x = x + each.width / 2;
      x += each.width + sizes.gap;
    }
    const middle = (x - sizes.gap) / 2;
    for (const each of row) each.x -= middle;
  }
  for (let sweep = 0; sweep < 12; sweep++) {
    const down = sweep % 2 === 0;
    for (let k = down ? 1 : rows.length - 2; down ? k < rows.length : k >= 0; k += down ? 1 : -1) place(rows[k], down, sizes.gap);
  }

  const all = rows.flat();
  const left = Math.min(...all.map((each) => each.x - each.width / 2));
  const right = Math.max(...all.map((each) => each.x + each.width / 2));
  const y = (/** @type {number} */ at) => at * (sizes.height + sizes.level) + sizes.height / 2;
  const point = (/** @type {Cell} */ each) => ({ x: each.x - left, y: y(each.level) });
  return {
    nodes: cells.map(point),
    inputs: sources.map(point),
    edges: edges.map(({ from, to, path }) => ({ from, to, points: path.map(point) })),
    width: right - left,
    height: y(rows.length - 1) + sizes.height / 2,
    levels: level,
  };

  /** @param {Cell} a @param {Cell} b */
  function link(a, b) {
    a.down.push(b);
    b.up.push(a);
  }
}

/** @param {{up: any[], down: any[], x: number, width: number}[]} row @param {boolean} down @param {number} gap */
function place(row, down, gap) {
  const want = row.map((each) => {
    const near = down ? each.up : each.down;
    return near.length ? near.reduce((sum, other) => sum + other.x, 0) / near.length : each.x;
  });
  const far = (/** @type {number} */ i) => (row[i].width + row[i + 1].width) / 2 + gap;
  const fromLeft = [...want];
  for (let i = 1; i < row.length; i++) fromLeft[i] = Math.max(fromLeft[i], fromLeft[i - 1] + far(i - 1));
  const fromRight = [...want];
  for (let i = row.length - 2; i >= 0; i--) fromRight[i] = Math.min(fromRight[i], fromRight[i + 1] - far(i));
  row.forEach((each, i) => { each.x = (fromLeft[i] + fromRight[i]) / 2; });
}

// The settings of an experiment: as an object, as a link, and what changes them. Pure functions.

/**
 * @typedef {{layer: number, unit: number, input: number, value: number}} Edit `input` 0 is the bias
 *
 * @typedef {object} Experiment
 * @property {string} data
 * @property {number} noise percent
 * @property {number} share percent
 * @property {number} batch
 * @property {boolean} shuffle
 * @property {number} seed
 * @property {string[]} features
 * @property {number[]} layers
 * @property {string} activation
 * @property {string} loss
 * @property {string} optimizer
 * @property {number} rate
 * @property {string} penalty
 * @property {number} strength
 * @property {number} dropout
 * @property {Edit[]} edits
 */

export const MOST_LAYERS = 6;
export const MOST_UNITS = 8;

/** @type {Record<string, string>} what a data set asks for */
export const KINDS = {
  spirals: 'classes', circles: 'classes', xor: 'classes', gaussians: 'classes',
  plane: 'numbers', hills: 'numbers', identity: 'preset', 'by-hand': 'preset',
};

/** The experiment as the fragment of a link, without `#`. @param {Experiment} e */
export function toLink(e) {
  const link = new URLSearchParams();
  link.set('data', e.data);
  link.set('noise', String(e.noise));
  link.set('share', String(e.share));
  link.set('batch', String(e.batch));
  link.set('shuffle', e.shuffle ? '1' : '0');
  link.set('seed', String(e.seed));
  link.set('features', e.features.join(','));
  link.set('layers', e.layers.join(','));
  link.set('activation', e.activation);
  link.set('loss', e.loss);
  link.set('optimizer', e.optimizer);
  link.set('rate', String(e.rate));
  link.set('penalty', e.penalty);
  link.set('strength', String(e.strength));
  link.set('dropout', String(e.dropout));
  if (e.edits.length) link.set('edits', e.edits.map((each) => `${each.layer}.${each.unit}.${each.input}:${each.value}`).join(','));
  return link.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
}

/**
 * What a link says; what it does not say is left out. Wrong values are kept as they are, for the server to refuse.
 * @param {string} fragment
 * @returns {Partial<Experiment>}
 */
export function fromLink(fragment) {
  const link = new URLSearchParams(fragment.replace(/^#/, ''));
  /** @type {any} */
  const e = {};
  for (const key of ['data', 'activation', 'loss', 'optimizer', 'penalty']) {
    const value = link.get(key);
    if (value !== null) e[key] = value;
  }
  for (const key of ['noise', 'share', 'batch', 'seed', 'rate', 'strength', 'dropout']) {
    const value = link.get(key);
    if (value !== null) e[key] = number(value);
  }
  const shuffle = link.get('shuffle');
  if (shuffle !== null) e.shuffle = shuffle === '1' || (shuffle === '0' ? false : shuffle);
  const features = link.get('features');
  if (features !== null) e.features = features === '' ? [] : features.split(',');
  const layers = link.get('layers');
  if (layers !== null) e.layers = layers === '' ? [] : layers.split(',').map(number);
  const edits = link.get('edits');
  if (edits !== null) e.edits = edits === '' ? [] : edits.split(',').map(edit);
  return e;
}

/** @param {string} text @returns {number | string} */
function number(text) {
  const value = Number(text);
  return text.trim() === '' || !Number.isFinite(value) ? text : value;
}

/** @param {string} text */
function edit(text) {
  const [place, value] = text.split(':');
  const [layer, unit, input] = (place ?? '').split('.').map(number);
  return { layer, unit, input, value: number(value ?? '') };
}

/**
 * The experiment after a change of some settings, with what must follow from them: edits belong to a structure, and losses to
 * a kind of data.
 * @param {Experiment} e
 * @param {Partial<Experiment>} change
 * @returns {Experiment}
 */
export function changed(e, change) {
  const next = { ...e, ...change };
  const structure = ['data', 'features', 'layers', 'seed', 'activation', 'dropout'];
  if (!('edits' in change) && structure.some((key) => key in change)) next.edits = [];
  if (KINDS[next.data] === 'numbers' && (next.loss === 'cross-entropy' || next.loss === 'hinge')) next.loss = 'squared';
  if (KINDS[next.data] === 'classes' && KINDS[e.data] === 'numbers') next.loss = 'cross-entropy';
  if (KINDS[next.data] === 'preset') next.loss = 'cross-entropy';
  return next;
}

/** The losses that a data set may have. @param {string} data */
export function losses(data) {
  switch (KINDS[data]) {
    case 'numbers': return ['squared', 'absolute', 'huber'];
    case 'preset': return ['cross-entropy'];
    default: return ['cross-entropy', 'squared', 'absolute', 'huber', 'hinge'];
  }
}

/** The layers with one more hidden layer at the end. @param {number[]} layers */
export function withLayer(layers) {
  return layers.length >= MOST_LAYERS ? layers : [...layers, Math.max(1, (layers.at(-1) ?? 3) - 1)];
}

/** The layers with another number of units in one of them. @param {number[]} layers @param {number} at @param {number} more */
export function withUnits(layers, at, more) {
  return layers.map((units, i) => (i === at ? Math.min(MOST_UNITS, Math.max(1, units + more)) : units));
}

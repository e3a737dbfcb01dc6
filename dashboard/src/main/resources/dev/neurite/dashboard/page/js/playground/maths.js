// Formulas: sets them as MathML, writes them as text, says them in words. The numbers come from the server; here they only
// get a form. Pure functions but for `mount`.

/**
 * @typedef {{i?: string, sub?: string, sup?: string, n?: number | string, o?: string, s?: string, f?: [Part[], Part[]],
 *   r?: Part[], p?: Part[], u?: [Part[], Part[]], m?: (number | string)[][]}} Part
 * @typedef {{tag: string, text?: string, attributes?: Record<string, string>, children?: Tree[]}} Tree
 */

const MATHML = 'http://www.w3.org/1998/Math/MathML';
const UP = { '-': '⁻', '−': '⁻', '(': '⁽', ')': '⁾', 0: '⁰', 1: '¹', 2: '²', 3: '³', 4: '⁴', 5: '⁵', 6: '⁶', 7: '⁷', 8: '⁸', 9: '⁹', T: 'ᵀ', t: 'ᵗ' };
const DOWN = { ',': ',', 0: '₀', 1: '₁', 2: '₂', 3: '₃', 4: '₄', 5: '₅', 6: '₆', 7: '₇', 8: '₈', 9: '₉', k: 'ₖ' };
const WORDS = {
  '=': 'equals', '←': 'becomes', '→': 'becomes', '·': 'times', '∘': 'times, element by element,', '+': 'plus', '−': 'minus',
  Σ: 'sum of', '|': 'bar', ln: 'log', sign: 'sign of', max: 'max of', 'g′': 'g prime', T: 'transposed', ',': ',',
};
const NAMES = {
  δ: 'delta', 'ŷ': 'y hat', α: 'alpha', β: 'beta', μ: 'mu', ρ: 'rho', ε: 'epsilon', λ: 'lambda', 'm̂': 'm hat', 'v̂': 'v hat',
  'β₁': 'beta 1', 'β₂': 'beta 2', 'x₁': 'x 1', 'x₂': 'x 2', dw: 'd w', db: 'd b', dW: 'd W',
};

/** A number in few significant digits. @param {number | string} value @param {number} [digits] */
export function format(value, digits = 4) {
  const v = Number(value);
  if (!Number.isFinite(v)) return Number.isNaN(v) ? 'NaN' : v > 0 ? '∞' : '−∞';
  if (v === 0) return '0';
  const size = Math.abs(v);
  if (size < 1e-4 || size >= 1e6) {
    const [mantissa, exponent] = v.toExponential(digits - 2).split('e');
    return `${minus(String(Number(mantissa)))}·10${superscript(String(Number(exponent)))}`;
  }
  return minus(String(Number(v.toPrecision(size >= 1000 ? Math.max(6, digits) : digits))));
}

/** @param {string} text */
function minus(text) {
  return text.replace('-', '−');
}

/** @param {string} text @param {Record<string, string>} table */
function shifted(text, table) {
  return [...text].every((c) => c in table) ? [...text].map((c) => table[c]).join('') : null;
}

/** @param {string} text */
export function superscript(text) {
  return shifted(text, UP) ?? `^(${text})`;
}

/** @param {string} text */
export function subscript(text) {
  return shifted(text, DOWN) ?? `_${text}`;
}

// ------------------------------------------------------------------------------------------------------------------ text

/** A formula as text that can be copied. @param {Part[]} parts @param {number} [d] digits of numbers @returns {string} */
export function toText(parts, d = 4) {
  let out = '';
  parts.forEach((part, at) => {
    const next = parts[at + 1];
    const word = part.o !== undefined && isFunction(part.o) && next?.p ? part.o : text(part, d);
    const before = parts[at - 1];
    const unary = part.o === '−' && (before === undefined || (before.o !== undefined && before.o !== '|'));
    const apart = part.o !== undefined && !['|', '·'].includes(part.o) && !isFunction(part.o);
    if (part.o === ',') out += ', ';
    else if (part.o === '·') out += ' · ';
    else if (unary) out += '−';
    else if (apart) out += `${out === '' ? '' : ' '}${word} `;
    else out += word;
    if (part.s !== undefined || (part.f && next && (next.o === undefined || isFunction(next.o)))) out += ' ';
  });
  return out.replace(/ {2,}/g, ' ').trim();
}

/** @param {string} sign */
function isFunction(sign) {
  return /^[a-z]/.test(sign) || sign === 'Σ' || sign === 'T';
}

/** @param {Part} part @param {number} d @returns {string} */
function text(part, d) {
  if (part.i !== undefined) return part.i + (part.sub ? subscript(part.sub) : '') + (part.sup ? superscript(part.sup) : '');
  if (part.n !== undefined) return format(part.n, d);
  if (part.o !== undefined) return isFunction(part.o) && part.o !== 'T' ? `${part.o} ` : part.o;
  if (part.s !== undefined) return ` ${part.s}`;
  if (part.f) return `${bracketed(part.f[0], d)} / ${bracketed(part.f[1], d)} `.trimEnd();
  if (part.r) return `√(${toText(part.r, d)})`;
  if (part.p) return `(${toText(part.p, d)})`;
  if (part.u) {
    const above = toText(part.u[1], d);
    return bracketed(part.u[0], d) + (shifted(above, UP) ?? (part.u[1].length === 1 ? `^${above}` : `^(${above})`));
  }
  if (part.m) return `[${part.m.map((row) => (row.length === 1 ? format(row[0], d) : `[${row.map((v) => format(v, d)).join(', ')}]`)).join(', ')}]`;
  return '';
}

/** In brackets if it is more than one thing. @param {Part[]} parts @param {number} d */
function bracketed(parts, d) {
  return parts.length === 1 && !parts[0].f ? toText(parts, d) : `(${toText(parts, d)})`;
}

// ---------------------------------------------------------------------------------------------------------------- speech

/** A formula in words. @param {Part[]} parts @param {number} [d] digits of numbers @returns {string} */
export function toSpeech(parts, d = 4) {
  return parts.map((part) => speech(part, d)).join(' ').replace(/\s+/g, ' ').replace(/ ,/g, ',').trim();
}

/** @param {number | string} value @param {number} d */
function spoken(value, d) {
  return format(value, d).replace('−', 'minus ').replace(/·10(.*)/, (_, up) => ` times 10 to the ${plain(up)}`);
}

/** @param {string} up superscript digits */
function plain(up) {
  const back = Object.fromEntries(Object.entries(UP).map(([a, b]) => [b, a]));
  return [...up].map((c) => (c === '⁻' ? 'minus ' : back[c] ?? c)).join('');
}

/** @param {Part} part @param {number} d @returns {string} */
function speech(part, d) {
  if (part.i !== undefined) {
    const name = NAMES[part.i] ?? part.i;
    const index = part.sub ? ` ${part.sub.replace(',', ' ')}` : '';
    const layer = part.sup ? ` of layer ${part.sup.replace(/[()]/g, '')}` : '';
    return layer === ' of layer 0' ? `input${index}` : name + index + layer;
  }
  if (part.n !== undefined) return spoken(part.n, d);
  if (part.o !== undefined) return WORDS[part.o] ?? part.o;
  if (part.s !== undefined) return part.s;
  if (part.f) return `${toSpeech(part.f[0], d)} over ${toSpeech(part.f[1], d)},`;
  if (part.r) return `the root of ${toSpeech(part.r, d)}`;
  if (part.p) return `(${toSpeech(part.p, d)})`;
  if (part.u) {
    const above = toSpeech(part.u[1], d);
    if (above === '2') return `${toSpeech(part.u[0], d)} squared`;
    if (above === 'transposed') return `${toSpeech(part.u[0], d)} transposed`;
    return `${toSpeech(part.u[0], d)} to the power of ${above}`;
  }
  if (part.m) {
    const all = part.m;
    const rows = all.map((row) => row.map((v) => spoken(v, d)).join(', ')).join('; ');
    if (all[0]?.length === 1) return `the vector ${all.map((row) => spoken(row[0], d)).join(', ')}`;
    return `the matrix with ${all.length === 1 ? '1 row' : `${all.length} rows`}: ${rows}`;
  }
  return '';
}

// ---------------------------------------------------------------------------------------------------------------- MathML

/** A formula as trees of MathML, between which a line may end. @param {Part[]} parts @param {number} [d] digits of numbers @returns {Tree[]} */
export function toMathML(parts, d = 4) {
  return pieces(parts).map((piece, at) => ({ tag: 'math', attributes: { 'aria-hidden': 'true', displaystyle: 'true' }, children: [row(piece, d, at > 0)] }));
}

const LONG = 5; // a group of more parts may be on several lines

/**
 * A formula in pieces, each with the sign before it: `z`, `= 2 · 3`, `+ 1`.
 * @param {Part[]} parts
 * @returns {Part[][]}
 */
export function pieces(parts) {
  const flat = parts.flatMap((part) => (part.p && part.p.length > LONG ? [{ o: '(' }, ...part.p, { o: ')' }] : [part]));
  /** @type {Part[][]} */
  const out = [[]];
  flat.forEach((part, at) => {
    const before = flat[at - 1];
    const binary = before !== undefined && (before.o === undefined || before.o === ')' || before.o === '|');
    if (['=', '←', '→'].includes(part.o ?? '') || (binary && (part.o === '+' || part.o === '−'))) out.push([]);
    /** @type {Part[]} */ (out.at(-1)).push(part);
  });
  return out.filter((piece) => piece.length > 0);
}

/** @param {Part[]} parts @param {number} d @param {boolean} [goesOn] whether a sign at its beginning joins it to what is before @returns {Tree} */
function row(parts, d, goesOn = false) {
  /** @type {Tree[]} */
  const children = [];
  parts.forEach((part, at) => {
    const before = parts[at - 1];
    const things = (/** @type {Part | undefined} */ p) => p !== undefined && p.o === undefined;
    if (part.m && before?.m) children.push(space('0.25em'));
    else if (things(part) && things(before) && !part.p && !before?.f) children.push(space('0.12em'));
    children.push(at === 0 && goesOn && part.o !== undefined ? leaf('mo', part.o, { form: 'infix' }) : tree(part, d, before));
  });
  return { tag: 'mrow', children };
}

/** @param {string} width @returns {Tree} */
function space(width) {
  return { tag: 'mspace', attributes: { width } };
}

/** @param {string} tag @param {string} text @param {Record<string, string>} [attributes] @returns {Tree} */
function leaf(tag, text, attributes) {
  return { tag, text, attributes };
}

/** @param {number | string} value @param {number} d @returns {Tree} */
function numeral(value, d) {
  return leaf('mn', format(value, d), { class: Number(value) < 0 ? 'neg' : 'pos' });
}

/** @param {Part} part @param {number} d @param {Part} [before] @returns {Tree} */
function tree(part, d, before) {
  if (part.i !== undefined) {
    const name = leaf('mi', part.i);
    const sub = part.sub ? leaf('mn', part.sub) : null;
    const sup = part.sup ? leaf('mtext', part.sup) : null;
    if (sub && sup) return { tag: 'msubsup', children: [name, sub, sup] };
    if (sub) return { tag: 'msub', children: [name, sub] };
    if (sup) return { tag: 'msup', children: [name, sup] };
    return name;
  }
  if (part.n !== undefined) return numeral(part.n, d);
  if (part.o !== undefined) {
    if (part.o === 'Σ') return leaf('mo', 'Σ', { class: 'sum', lspace: '0.17em', rspace: '0.1em' });
    if (part.o === '|') return leaf('mo', '|', { stretchy: 'false' });
    if (part.o === 'T') return leaf('mtext', 'T');
    if (part.o === '(' || part.o === ')') return leaf('mo', part.o, { form: part.o === '(' ? 'prefix' : 'postfix', stretchy: 'false' });
    if (/^[a-z]/.test(part.o)) return { tag: 'mrow', children: [leaf('mi', part.o, { mathvariant: 'normal' }), space('0.15em')] };
    const unary = part.o === '−' && (before === undefined || before.o !== undefined);
    return leaf('mo', part.o, unary ? { form: 'prefix' } : {});
  }
  if (part.s !== undefined) return { tag: 'mrow', children: [space('0.3em'), leaf('mtext', part.s), space('0.3em')] };
  if (part.f) return { tag: 'mfrac', children: [row(part.f[0], d), row(part.f[1], d)] };
  if (part.r) return { tag: 'msqrt', children: [row(part.r, d)] };
  if (part.p) return fenced('(', row(part.p, d), ')');
  const base = part.u?.[0];
  if (part.u && base?.length === 1 && base[0].sup) return tree({ ...base[0], sup: base[0].sup + toText(part.u[1], d) }, d, before);
  if (part.u) return { tag: 'msup', children: [row(part.u[0], d), row(part.u[1], d)] };
  if (part.m) {
    const rows = part.m.map((cells) => ({ tag: 'mtr', children: cells.map((cell) => ({ tag: 'mtd', children: [numeral(cell, d)] })) }));
    return { tag: 'mtable', attributes: { class: 'matrix' }, children: rows };
  }
  return { tag: 'mrow', children: [] };
}

/** @param {string} open @param {Tree} inside @param {string} close @returns {Tree} */
function fenced(open, inside, close) {
  return { tag: 'mrow', children: [leaf('mo', open, { form: 'prefix' }), inside, leaf('mo', close, { form: 'postfix' })] };
}

/** The elements of a tree. @param {Tree} tree @returns {Element} */
export function mount(tree) {
  const element = document.createElementNS(MATHML, tree.tag);
  for (const [name, value] of Object.entries(tree.attributes ?? {})) element.setAttribute(name, value);
  if (tree.text !== undefined) element.textContent = tree.text;
  for (const child of tree.children ?? []) element.append(mount(child));
  return element;
}

/** The digits of the numbers of a section: more where small changes are shown. @param {string} [key] */
export function precision(key) {
  return key === 'update' ? 6 : 4;
}

/**
 * A whole explanation as text.
 * @param {{title: string, sections: {key?: string, title: string, note: string, lines: {label: string, math: Part[]}[],
 *   table?: {columns: string[], rows: string[], values: (number | string)[][]}}[]}} explanation
 * @param {string} about the example and the batch in words
 */
export function asText(explanation, about) {
  const out = [explanation.title, about, ''];
  for (const section of explanation.sections) {
    out.push(section.title.toUpperCase(), section.note);
    const digits = precision(section.key);
    for (const line of section.lines) out.push(`  ${toText(line.math, digits)}${line.label ? `   (${line.label})` : ''}`);
    const table = section.table;
    if (table) {
      const cells = [['', ...table.columns], ...table.rows.map((name, i) => [name, ...table.values[i].map((v) => format(v, digits))])];
      const widths = cells[0].map((_, column) => Math.max(...cells.map((each) => each[column].length)));
      for (const each of cells) out.push(`  ${each.map((cell, column) => cell.padStart(widths[column])).join('  ')}`);
    }
    out.push('');
  }
  return out.join('\n').trimEnd() + '\n';
}

import assert from 'node:assert/strict';
import test from 'node:test';
import { asText, format, pieces, toMathML, toSpeech, toText } from '../../../main/resources/dev/neurite/dashboard/page/js/playground/maths.js';

const z = { i: 'z', sub: '2', sup: '(1)' };
const sum = [z, { o: '=' }, { n: 0.5 }, { o: '·' }, { p: [{ n: -0.25 }] }, { o: '+' }, { n: 1 }, { o: '=' }, { n: 0.875 }];

test('numbers have four digits and a real minus', () => {
  const cases = [[0, '0'], [-0, '0'], [0.5, '0.5'], [-1.23456, '−1.235'], [0.00123456, '0.001235'], [1234.5, '1234.5'], [0.000012, '1.2·10⁻⁵'],
    [-2.5e7, '−2.5·10⁷'], ['NaN', 'NaN'], ['Infinity', '∞'], ['-Infinity', '−∞'], [1e-8, '1·10⁻⁸'], [0.1 + 0.2, '0.3']];
  for (const [value, expected] of cases) assert.equal(format(value), expected);
});

test('a formula as text', () => {
  assert.equal(toText(sum), 'z₂⁽¹⁾ = 0.5 · (−0.25) + 1 = 0.875');
  assert.equal(toText([{ i: 'L' }, { o: '=' }, { o: '−' }, { o: 'ln' }, { n: 0.5 }]), 'L = −ln 0.5');
  assert.equal(toText([{ i: 'w' }, { o: '←' }, { f: [[{ n: 1 }], [{ i: 'N' }, { o: '+' }, { n: 1 }]] }]), 'w ← 1 / (N + 1)');
  assert.equal(toText([{ f: [[{ n: 1 }], [{ i: 'N' }]] }, { o: 'Σ' }, { i: 'δ' }, { o: '=' }, { f: [[{ n: 1 }], [{ n: 2 }]] }, { p: [{ n: 3 }] }]), '1 / N Σ δ = 1 / 2 (3)');
  assert.equal(toText([{ i: 'a' }, { o: '=' }, { o: 'tanh' }, { p: [{ n: -1 }] }]), 'a = tanh(−1)');
  assert.equal(toText([{ r: [{ i: 'v' }] }, { o: '+' }, { i: 'ε' }]), '√(v) + ε');
  assert.equal(toText([{ u: [[{ i: 'W', sup: '(2)' }], [{ o: 'T' }]] }]), 'W⁽²⁾ᵀ');
  assert.equal(toText([{ u: [[{ p: [{ n: -2 }] }], [{ n: 2 }]] }]), '(−2)²');
  assert.equal(toText([{ m: [[1, -2], [0, 0.5]] }, { m: [[1], [2]] }]), '[[1, −2], [0, 0.5]][1, 2]');
});

test('a formula in words', () => {
  assert.equal(toSpeech(sum), 'z 2 of layer 1 equals 0.5 times (minus 0.25) plus 1 equals 0.875');
  assert.equal(toSpeech([{ i: 'δ', sub: '1', sup: '(2)' }, { o: '=' }, { i: 'ŷ' }, { o: '−' }, { i: 'y' }]), 'delta 1 of layer 2 equals y hat minus y');
  assert.equal(toSpeech([{ i: 'a', sub: '1', sup: '(0)' }]), 'input 1');
  assert.equal(toSpeech([{ u: [[{ i: 'g' }], [{ n: 2 }]] }]), 'g squared');
  assert.equal(toSpeech([{ m: [[1], [-2]] }]), 'the vector 1, minus 2');
  assert.equal(toSpeech([{ n: 1.2e-5 }]), '1.2 times 10 to the minus 5');
});

test('MathML has every number and name', () => {
  const trees = toMathML([...sum, { o: '=' }, { f: [[{ n: 3 }], [{ r: [{ i: 'v̂' }] }]] }, { m: [[1, 2]] }, { u: [[{ i: 'W', sup: '(2)' }], [{ o: 'T' }]] }]);
  assert.equal(trees.length, 5);
  const tags = [];
  const texts = [];
  const walk = (node) => { tags.push(node.tag); if (node.text !== undefined) texts.push(node.text); (node.children ?? []).forEach(walk); };
  trees.forEach(walk);
  assert.deepEqual(texts.join(' '), 'z 2 (1) = 0.5 · ( −0.25 ) + 1 = 0.875 = 3 v̂ 1 2 W (2)T');
  for (const tag of ['msubsup', 'mfrac', 'msqrt', 'mtable', 'mtr', 'mtd']) assert.ok(tags.includes(tag), tag);
});

test('a whole explanation as text', () => {
  const text = asText({ title: 'Unit 1', sections: [{ title: 'Forward', note: 'A note.', lines: [{ label: 'sum', math: sum }],
    table: { columns: ['before', 'after'], rows: ['w1'], values: [[1, -0.5]] } }] }, 'Example 1.');
  assert.equal(text, 'Unit 1\nExample 1.\n\nFORWARD\nA note.\n  z₂⁽¹⁾ = 0.5 · (−0.25) + 1 = 0.875   (sum)\n      before  after\n  w1       1   −0.5\n');
});

test('a line may end before a relation or a sum', () => {
  const words = (parts) => pieces(parts).map((piece) => toText(piece));
  assert.deepEqual(words(sum), ['z₂⁽¹⁾', '= 0.5 · (−0.25)', '+ 1', '= 0.875']);
  const long = { p: [{ n: 1 }, { o: '·' }, { n: 2 }, { o: '+' }, { n: 3 }, { o: '·' }, { p: [{ n: -4 }] }] };
  assert.deepEqual(pieces([{ i: 'd' }, { o: '=' }, { o: '−' }, { n: 5 }, { o: '·' }, long, { o: '−' }, { n: 1 }]).map((piece) => toText(piece)), ['d', '= −5 · ( 1 · 2', '+ 3 · (−4) )', '−1']);
  assert.deepEqual(pieces([]), []);
});

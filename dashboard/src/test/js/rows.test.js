// Rows as people paste them.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { formatRows, parseNumbers, parseRows } from '../../main/resources/dev/neurite/dashboard/page/js/rows.js';

test('rows with names in any order, or without', () => {
  assert.deepEqual(parseRows('b,a\n2,1\n', ['a', 'b']), [{ a: '1', b: '2' }]);
  assert.deepEqual(parseRows('1;2\n3;4', ['a', 'b']), [{ a: '1', b: '2' }, { a: '3', b: '4' }]);
  assert.deepEqual(parseRows('a\tb\r\n1\t2', ['a', 'b']), [{ a: '1', b: '2' }]);
  assert.deepEqual(parseRows('a,b\n"x, ""y""",', ['a', 'b']), [{ a: 'x, "y"', b: '' }]);
  assert.deepEqual(parseRows(' \n', ['a']), []);
  assert.throws(() => parseRows('a,b\n1', ['a', 'b']), /Row 1: expects 2 cells, got 1/);
});

test('rows as JSON', () => {
  assert.deepEqual(parseRows('[{"a":1,"b":null}]', ['a', 'b']), [{ a: '1', b: '' }]);
  assert.deepEqual(parseRows('[[1,2],[3,4]]', ['a', 'b'])[1], { a: '3', b: '4' });
  assert.throws(() => parseRows('[[1]]', ['a', 'b']), /Row 1: expects 2 values, got 1/);
  assert.throws(() => parseRows('[1,', ['a']), /Expects JSON/);
});

test('what is written is read again', () => {
  const rows = [{ a: '1,5', b: 'say "no"' }, { a: '', b: 'x' }];
  assert.deepEqual(parseRows(formatRows(rows, ['a', 'b']), ['a', 'b']), rows);
});

test('numbers between spaces, commas and brackets', () => {
  assert.deepEqual(parseNumbers('[1, -2.5]\n3e2'), [1, -2.5, 300]);
  assert.throws(() => parseNumbers('1 x'), /Number 2: expects a number, got x/);
});

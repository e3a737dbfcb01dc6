import test from 'node:test';
import assert from 'node:assert/strict';
import { passageWords } from '../../main/resources/dev/neurite/dashboard/page/js/marks.js';

const words = (...weights) => weights.flatMap((weight, i) => [{ text: `w${i}`, weight }, { text: ' ', weight: 0 }]);

test('what the shades say', () => {
  assert.equal(passageWords(words(0.5, -0.25, 0), true, 3), 'Each word left out alone: without “w0” 50.0\u00a0% less, without “w1” 25.0\u00a0% more.');
  assert.equal(passageWords(words(0, 0), true, 2), 'No single word changes the answer.');
});

test('it is said how many words were weighed, if not all', () => {
  assert.match(passageWords(words(0.5, 0, 0), true, 1), /^Each of the first 1 words left out alone: without “w0”/);
  assert.equal(passageWords(words(0, 0, 0), true, 2), 'None of the first 2 words changes the answer alone.');
  assert.equal(passageWords(words(0, 0, 0), true, 0), 'The text is too long to weigh its words.');
});

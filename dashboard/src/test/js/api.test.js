import test from 'node:test';
import assert from 'node:assert/strict';
import { stream } from '../../main/resources/dev/neurite/dashboard/page/js/api.js';

async function told(text) {
  globalThis.fetch = async () => new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
  const events = [];
  await stream('/predict/text', {}, new AbortController().signal, (event) => events.push(event.type));
  return events;
}

test('a stream is read to its end', async () => {
  assert.deepEqual(await told('event: piece\ndata: {"text":"a"}\n\nevent: end\ndata: {"text":""}\n\n'), ['piece', 'end']);
});

test('a stream that was cut off is told', async () => {
  await assert.rejects(told('event: piece\ndata: {"text":"a"}\n\nevent: pie'), /cut off before its end/);
});

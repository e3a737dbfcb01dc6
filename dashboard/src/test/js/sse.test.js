import test from 'node:test';
import assert from 'node:assert/strict';
import http from 'node:http';
import { EventParser, EventStream, patience } from '../../main/resources/dev/neurite/dashboard/page/js/sse.js';

const TEXT = 'retry: 1000\n\n: ping\n\nevent: lines\nid: 7\ndata: [1,\ndata: 2]\n\nevent: state\ndata: {"state":"training"}\n\n';

function parsed(pieces) {
  const events = [];
  const parser = new EventParser((event) => events.push(event));
  pieces.forEach((piece) => parser.push(piece));
  return events;
}

test('events, ids, comments and data of several lines', () => {
  assert.deepEqual(parsed([TEXT]), [{ type: 'lines', data: '[1,\n2]', id: '7' }, { type: 'state', data: '{"state":"training"}', id: '7' }]);
});

test('pieces of any size give the same events', () => {
  for (const text of [TEXT, TEXT.replaceAll('\n', '\r\n'), TEXT.replaceAll('\n', '\r')]) {
    for (const size of [1, 2, 3, 7]) {
      const pieces = [];
      for (let i = 0; i < text.length; i += size) pieces.push(text.slice(i, i + size));
      assert.deepEqual(parsed(pieces), parsed([TEXT]), `pieces of ${size}`);
    }
  }
});

test('an event that was cut off is not told', () => {
  assert.deepEqual(parsed(['data: half']), []);
});

test('waits grow up to a bound', () => {
  assert.equal(patience(0), 300);
  assert.ok(patience(1) > patience(0));
  assert.equal(patience(30), 8000);
});

test('a lost stream goes on after the last event', { timeout: 20_000 }, async () => {
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push(request.headers['last-event-id'] ?? '');
    response.writeHead(200, { 'Content-Type': 'text/event-stream' });
    const from = Number(request.headers['last-event-id'] ?? 0);
    response.write(`event: lines\nid: ${from + 1}\ndata: [${from + 1}]\n\n`);
    setTimeout(() => (asked.length < 3 ? response.destroy() : response.end()), 20);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const events = [];
  const told = [];
  const stream = new EventStream(`http://127.0.0.1:${server.address().port}/`, '4', (event) => events.push(event.data), (state) => told.push(state));
  while (events.length < 3) await new Promise((done) => setTimeout(done, 20));
  stream.close();
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  assert.deepEqual(asked.slice(0, 3), ['4', '5', '6']);
  assert.deepEqual(events.slice(0, 3), ['[5]', '[6]', '[7]']);
  assert.deepEqual(told.slice(0, 3), ['open', 'lost', 'open']);
});

test('a refused stream is not tried again', { timeout: 20_000 }, async () => {
  let count = 0;
  const server = http.createServer((_, response) => { count++; response.writeHead(401); response.end(); });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const state = await new Promise((done) => new EventStream(`http://127.0.0.1:${server.address().port}/`, '', () => {}, (now, status) => done([now, status])));
  await new Promise((done) => setTimeout(done, 700)); // longer than the first wait
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  assert.deepEqual(state, ['refused', 401]);
  assert.equal(count, 1);
});

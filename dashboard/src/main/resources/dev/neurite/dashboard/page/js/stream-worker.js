// One stream a run for all tabs of this browser: a browser allows only six connections to one server.

import { EventStream } from './sse.js';

/**
 * @typedef {{type: string, data: string, id: string}} Sent
 * @typedef {{stream: EventStream, ports: Set<MessagePort>, recent: Sent[], state: 'open' | 'lost' | 'refused', status: number}} Shared
 */

const KEPT = 240; // events that a tab which joins may get from here: a minute
/** @type {Map<string, Shared>} */
const streams = new Map();
/** @type {Map<MessagePort, number>} */
const heard = new Map();

/** @param {MessagePort} port */
function leave(port) {
  for (const [run, shared] of streams) {
    shared.ports.delete(port);
    if (shared.ports.size === 0) {
      shared.stream.close();
      streams.delete(run);
    }
  }
}

/** @param {MessagePort} port @param {string} run @param {string} url @param {string} after */
function join(port, run, url, after) {
  leave(port);
  const known = streams.get(run);
  if (known && known.state !== 'refused') {
    known.ports.add(port);
    port.postMessage({ run, told: known.state, status: known.status });
    // What this tab lacks, as far as it is kept here; the tab drops what it has, and asks for the series where lines lack.
    const state = known.recent.findLast((event) => event.type === 'state');
    known.recent.forEach((event) => (event.type !== 'state' || event === state) && port.postMessage({ run, event }));
    return;
  }
  known?.stream.close();
  /** @type {Shared} */
  const shared = { ports: new Set([port]), recent: [], state: 'lost', status: 0, stream: /** @type {any} */ (null) };
  shared.stream = new EventStream(url, after, (event) => {
    shared.recent.push(event);
    if (shared.recent.length > KEPT) shared.recent.shift();
    shared.ports.forEach((each) => each.postMessage({ run, event }));
  }, (state, status) => {
    shared.state = state;
    shared.status = status;
    shared.ports.forEach((each) => each.postMessage({ run, told: state, status }));
  });
  streams.set(run, shared);
}

self.addEventListener('connect', (event) => {
  const port = /** @type {MessageEvent} */ (event).ports[0];
  heard.set(port, Date.now());
  port.onmessage = ({ data }) => {
    heard.set(port, Date.now());
    if (data.join) join(port, data.join, data.url, data.after);
    else if (data.retry) streams.forEach((shared) => shared.ports.has(port) && shared.stream.retry());
    else if (data.leave) leave(port);
    if (data.bye) heard.delete(port);
  };
  port.start();
});

// A tab that crashed says nothing any more; one that lives says something every 20 s.
setInterval(() => {
  for (const [port, time] of heard) {
    if (Date.now() - time < 90_000) continue;
    leave(port);
    heard.delete(port);
  }
}, 30_000);

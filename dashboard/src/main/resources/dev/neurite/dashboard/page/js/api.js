// Requests of the API. Errors carry what the server said.

import { EventParser } from './sse.js';

/** An answer that is not what was asked for. */
export class ApiError extends Error {
  /** @param {number} status 0 if there was no answer @param {string} message @param {string} [code] @param {string} [path] of the wrong value */
  constructor(status, message, code = '', path = '') {
    super(message);
    this.status = status;
    this.code = code;
    this.path = path;
  }
}

/** @type {(error: ApiError) => void} */
let onUnauthorized = () => {};
/** @param {(error: ApiError) => void} listener called when the session is missing or over */
export function whenUnauthorized(listener) {
  onUnauthorized = listener;
}

/**
 * @param {string} path below `/api`
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
export async function request(path, init = {}) {
  return content(await answered(path, init));
}

const KEY = 'neurite-key';

/** The key of the server, which this tab keeps; empty for none. */
export const apiKey = () => globalThis.sessionStorage?.getItem(KEY) ?? '';

/** @param {string} key */
export const keepKey = (key) => sessionStorage.setItem(KEY, key);

/** Posts to a path that is not below `/api`. @param {string} path @param {unknown} body @param {AbortSignal} [signal] @returns {Promise<any>} */
export async function ask(path, body, signal) {
  return content(await fetched(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal }));
}

/** An answer of any status. @param {string} path @param {RequestInit} init */
const answered = (path, init) => fetched(`/api${path}`, init);

/** @param {string} url @param {RequestInit} init @returns {Promise<Response>} */
async function fetched(url, init) {
  const headers = new Headers(init.headers);
  if (apiKey()) headers.set('Authorization', `Bearer ${apiKey()}`);
  try {
    return await fetch(url, { credentials: 'same-origin', cache: 'no-store', ...init, headers });
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error;
    throw new ApiError(0, 'The program behind this page does not answer. It may have ended.');
  }
}

/** What an answer says. @param {Response} response @returns {Promise<any>} */
async function content(response) {
  const type = response.headers.get('Content-Type') ?? '';
  const body = type.includes('json') ? await response.json() : await response.text();
  if (!response.ok) {
    const said = body?.error;
    const error = new ApiError(response.status, said?.message ?? `The server answered ${response.status}.`, said?.code ?? '', said?.path ?? '');
    if (response.status === 401) onUnauthorized(error);
    throw error;
  }
  return body;
}

/**
 * Posts, and reads the events that are answered until the last, `end`.
 * @param {string} path @param {unknown} body @param {AbortSignal} signal @param {(event: {type: string, data: string}) => void} emit
 */
export async function stream(path, body, signal, emit) {
  const response = await answered(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal });
  if (!response.ok || !response.body) return void (await content(response));
  let ended = false;
  const parser = new EventParser((event) => { ended ||= event.type === 'end'; emit(event); });
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done && !ended) throw new ApiError(0, 'The text was cut off before its end.');
    if (done) return;
    parser.push(decoder.decode(value, { stream: true }));
  }
}

/** @param {string} path @param {AbortSignal} [signal] */
export function get(path, signal) {
  return request(path, { signal });
}

/** @param {string} path @param {unknown} body @param {AbortSignal} [signal] */
export function post(path, body, signal) {
  return request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal });
}

/** The path of a run. @param {string} id @param {string} [rest] with its slash */
export function run(id, rest = '') {
  return `/runs/${encodeURIComponent(id)}${rest}`;
}

/**
 * A function whose newest call wins: earlier ones that still wait are called off.
 * @template {any[]} A
 * @param {(signal: AbortSignal, ...args: A) => Promise<void>} action
 * @param {(error: Error) => void} failed
 * @returns {(...args: A) => Promise<void>}
 */
export function latest(action, failed) {
  /** @type {AbortController | null} */
  let current = null;
  return async (...args) => {
    current?.abort();
    const mine = new AbortController();
    current = mine;
    try {
      await action(mine.signal, ...args);
    } catch (error) {
      if (!mine.signal.aborted) failed(/** @type {Error} */ (error));
    }
  };
}

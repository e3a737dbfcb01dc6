// Requests of the API. Errors carry what the server said.

/** An answer that is not what was asked for. */
export class ApiError extends Error {
  /** @param {number} status 0 if there was no answer @param {string} message @param {string} [code] */
  constructor(status, message, code = '') {
    super(message);
    this.status = status;
    this.code = code;
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
  /** @type {Response} */
  let response;
  try {
    response = await fetch(`/api${path}`, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error;
    throw new ApiError(0, 'The program behind this page does not answer. It may have ended.');
  }
  const type = response.headers.get('Content-Type') ?? '';
  const body = type.includes('json') ? await response.json() : await response.text();
  if (!response.ok) {
    const said = body?.error;
    const error = new ApiError(response.status, said?.message ?? `The server answered ${response.status}.`, said?.code ?? '');
    if (response.status === 401) onUnauthorized(error);
    throw error;
  }
  return body;
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

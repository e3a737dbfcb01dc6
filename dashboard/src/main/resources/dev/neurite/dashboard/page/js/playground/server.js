// Requests of the playground. Errors carry what the server said, with the setting that is wrong.

/** An answer that is not what was asked for. */
export class ApiError extends Error {
  /** @param {number} status 0 if there was no answer @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/**
 * What an error says to people.
 * @param {any} body
 * @param {number} status
 */
export function explained(body, status) {
  const said = body?.error;
  if (!said?.message) return `The server answered ${status}.`;
  const path = String(said.path ?? '').replace(/^experiment\./, '');
  return path ? `${path}: ${said.message}` : said.message;
}

/**
 * @param {string} path below `/api`
 * @param {RequestInit} [init]
 * @returns {Promise<any>}
 */
async function request(path, init = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(`/api${path}`, { credentials: 'same-origin', cache: 'no-store', ...init });
  } catch {
    throw new ApiError(0, 'The program behind this page does not answer. It may have ended.');
  }
  const json = (response.headers.get('Content-Type') ?? '').includes('json');
  const body = json ? await response.json() : null;
  if (response.ok) return body;
  throw new ApiError(response.status, response.status === 401
    ? 'This page has no access. Open it with the address that the program printed.' : explained(body, response.status));
}

/** @param {string} path */
export function get(path) {
  return request(path);
}

/** @param {string} path @param {unknown} body */
export function post(path, body) {
  return request(path, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
}

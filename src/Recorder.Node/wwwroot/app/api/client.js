import { ApiError } from './errors.js';

/**
 * @typedef {object} RequestOptions
 * @property {Record<string, string | number | boolean | readonly string[] | null | undefined>} [query] Those that are null or undefined are left out.
 * @property {AbortSignal} [signal]
 * @property {string} [idempotencyKey] Makes it safe to send a command again.
 * @property {boolean} [quiet] The node's being away does not show the banner: for probes.
 */

/** Told when a request finds the node away, answering, or the session over. See connection.js and session.js. */
export const observers = {
  away: () => {},
  answered: () => {},
  unauthenticated: () => {},
};

/** The public HTTP API of the node that served this page. Failures are thrown as {@link ApiError}. */
export const api = {
  /** @template T @param {string} path @param {RequestOptions} [options] @returns {Promise<T>} */
  get: (path, options) => send('GET', path, undefined, options),
  /** @template T @param {string} path @param {unknown} [body] @param {RequestOptions} [options] @returns {Promise<T>} */
  post: (path, body, options) => send('POST', path, body, options),
  /** @template T @param {string} path @param {unknown} body @param {RequestOptions} [options] @returns {Promise<T>} */
  patch: (path, body, options) => send('PATCH', path, body, options),
  /** @template T @param {string} path @param {RequestOptions} [options] @returns {Promise<T>} */
  delete: (path, options) => send('DELETE', path, undefined, options),

  /**
   * Asks for bytes: a Response that is fine, to read as the caller likes.
   * @param {string} path @param {RequestOptions & { headers?: Record<string, string> }} [options] @returns {Promise<Response>}
   */
  fetch: (path, options) => request('GET', path, undefined, options),
};

/**
 * A URL of the API, for `<img src>`, links and WebSockets.
 * @param {string} path
 * @param {RequestOptions['query']} [query]
 */
export function urlOf(path, query) {
  const url = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const each of Array.isArray(value) ? value : [value]) {
      if (each !== null && each !== undefined) url.searchParams.append(name, String(each));
    }
  }
  return url.pathname + url.search;
}

/** A path's part out of text that users wrote. @param {string} text */
export const part = text => encodeURIComponent(text);

/** @param {string} path @param {RequestOptions['query']} [query] @returns {string} The URL of a WebSocket. */
export function socketUrlOf(path, query) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${urlOf(path, query)}`;
}

/**
 * @param {string} method @param {string} path @param {unknown} body @param {RequestOptions} [options]
 * @returns {Promise<any>}
 */
async function send(method, path, body, options) {
  const response = await request(method, path, body, options);
  if (response.status === 204) return undefined;
  const type = response.headers.get('Content-Type') ?? '';
  return type.includes('json') ? response.json() : response.text();
}

/**
 * @param {string} method @param {string} path @param {unknown} body @param {RequestOptions & { headers?: Record<string, string> }} [options]
 * @returns {Promise<Response>}
 */
async function request(method, path, body, options) {
  // The header shows that it comes from this page: no form of another site can send it.
  const headers = new Headers({ Accept: 'application/json, */*', 'Recorder-Page': '1', ...options?.headers });
  if (body !== undefined) headers.set('Content-Type', 'application/json');
  if (options?.idempotencyKey) headers.set('Idempotency-Key', options.idempotencyKey);
  let response;
  try {
    response = await fetch(urlOf(path, options?.query), {
      method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal: options?.signal, credentials: 'same-origin',
    });
  } catch (failed) {
    if (options?.signal?.aborted) throw failed;
    if (!options?.quiet) observers.away();
    throw new ApiError({ status: 0, name: 'NetworkError', title: 'The node does not answer.', detail: 'The node does not answer. The page tries again by itself.' });
  }

  observers.answered();
  if (response.ok) return response;

  const problem = await problemOf(response);
  if (response.status === 401 && path !== '/v1/session') observers.unauthenticated();
  throw problem;
}

/** @param {Response} response */
async function problemOf(response) {
  const retryAfter = Number(response.headers.get('Retry-After')) || undefined;
  try {
    const said = await response.json();
    return new ApiError({
      status: response.status, name: said.name ?? 'UnknownError', title: said.title ?? response.statusText, detail: said.detail ?? '', state: said.state, retryAfter,
    });
  } catch {
    return new ApiError({
      status: response.status, name: 'UnknownError', title: response.statusText, detail: `The node answered ${response.status} ${response.statusText}.`, retryAfter,
    });
  }
}

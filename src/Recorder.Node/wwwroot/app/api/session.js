import { Store } from '../ui/store.js';
import { api, observers } from './client.js';

/**
 * @typedef {'viewer' | 'operator' | 'admin'} Role
 * @typedef {object} Session What `GET /v1/session` answers.
 * @property {boolean} keys Whether the node has API keys.
 * @property {Role} [role] Absent when nobody is logged in.
 * @property {string} [key] The name of the API key.
 * @property {string[]} [recorders] The recorders it is for; absent when it is for all.
 * @property {string} [node] The node that answers.
 * @property {string} [version]
 */

const Rank = { viewer: 1, operator: 2, admin: 3 };

/** Who is logged in; null until the node has said. @type {Store<Session | null>} */
export const session = new Store(/** @type {Session | null} */ (null));

observers.unauthenticated = () => {
  if (session.value?.role) session.set({ keys: true });
};

/** Asks the node who is logged in. */
export async function loadSession() {
  session.set(await api.get('/v1/session'));
}

/** @param {string} key An API key. Throws an ApiError when it is not valid. */
export async function logIn(key) {
  session.set(await api.post('/v1/session', { key }));
}

/** Ends the session of this browser. */
export async function logOut() {
  await api.delete('/v1/session');
  session.set({ keys: true });
}

/**
 * Whether the user may do what needs a role. What a role may not do is not offered; the server refuses it too.
 * @param {Role} role
 * @param {string} [recorder] The recorder it is about, if any.
 */
export function may(role, recorder) {
  const now = session.value;
  if (!now?.role || Rank[now.role] < Rank[role]) return false;
  return recorder === undefined || !now.recorders || now.recorders.some(pattern => matches(pattern, recorder));
}

/** Whether the user's key is for the node as a whole, and not for some recorders only. @param {Role} role */
export function mayAll(role) {
  return may(role) && !session.value?.recorders;
}

/** @param {string} pattern @param {string} recorder */
function matches(pattern, recorder) {
  const pieces = pattern.split('*').map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pieces.join('.*')}$`).test(recorder);
}

import { api } from '../api/client.js';
import { session } from '../api/session.js';
import { tiles } from '../api/wall-stream.js';
import { Store } from '../ui/store.js';
import { isOpen } from './take.js';

/** @typedef {import('./take.js').Take} Take */

/** The newest takes, the newest first; null until the node has said. @type {Store<readonly Take[] | null>} */
export const takes = new Store(/** @type {readonly Take[] | null} */ (null));

const Shown = 100;
const WhileOpen = 700;
const MostOpen = 8;

let wanted = 0;
let timer = 0;
let isAsking = false;
let isDue = false;

/** Keeps {@link takes} up to date, until the function that it returns is called. */
export function followTakes() {
  wanted++;
  void refreshTakes();
  return () => {
    wanted--;
  };
}

/** Asks anew: one request at a time, and one more if it was asked meanwhile. */
export async function refreshTakes() {
  isDue = true;
  await ask();
}

async function ask() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  try {
    do {
      /** @type {readonly Take[]} */
      let newest = takes.value ?? [];
      if (isDue || takes.value === null) {
        isDue = false;
        ({ takes: newest } = await api.get('/v1/takes', { query: { limit: Shown } }));
      }
      // The list has what is stored; how its recorders are doing is told of one take at a time.
      const live = await Promise.all(newest.filter(isOpen).slice(0, MostOpen).map(({ id }) => /** @type {Promise<Take>} */ (api.get(`/v1/takes/${encodeURIComponent(id)}`))));
      takes.set(newest.map(take => live.find(({ id }) => id === take.id) ?? take));
    } while (isDue);
  } catch {
    // The banner says that the node is away; it is asked again when a recorder changes, or below.
  } finally {
    isAsking = false;
  }
  // Whether angles become ready and how far they are apart is told by asking; of a take that begins or ends the wall tells.
  if (wanted > 0 && !document.hidden && (takes.value === null || takes.value.some(isOpen))) timer = window.setTimeout(ask, WhileOpen);
}

/** Which recorders belong to which takes. */
let lent = '';
tiles.watch(all => {
  const now = Array.from(all.values(), tile => (tile.take ? `${tile.id} ${tile.take}` : '')).join('\n');
  if (now === lent) return;
  lent = now;
  if (wanted > 0) void refreshTakes();
});
document.addEventListener('visibilitychange', () => {
  if (wanted > 0 && !document.hidden) void refreshTakes();
});
session.watch(() => {
  if (!session.value?.role) takes.set(null);
});

/**
 * A command to a take; what the node answers is shown at once.
 * @param {string} id @param {string} verb @param {unknown} [body]
 */
export async function commandTake(id, verb, body = {}) {
  const answer = await api.post(`/v1/takes/${encodeURIComponent(id)}:${verb}`, body);
  if (answer?.slate) put(answer);
  void refreshTakes();
}

/** @param {string} id @param {Record<string, unknown>} slate */
export async function changeSlate(id, slate) {
  put(await api.patch(`/v1/takes/${encodeURIComponent(id)}`, slate));
}

/** @param {Record<string, unknown>} input @returns {Promise<Take>} */
export async function armTake(input) {
  const take = /** @type {Take} */ (await api.post('/v1/takes', input));
  put(take);
  void refreshTakes();
  return take;
}

/** @param {Take} take */
function put(take) {
  const known = takes.value ?? [];
  takes.set(known.some(each => each.id === take.id) ? known.map(each => (each.id === take.id ? take : each)) : [take, ...known]);
}

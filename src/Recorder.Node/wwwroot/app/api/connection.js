import { announce } from '../ui/announce.js';
import { formatSpan, formatTime } from '../ui/format.js';
import { Store } from '../ui/store.js';
import { api, observers } from './client.js';
import { loadSession } from './session.js';

/**
 * @typedef {object} Connection
 * @property {boolean} isUp
 * @property {number} since When that began, as Date.now() has it.
 * @property {string} [sentence] What happened, after the node came back.
 */

const Shortest = 500;
const Longest = 5000;

/** Whether the node answers. Components that read a stream open it again when it comes back. @type {Store<Connection>} */
export const connection = new Store(/** @type {Connection} */ ({ isUp: true, since: Date.now() }));

/** Requests that failed by the thousand are one absence. */
let isProbing = false;

observers.away = () => void reportAway();

/** Says that the node does not answer: a request failed, or a stream ended. The page tries again until it does. */
export async function reportAway() {
  if (isProbing) return;
  isProbing = true;
  const since = Date.now();
  let wait = Shortest;
  let isShown = false;
  while (!(await answers())) {
    if (!isShown) {
      isShown = true;
      connection.set({ isUp: false, since });
      announce(`The node is away since ${formatTime(since)}; trying again.`, { urgent: true });
    }
    await pause(wait);
    wait = Math.min(Longest, wait * 1.6);
  }

  isProbing = false;
  if (!isShown) return;
  await loadSession().catch(() => {});
  const sentence = `The node is back: it was away for ${formatSpan((Date.now() - since) / 1000)}, from ${formatTime(since)} to ${formatTime(Date.now())}. `
    + 'What could not be recorded meanwhile is a gap of its recordings.';
  connection.set({ isUp: true, since: Date.now(), sentence });
  announce(sentence);
}

/** The user has read what happened. */
export function dismiss() {
  connection.set({ isUp: connection.value.isUp, since: connection.value.since });
}

async function answers() {
  try {
    await api.get('/health/live', { quiet: true, signal: AbortSignal.timeout(4000) });
    return true;
  } catch {
    return false;
  }
}

/** @param {number} milliseconds A page that is shown again, or a network that is back, tries at once. */
function pause(milliseconds) {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      document.removeEventListener('visibilitychange', done);
      resolve(undefined);
    };
    const timer = setTimeout(done, milliseconds);
    window.addEventListener('online', done);
    document.addEventListener('visibilitychange', done);
  });
}

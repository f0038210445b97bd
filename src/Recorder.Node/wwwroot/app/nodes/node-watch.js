import { api } from '../api/client.js';
import { readEvents } from '../api/event-stream.js';
import { hrefOf } from '../router.js';
import { clearAlarm, clearAlarmsExcept, raiseAlarm } from '../ui/alarms.js';
import { announce } from '../ui/announce.js';
import { formatTime } from '../ui/format.js';
import { Store } from '../ui/store.js';

/**
 * @typedef {object} ClusterNode What `GET /v1/nodes` says of a node.
 * @property {string} id
 * @property {string} url
 * @property {string} state up, draining, apart, dead or left.
 * @property {number} [capacity]
 * @property {Record<string, string>} [labels]
 * @property {number} [recorders]
 * @property {number} [bytesPerSecond]
 * @property {number} [writeLatency] Milliseconds.
 * @property {string} [certificateUntil]
 *
 * @typedef {{ time: number, text: string }} Happening
 */

const Prefix = 'node:';
const MostHappenings = 50;

const Sentences = /** @type {Record<string, string>} */ ({
  joined: 'has joined', draining: 'hands over what it records', resumed: 'takes part again', died: 'does not answer', returned: 'is back', left: 'has left',
});

/** The nodes, by name. @type {Store<readonly ClusterNode[]>} */
export const nodes = new Store(/** @type {readonly ClusterNode[]} */ ([]));

/** Nodes that this one was told to join and does not. @type {Store<readonly { address: string, reason: string }[]>} */
export const notJoined = new Store(/** @type {readonly { address: string, reason: string }[]} */ ([]));

/** What became of them while this page was open, the newest first. @type {Store<readonly Happening[]>} */
export const happenings = new Store(/** @type {readonly Happening[]} */ ([]));

/**
 * Watches the nodes whichever page is shown, and raises an alarm for each that died. Only an admin of the whole node may.
 * @returns {() => void} Ends it.
 */
export function watchNodes() {
  const life = new AbortController();
  const handlers = Object.fromEntries(['node', ...Object.keys(Sentences)].map(kind => [kind, (/** @type {ClusterNode} */ node) => take(kind, node)]));
  let isReading = false;
  // A node on its own has no events, and a stream is one of the few connections that a browser opens.
  const unwatch = nodes.watch(all => {
    if (isReading || all.length < 2) return;
    isReading = true;
    readEvents('/v1/nodes/events', handlers, { signal: life.signal, opened: () => void loadNodes(life.signal).catch(() => {}) });
  });
  void loadNodes(life.signal).catch(() => {});
  return () => {
    unwatch();
    life.abort();
    clearAlarmsExcept(Prefix, new Set());
  };
}

/** Reads the nodes, with their load, which no event tells. @param {AbortSignal} signal */
export async function loadNodes(signal) {
  const list = await api.get('/v1/nodes', { signal });
  nodes.set(list.nodes);
  notJoined.set(list.notJoined ?? []);
}

/** @param {string} kind @param {ClusterNode} node */
function take(kind, node) {
  const others = nodes.value.filter(known => known.id !== node.id);
  nodes.set((kind === 'left' ? others : [...others, node]).toSorted((a, b) => (a.id < b.id ? -1 : 1)));
  const id = Prefix + node.id;
  if (node.state === 'dead') raiseAlarm({ id, text: `Node ${node.id} does not answer since ${formatTime(Date.now())}; others take over what they can.`, link: hrefOf('nodes') });
  else clearAlarm(id);
  const said = Sentences[kind];
  if (said === undefined) return;
  const text = `Node ${node.id} ${said}.`;
  happenings.set([{ time: Date.now(), text }, ...happenings.value].slice(0, MostHappenings));
  announce(text);
}

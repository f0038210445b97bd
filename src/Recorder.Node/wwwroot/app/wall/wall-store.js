import { readEvents } from '../api/event-stream.js';
import { session } from '../api/session.js';
import { clearAlarmsExcept, raiseAlarm } from '../ui/alarms.js';
import { formatTime } from '../ui/format.js';
import { Store } from '../ui/store.js';
import { hrefOf } from '../router.js';
import { isInTrouble, Patience, troubleOf } from './tiles.js';

/** @typedef {import('./tiles.js').Tile} Tile */

/** The recorders that the user may see, by id; null until the node has said. @type {Store<ReadonlyMap<string, Tile> | null>} */
export const tiles = new Store(/** @type {ReadonlyMap<string, Tile> | null} */ (null));

/** How far the node's clock is ahead of this machine's, in milliseconds. */
export let clockAhead = 0;

let life = new AbortController();

/** Begins with the session and ends with it: alarms are raised on every page. */
function follow() {
  life.abort();
  life = new AbortController();
  tiles.set(null);
  if (!session.value?.role) {
    clearAlarmsExcept('recorder:', new Set());
    return;
  }
  readEvents('/v1/wall', {
    wall: ({ time, tiles: all }) => {
      clockAhead = Date.parse(time) - Date.now();
      take(new Map(all.map((/** @type {Tile} */ tile) => [tile.id, tile])));
    },
    tiles: ({ tiles: changed, gone }) => {
      const next = new Map(tiles.value ?? []);
      for (const tile of changed) next.set(tile.id, tile);
      for (const id of gone) next.delete(id);
      take(next);
    },
  }, { signal: life.signal });
}

/** @param {ReadonlyMap<string, Tile>} next */
function take(next) {
  tiles.set(next);
  alarm();
}

function alarm() {
  const now = Date.now() + clockAhead;
  const stay = new Set();
  for (const tile of tiles.value?.values() ?? []) {
    if (!isInTrouble(tile, now)) continue;
    const id = `recorder:${tile.id}`;
    stay.add(id);
    raiseAlarm({ id, text: troubleOf(tile, formatTime), link: hrefOf('wall', { params: { find: tile.id } }) });
  }
  clearAlarmsExcept('recorder:', stay);
}

// A recorder that waits for too long changes nothing by itself.
setInterval(() => {
  if (tiles.value) alarm();
}, Patience / 3);

/** Who is logged in; an answer to the same question again is no change. */
let who = '';
session.watch(now => {
  const next = now?.role ? `${now.role} ${now.key} ${now.recorders}` : '';
  if (next === who) return;
  who = next;
  follow();
});
if (session.value?.role) {
  who = `${session.value.role} ${session.value.key} ${session.value.recorders}`;
  follow();
}

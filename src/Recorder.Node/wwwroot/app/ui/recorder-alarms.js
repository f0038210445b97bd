import { tiles, watchWall } from '../api/wall-stream.js';
import { hrefOf } from '../router.js';
import { Patience } from '../wall/tiles.js';
import { clearAlarmsExcept, raiseAlarm } from './alarms.js';
import { formatTime } from './format.js';

/** @typedef {import('../api/wall-stream.js').Tile} Tile */

const Prefix = 'recorder:';

const Troubles = /** @type {Record<string, string>} */ ({
  waiting: 'waits for media', lost: 'has lost its source', disk: 'has no room on its disk', away: 'is on a node that does not answer',
});

/** When each recorder began to wait, by this machine's clock. @type {Map<string, number>} */
const waiting = new Map();
let timer = 0;

/**
 * Raises an alarm for each recorder that should record and does not, whichever page is shown.
 * @returns {() => void} Ends it.
 */
export function watchForAlarms() {
  const end = watchWall();
  const unwatch = tiles.watch(update);
  return () => {
    unwatch();
    end();
    clearTimeout(timer);
    waiting.clear();
    clearAlarmsExcept(Prefix, new Set());
  };
}

/** @param {ReadonlyMap<string, Tile>} all */
function update(all) {
  const now = Date.now();
  const troubled = new Set();
  let next = Infinity;
  for (const tile of all.values()) {
    // Of a recorder of a node that is away the state is the desired one.
    const trouble = tile.status === 'away' && tile.state === 'inactive' ? undefined : Troubles[tile.status];
    if (tile.status === 'waiting') waiting.set(tile.id, waiting.get(tile.id) ?? now);
    else waiting.delete(tile.id);
    if (trouble === undefined) continue;
    const due = (waiting.get(tile.id) ?? -Infinity) + Patience;
    if (due > now) {
      next = Math.min(next, due);
      continue;
    }

    const id = Prefix + tile.id;
    troubled.add(id);
    const since = tile.since ? ` since ${formatTime(tile.since)}` : '';
    raiseAlarm({
      id, text: `${tile.name ?? tile.id} should record and ${trouble}${since}.${tile.detail ? ` ${tile.detail}` : ''}`,
      link: hrefOf('recorders', { params: { find: tile.id } }),
    });
  }

  for (const id of waiting.keys()) {
    if (!all.has(id)) waiting.delete(id);
  }
  clearAlarmsExcept(Prefix, troubled);
  clearTimeout(timer);
  if (next < Infinity) timer = window.setTimeout(() => update(tiles.value), next - now + 50);
}

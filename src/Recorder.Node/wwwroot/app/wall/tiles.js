// What the wall knows of recorders, without the DOM.

/**
 * @typedef {'idle' | 'rec' | 'paused' | 'waiting' | 'lost' | 'disk' | 'away' | 'unknown'} Status
 * @typedef {object} Tile A recorder as `GET /v1/wall` tells it.
 * @property {string} id
 * @property {string} [name]
 * @property {Record<string, string>} labels
 * @property {string} node
 * @property {'inactive' | 'recording' | 'paused'} state
 * @property {Status} status
 * @property {string} [detail]
 * @property {string} since
 * @property {string} [take]
 * @property {string} [recording]
 * @property {boolean} preview
 * @property {{ width: number, height: number, frameRate: number, codec: string }} [video]
 * @property {{ channels: number, sampleRate: number, codec: string }} [audio]
 * @property {number} bitRate Bits per second.
 * @property {number} dropsLastMinute
 * @property {number} [secondsLeft]
 */

/** The word for each status. */
export const Words = /** @type {const} */ ({
  idle: 'IDLE', rec: 'REC', paused: 'PAUSED', waiting: 'WAITING', lost: 'LOST', disk: 'DISK', away: 'AWAY', unknown: 'UNKNOWN',
});

/** Those of recorders that should record and do not. */
const Troubles = new Set(['lost', 'disk', 'away']);

/** How long a recorder may wait for its first media before that is a trouble. */
export const Patience = 15_000;

/**
 * Whether the recorder should record and does not, so that somebody must look.
 * @param {Tile} tile @param {number} now
 */
export function isInTrouble(tile, now) {
  return Troubles.has(tile.status) || (tile.status === 'waiting' && now - Date.parse(tile.since) > Patience);
}

/** @param {Tile} tile A sentence for an alarm. @param {(time: string) => string} format */
export function troubleOf(tile, format) {
  const name = tile.name ?? tile.id;
  return `${name} does not record since ${format(tile.since)}: ${tile.detail ?? Words[tile.status]}`;
}

/**
 * @typedef {object} Filter
 * @property {string} text Part of an id or name, or label=value.
 * @property {string} status A status; '' for all, 'trouble' for all that should record and do not.
 */

/** @param {Tile} tile @param {Filter} filter @param {number} now */
export function isShown(tile, { text, status }, now) {
  if (status === 'trouble' ? !isInTrouble(tile, now) : status !== '' && tile.status !== status) return false;
  return text.toLowerCase().split(/\s+/).every(word => word === '' || holds(tile, word));
}

/** @param {Tile} tile @param {string} word */
function holds(tile, word) {
  const [label, value] = word.split('=', 2);
  if (label !== undefined && value !== undefined) {
    return Object.entries(tile.labels).some(([key, text]) => key.toLowerCase() === label && text.toLowerCase().includes(value));
  }
  return tile.id.toLowerCase().includes(word) || (tile.name ?? '').toLowerCase().includes(word)
    || Object.values(tile.labels).some(text => text.toLowerCase().includes(word));
}

/**
 * The tiles in the order that the user gave them; new ones behind, by id.
 * @param {Iterable<Tile>} tiles @param {readonly string[]} order
 */
export function arrange(tiles, order) {
  const places = new Map(order.map((id, at) => [id, at]));
  const placeOf = (/** @type {Tile} */ tile) => places.get(tile.id) ?? Number.MAX_SAFE_INTEGER;
  return Array.from(tiles).toSorted((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1));
}

/**
 * The order after one tile was moved to the place of another.
 * @param {readonly string[]} ids @param {string} moved @param {string} to
 */
export function move(ids, moved, to) {
  const [from, at] = [ids.indexOf(moved), ids.indexOf(to)];
  if (from < 0 || at < 0 || from === at) return [...ids];
  const rest = ids.filter(id => id !== moved);
  return rest.toSpliced(at, 0, moved);
}

/**
 * Time of day as a time code: frames are those of the recorder's rate.
 * @param {number} time Milliseconds since 1970. @param {number} rate Frames per second; 0 counts tenths. @param {number} zone Minutes to add to UTC.
 */
export function timeCodeOf(time, rate, zone) {
  const local = time + zone * 60_000;
  const day = ((local % 86_400_000) + 86_400_000) % 86_400_000;
  const seconds = Math.floor(day / 1000);
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const frame = Math.floor(((day % 1000) / 1000) * (rate > 0 ? rate : 10));
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}:${two(frame)}`;
}

// What the wall knows of recorders, without the DOM.

/** @typedef {import('../api/wall-stream.js').Tile} Tile */

/** Those of recorders that should record and do not. */
const Troubles = new Set(['lost', 'disk', 'away']);

/** How long a recorder may wait for its first media before that is a trouble. */
export const Patience = 5_000;

/**
 * Whether the recorder should record and does not, so that somebody must look.
 * @param {Tile} tile @param {number} now
 */
export function isInTrouble(tile, now) {
  return Troubles.has(tile.status) || (tile.status === 'waiting' && now - Date.parse(tile.since) > Patience);
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

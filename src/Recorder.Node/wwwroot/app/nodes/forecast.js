// What the tiles of a node say of it. Needs no DOM.

const Troubled = new Set(['waiting', 'lost', 'disk', 'away']);

/**
 * @param {Iterable<import('../api/wall-stream.js').Tile>} tiles Of all nodes.
 * @param {string} node
 * @returns {{ bitRate: number, secondsLeft: number | null, troubled: number }} What it records in bits per second, when its first disk is full, and how many
 * of its recorders should record and do not.
 */
export function forecastOf(tiles, node) {
  let [bitRate, secondsLeft, troubled] = [0, Infinity, 0];
  for (const tile of tiles) {
    if (tile.node !== node) continue;
    bitRate += tile.bitRate ?? 0;
    secondsLeft = Math.min(secondsLeft, tile.secondsLeft ?? Infinity);
    if (Troubled.has(tile.status)) troubled++;
  }
  return { bitRate, secondsLeft: Number.isFinite(secondsLeft) ? secondsLeft : null, troubled };
}

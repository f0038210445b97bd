import { Store } from '../ui/store.js';
import { readEvents } from './event-stream.js';

/**
 * @typedef {'idle' | 'rec' | 'paused' | 'waiting' | 'lost' | 'disk' | 'away'} TileStatus
 * @typedef {object} Tile What `GET /v1/wall` says of a recorder.
 * @property {string} id
 * @property {string} [name]
 * @property {Record<string, string>} [labels]
 * @property {string} [node]
 * @property {'inactive' | 'recording' | 'paused'} state
 * @property {TileStatus} status
 * @property {string | null} [detail] Why, as a sentence.
 * @property {string} [since]
 * @property {string} [take]
 * @property {string} [recording]
 * @property {boolean} [preview]
 * @property {{ width: number, height: number, frameRate?: number, codec?: string }} [video]
 * @property {{ channels: number, sampleRate?: number }} [audio]
 * @property {number} [bitRate]
 * @property {number} [dropsLastMinute]
 * @property {number} [secondsLeft]
 */

/** The recorders as the node tells of them, by id. Each change is a new map; tiles that have not changed are the same objects. @type {Store<ReadonlyMap<string, Tile>>} */
export const tiles = new Store(/** @type {ReadonlyMap<string, Tile>} */ (new Map()));

let watchers = 0;
let ending = new AbortController();

/**
 * Reads the stream while anybody watches: there is one for the whole page, since browsers open few connections to a node.
 * @returns {() => void} Ends this watching.
 */
export function watchWall() {
  if (watchers++ === 0) {
    ending = new AbortController();
    readEvents('/v1/wall', {
      wall: (/** @type {{ tiles: Tile[] }} */ data) => tiles.set(new Map(data.tiles.map(tile => [tile.id, tile]))),
      tiles: (/** @type {{ tiles?: Tile[], gone?: string[] }} */ data) => {
        const next = new Map(tiles.value);
        for (const tile of data.tiles ?? []) next.set(tile.id, tile);
        for (const id of data.gone ?? []) next.delete(id);
        tiles.set(next);
      },
    }, { signal: ending.signal });
  }

  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    if (--watchers === 0) ending.abort();
  };
}

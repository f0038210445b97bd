import { Store } from '../ui/store.js';
import { readEvents } from './event-stream.js';

/**
 * @typedef {'idle' | 'rec' | 'paused' | 'waiting' | 'lost' | 'disk' | 'away'} TileStatus
 * @typedef {object} Tile What `GET /v1/wall` says of a recorder.
 * @property {string} id
 * @property {string} [name]
 * @property {Record<string, string>} labels
 * @property {string} node Empty while no node has it.
 * @property {'inactive' | 'recording' | 'paused'} state
 * @property {TileStatus} status
 * @property {string} [detail] Why, as a sentence.
 * @property {string} since
 * @property {string} [take]
 * @property {string} [recording] The key of the recording under way.
 * @property {boolean} preview Whether it has a second source.
 * @property {{ width: number, height: number, frameRate: number, codec: string }} [video]
 * @property {{ channels: number, sampleRate: number, codec: string }} [audio]
 * @property {number} bitRate Bits per second.
 * @property {number} dropsLastMinute
 * @property {number} [secondsLeft]
 */

/** The recorders as the node tells of them, by id. Each change is a new map; tiles that have not changed are the same objects. @type {Store<ReadonlyMap<string, Tile>>} */
export const tiles = new Store(/** @type {ReadonlyMap<string, Tile>} */ (new Map()));

/** Whether the node has told of its recorders since the page began. */
export const isTold = new Store(false);

/** How far the node's clock is ahead of this machine's, in milliseconds. */
export let clockAhead = 0;

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
      wall: (/** @type {{ time: string, tiles: Tile[] }} */ data) => {
        clockAhead = Date.parse(data.time) - Date.now();
        tiles.set(new Map(data.tiles.map(tile => [tile.id, tile])));
        isTold.set(true);
      },
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

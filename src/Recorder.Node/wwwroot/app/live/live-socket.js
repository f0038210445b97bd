import { connection } from '../api/connection.js';
import { socketUrlOf } from '../api/client.js';

/**
 * @typedef {object} LiveViewer What shows a recorder's live media.
 * @property {string} recorder
 * @property {boolean} preview Whether its second source is wanted.
 * @property {boolean} levels Whether its audio levels are wanted.
 * @property {(type: string) => void} onHeader The bytes that follow are a new header, of media of this type.
 * @property {(bytes: Uint8Array<ArrayBuffer>) => void} onMedia
 * @property {(mediaTime: number, capturedAt: number) => void} onClock
 * @property {(levels: readonly number[]) => void} onLevels In dB of full scale, by channel.
 * @property {(sentence: string) => void} onEnd There is no media for now.
 */

const Shortest = 500;
const Longest = 8000;

/** One WebSocket for all pictures of the page. It is open while something is wanted. */
class LiveSocket {
  /** @type {Set<LiveViewer>} */
  #viewers = new Set();

  /** @type {Map<number, { recorder: string, preview: boolean }>} */
  #channels = new Map();

  /** @type {WebSocket | null} */
  #socket = null;
  #wish = '';
  #isDue = false;
  #wait = Shortest;

  constructor() {
    connection.watch(({ isUp }) => {
      if (isUp) {
        this.#wait = Shortest;
        this.#open();
      }
    });
  }

  /** @param {LiveViewer} viewer @returns {() => void} Ends it. */
  watch(viewer) {
    this.#viewers.add(viewer);
    this.changed();
    return () => {
      this.#viewers.delete(viewer);
      this.changed();
    };
  }

  /** A viewer wants something else: many changes of one moment are told once. */
  changed() {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#tell();
    });
  }

  #tell() {
    if (this.#viewers.size === 0) {
      this.#socket?.close(1000);
      this.#socket = null;
      return;
    }
    if (!this.#socket) {
      this.#open();
      return;
    }
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const wish = wishOf(this.#viewers);
    if (wish === this.#wish) return;
    this.#wish = wish;
    this.#socket.send(wish);
  }

  #open() {
    if (this.#socket || this.#viewers.size === 0) return;
    const socket = new WebSocket(socketUrlOf('/v1/wall/live'));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#channels.clear();
    this.#wish = '';
    socket.addEventListener('open', () => {
      this.#wait = Shortest;
      this.#tell();
    });
    // Strictly in the order in which they come: handlers do not wait for anything.
    socket.addEventListener('message', ({ data }) => {
      if (socket !== this.#socket) return;
      if (typeof data === 'string') this.#hear(JSON.parse(data));
      else this.#take(data);
    });
    socket.addEventListener('close', () => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      for (const viewer of this.#viewers) viewer.onEnd('The connection to the node was lost.');
      setTimeout(() => this.#open(), this.#wait);
      this.#wait = Math.min(Longest, this.#wait * 2);
    });
  }

  /** @param {any} said */
  #hear(said) {
    if (said.type !== undefined) {
      const channel = { recorder: said.recorder, preview: said.preview === true };
      this.#channels.set(said.channel, channel);
      for (const viewer of this.#of(channel)) viewer.onHeader(said.type);
    } else if (said.mediaTime !== undefined) {
      const capturedAt = Date.parse(said.capturedAt);
      for (const viewer of this.#of(this.#channels.get(said.channel))) viewer.onClock(said.mediaTime, capturedAt);
    } else if (said.levels !== undefined) {
      for (const viewer of this.#viewers) {
        const levels = said.levels[viewer.recorder];
        if (levels && viewer.levels) viewer.onLevels(levels);
      }
    } else if (said.ended !== undefined) {
      if (said.channel !== undefined) this.#channels.delete(said.channel);
      for (const viewer of this.#of({ recorder: said.recorder, preview: said.preview === true })) viewer.onEnd(said.ended);
    }
  }

  /** @param {ArrayBuffer} data */
  #take(data) {
    const channel = this.#channels.get(new DataView(data).getUint32(0));
    if (!channel) return;
    for (const viewer of this.#of(channel)) viewer.onMedia(new Uint8Array(data, 4));
  }

  /** @param {{ recorder: string, preview: boolean } | undefined} channel */
  #of(channel) {
    return channel ? Array.from(this.#viewers).filter(viewer => viewer.recorder === channel.recorder && viewer.preview === channel.preview) : [];
  }
}

/** @param {Iterable<LiveViewer>} viewers */
export function wishOf(viewers) {
  /** @type {Map<string, { recorder: string, preview?: true }>} */
  const watch = new Map();
  const levels = new Set();
  for (const { recorder, preview, levels: wantsLevels } of viewers) {
    watch.set(`${recorder}:${preview}`, preview ? { recorder, preview } : { recorder });
    if (wantsLevels) levels.add(recorder);
  }
  return JSON.stringify({ watch: Array.from(watch.values()), levels: Array.from(levels) });
}

export const liveSocket = new LiveSocket();

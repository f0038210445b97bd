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

/** What the node allows a page. */
export const MostWatched = 64;

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

  /** What the wish that was told names, and who came after it. @type {Set<string>} */
  #told = new Set();

  /** @type {Set<LiveViewer>} */
  #fresh = new Set();
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
    this.#fresh.add(viewer);
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
    setTimeout(() => {
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
    const watched = Array.from(this.#viewers).slice(0, MostWatched);
    // Who left and came again meanwhile needs a header, which only a new channel begins with.
    const staying = watched.filter(viewer => !this.#fresh.has(viewer) || !this.#told.has(keyOf(viewer)));
    const wishes = [wishOf(staying), wishOf(watched)];
    this.#fresh.clear();
    this.#told = new Set(watched.map(keyOf));
    for (const wish of wishes) {
      if (wish === this.#wish) continue;
      this.#wish = wish;
      this.#socket.send(wish);
    }
    for (const viewer of Array.from(this.#viewers).slice(MostWatched)) viewer.onEnd(`A page shows ${MostWatched} pictures at once; this one is left out.`);
  }

  #open() {
    if (this.#socket || this.#viewers.size === 0) return;
    const socket = new WebSocket(socketUrlOf('/v1/wall/live'));
    socket.binaryType = 'arraybuffer';
    this.#socket = socket;
    this.#channels.clear();
    this.#told.clear();
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
      // A channel that ends before its first header is of either source.
      const known = this.#channels.get(said.channel);
      this.#channels.delete(said.channel);
      for (const viewer of known ? this.#of(known) : this.#viewers) if (viewer.recorder === said.recorder) viewer.onEnd(said.ended);
    } else if (said.problem !== undefined) {
      for (const viewer of this.#viewers) viewer.onEnd(said.problem.detail);
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

/** @param {LiveViewer} viewer */
function keyOf({ recorder, preview }) {
  return `${recorder}:${preview}`;
}

/** @param {Iterable<LiveViewer>} viewers Of a recorder one source is shown: that of the last who asks. */
export function wishOf(viewers) {
  /** @type {Map<string, { recorder: string, preview?: true }>} */
  const watch = new Map();
  const levels = new Set();
  for (const { recorder, preview, levels: wantsLevels } of viewers) {
    watch.set(recorder, preview ? { recorder, preview } : { recorder });
    if (wantsLevels) levels.add(recorder);
  }
  return JSON.stringify({ watch: Array.from(watch.values()), levels: Array.from(levels) });
}

export const liveSocket = new LiveSocket();

import { segmentsOf, typeOf } from './mp4.js';

/** @import { Piece } from './pieces.js' */

/** Longer than any timeline that is looked at: an element cannot be moved behind its end. Seconds. */
const DURATION = 4e7;

/** A frame's time and a seek to it may differ by rounding. Seconds. */
const INTO_FRAME = 0.001;

/** A move that is not done within this time may be given up for another one. Milliseconds. */
const SEEK_PATIENCE = 100;

/** Buffered ranges that are this near are one: files overlap by rounding. Seconds. */
const SEAM = 0.12;

/** What follows the last frame before a gap. Seconds. */
const TAIL = 1;

/** By how much later it begins, so that an element that is a little ahead does not show it: less than two frames, or the browser sees a hole. Milliseconds. */
const TAIL_AFTER = 30;

/** What is kept when the browser has no room for more. Seconds. */
const LEAST = 3;

/** Files of several recordings on one timeline of a video element, by Media Source Extensions. */
export class MediaTrack {
  /** The time from one frame to the next, milliseconds; null while unknown. @type {number | null} */
  frame = null;

  /** The time of the frame that is shown, seconds; null before the first. @type {number | null} */
  shown = null;

  /** @type {MediaSource | null} */
  #source = null;

  /** @type {SourceBuffer | null} */
  #buffer = null;

  /** The header that the element's decoders have. @type {Uint8Array | null} */
  #header = null;

  /** @type {Promise<unknown>} */
  #work = Promise.resolve();

  #target = 0;
  #soughtAt = 0;
  #type = '';
  #url = '';
  #isOver = false;

  /**
   * @param {HTMLVideoElement} video
   * @param {number} origin Wall time that is 0 for the element.
   */
  constructor(video, origin) {
    this.video = video;
    this.origin = origin;
    this.#watch();
  }

  /** @param {number} wall */
  timeOf(wall) {
    return (wall - this.origin) / 1000;
  }

  /** @param {number} time */
  wallOf(time) {
    return this.origin + time * 1000;
  }

  /**
   * Until when media is there without a hole.
   * @param {number} time
   * @returns {number | null} Null where there is none.
   */
  endOf(time) {
    let end = null;
    for (const range of this.#ranges()) {
      if (end === null ? range.start <= time + SEAM && time < range.end : range.start <= end + SEAM) end = range.end;
    }
    return end;
  }

  /**
   * Where the element has to be for a time: a frame that begins a little later is the nearest one.
   * @param {number} time
   */
  placeOf(time) {
    const later = this.#ranges().find(range => range.start > time && range.start <= time + SEAM);
    return (later?.start ?? time) + INTO_FRAME;
  }

  /** @param {number} time */
  seek(time) {
    this.#target = this.placeOf(time);
    this.#soughtAt = performance.now();
    this.video.currentTime = this.#target;
  }

  /**
   * Whether it may be moved again: the last move is done, or takes long and was to another place.
   * @param {number} time
   */
  maySeek(time) {
    return !this.video.seeking || (performance.now() - this.#soughtAt > SEEK_PATIENCE && Math.abs(this.placeOf(time) - this.#target) > INTO_FRAME);
  }

  /**
   * Adds a file as it arrives, so that its first pictures are shown before its last ones are there.
   * @param {AsyncIterable<Uint8Array>} arriving
   * @param {number} wall When it begins.
   * @param {Piece} piece What it is a part of.
   * @param {AbortSignal} signal What arrives after it is left out.
   * @param {number | null} [next] If it is the last file of the piece: when the next piece begins. Browsers show the last frames before a hole only when
   * more frames follow them, so its begin is added once more behind the end, where the clock is in the gap and nobody sees it.
   */
  async append(arriving, wall, piece, signal, next = null) {
    /** @type {Uint8Array<ArrayBuffer> | null} */
    let header = null;
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const again = [];
    for await (const segment of segmentsOf(arriving)) {
      if (signal.aborted) return;
      if (header === null) {
        header = segment;
        continue;
      }
      const file = header;
      if (next !== null) again.push(segment);
      await this.#inTurn(() => this.#add(file, segment, wall, piece));
    }

    const from = piece.to + TAIL_AFTER;
    if (next === null || header === null || next - from <= TAIL_AFTER) return;
    const [file, tail] = [header, { ...piece, from, to: Math.min(from + TAIL * 1000, next) }];
    for (const segment of again) {
      if (signal.aborted || (this.endOf(this.timeOf(from + 1)) ?? 0) >= this.timeOf(tail.to) - SEAM) return;
      await this.#inTurn(() => this.#put(file, segment, from, tail, 0));
    }
  }

  /**
   * Lets go of what is outside.
   * @param {number} from
   * @param {number} to
   */
  keep(from, to) {
    void this.#inTurn(() => this.#remove(this.timeOf(from), this.timeOf(to)));
  }

  /**
   * Begins anew with another origin.
   * @param {number} origin
   */
  reset(origin) {
    this.origin = origin;
    void this.#inTurn(async () => this.#close());
  }

  dispose() {
    this.#isOver = true;
    this.#close();
    this.video.removeAttribute('src');
    this.video.load();
  }

  #ranges() {
    const buffered = this.#buffer && this.#source?.readyState === 'open' ? this.#buffer.buffered : null;
    return Array.from({ length: buffered?.length ?? 0 }, (_, i) => ({ start: buffered?.start(i) ?? 0, end: buffered?.end(i) ?? 0 }));
  }

  /**
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  #inTurn(work) {
    const done = this.#work.then(work);
    this.#work = done.catch(() => {});
    return done;
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} header
   * @param {Uint8Array<ArrayBuffer>} segment
   * @param {number} wall
   * @param {Piece} piece
   */
  async #add(header, segment, wall, piece) {
    if (this.#isOver) return;
    try {
      await this.#put(header, segment, wall, piece);
    } catch (refused) {
      if (this.#isOver) return;
      if (refused instanceof DOMException && refused.name === 'QuotaExceededError') await this.#remove(this.video.currentTime - LEAST, this.video.currentTime + LEAST);
      // Tracks that come or go cannot be changed to: it begins anew.
      else this.#close();
      await this.#put(header, segment, wall, piece);
    }
  }

  /**
   * @param {Uint8Array<ArrayBuffer>} header
   * @param {Uint8Array<ArrayBuffer>} segment Whole fragments behind the header.
   * @param {number} wall
   * @param {Piece} piece
   * @param {number} [slack] How far it may reach over the piece's begin, seconds.
   */
  async #put(header, segment, wall, piece, slack = 0.25) {
    const type = typeOf(header);
    if (!type || !MediaSource.isTypeSupported(type)) throw new Error(`This browser does not play ${type ?? 'what was recorded'}.`);
    const buffer = await this.#open(type);
    if (type !== this.#type) {
      buffer.changeType(type);
      this.#type = type;
      this.#header = null;
    }
    if (header !== this.#header) {
      await this.#updated(() => buffer.appendBuffer(header));
      this.#header = header;
    }
    // What is wrong at the edges must not reach into a gap.
    buffer.appendWindowStart = 0;
    buffer.appendWindowEnd = this.timeOf(piece.to) + slack / 2;
    buffer.appendWindowStart = Math.max(0, this.timeOf(piece.from) - slack);
    buffer.timestampOffset = this.timeOf(wall);
    await this.#updated(() => buffer.appendBuffer(segment));
  }

  /**
   * @param {string} type
   * @returns {Promise<SourceBuffer>}
   */
  async #open(type) {
    if (this.#buffer && this.#source?.readyState === 'open') return this.#buffer;
    this.#close();
    const source = new MediaSource();
    this.#source = source;
    this.#url = URL.createObjectURL(source);
    const time = this.video.currentTime;
    this.video.src = this.#url;
    await new Promise(resolve => source.addEventListener('sourceopen', resolve, { once: true }));
    source.duration = DURATION;
    this.#buffer = source.addSourceBuffer(type);
    this.#type = type;
    if (time > 0) this.video.currentTime = time;
    return this.#buffer;
  }

  /**
   * @param {number} from
   * @param {number} to
   */
  async #remove(from, to) {
    const buffer = this.#buffer;
    if (!buffer || this.#source?.readyState !== 'open' || buffer.buffered.length === 0) return;
    if (from > buffer.buffered.start(0)) await this.#updated(() => buffer.remove(0, from));
    if (to < buffer.buffered.end(buffer.buffered.length - 1)) await this.#updated(() => buffer.remove(Math.max(0, to), Infinity));
  }

  /** @param {() => void} begin */
  #updated(begin) {
    const buffer = /** @type {SourceBuffer} */ (this.#buffer);
    return new Promise((resolve, reject) => {
      const over = new AbortController();
      const listen = (/** @type {string} */ event, /** @type {(value: any) => void} */ act) =>
        buffer.addEventListener(event, () => { over.abort(); act(undefined); }, { signal: over.signal });
      listen('error', () => reject(new Error('The browser cannot read what was recorded.')));
      listen('abort', () => reject(new Error('It was ended.')));
      listen('updateend', resolve);
      try {
        begin();
      } catch (refused) {
        over.abort();
        reject(refused);
      }
    });
  }

  #close() {
    this.#source = null;
    this.#buffer = null;
    this.#header = null;
    this.shown = null;
    if (this.#url) URL.revokeObjectURL(this.#url);
    this.#url = '';
  }

  // Frames that are shown tell their times, and how far apart they are.
  #watch() {
    this.video.requestVideoFrameCallback((_, { mediaTime }) => {
      const step = this.shown === null ? 0 : (mediaTime - this.shown) * 1000;
      if (step > 2 && step < 500) this.frame = this.frame === null || step < this.frame ? step : this.frame + (step - this.frame) / 50;
      this.shown = mediaTime;
      if (!this.#isOver) this.#watch();
    });
  }
}

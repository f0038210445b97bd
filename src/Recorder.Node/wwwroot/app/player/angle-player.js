import { api, part } from '../api/client.js';
import { sentenceOf } from '../api/errors.js';
import { MediaTrack } from './media-track.js';
import { correct } from './master-clock.js';
import { Lane, mediaTimeOf, noticeOf, wallOf } from './pieces.js';

/** @import { Piece } from './pieces.js' */

/** How much is there ahead of the clock before more is loaded, and kept behind it. Seconds. */
const AHEAD = 4;
const BEHIND = 15;

/** How much is loaded at a time; after a seek no more than plays on without replacing the frames between two key frames. Seconds. */
const FIRST = 4;
const CHUNK = 8;
const SHORTEST = 0.1;
const LONGEST_REACH = 20;

/** A piece may end this much before its last frame does. Milliseconds. */
const END = 60;

/** A piece that ended so long ago no longer grows. Milliseconds. */
const SETTLED = 10_000;

/** Times in URLs are rounded to milliseconds: this much later is still the same key frame. Seconds. */
const ROUNDING = 0.002;

/** How long media that is not there yet, or a node that does not answer, is left alone. Milliseconds. */
const RETRY = 1000;
const LONGEST_RETRY = 8000;

/** After this many failures, or milliseconds, the others no longer wait for an angle. */
const MOST_FAILURES = 2;
const PATIENCE = 5000;

/** Media that ends so soon is no frame, is the end of what a decoder gives, or is too little to play. Seconds. */
const LAST = 0.005;
const NEAR_END = 0.5;
const STARVED = 0.05;

/**
 * @typedef {'empty' | 'gap' | 'waiting' | 'ready' | 'failed'} AngleState
 * empty: nothing is known of this moment. gap: nothing was recorded. waiting: media is on its way. failed: see sentence.
 */

/**
 * Recorded media of one recorder in one video element, by the wall clock. It is driven by a {@link WallPlayer}, which calls `follow` again and
 * again. Fires `change` when `state`, `notice` or `sentence` change.
 */
export class AnglePlayer extends EventTarget {
  lane = new Lane();

  /** @type {AngleState} */
  state = 'empty';

  /** Why there is no picture: "No recording: source lost". Empty while there is one. */
  notice = '';

  /** What the node said when media could not be loaded; of a gap, its sentence. */
  sentence = '';

  /** @type {MediaTrack} */
  #track;

  /** @type {AbortController | null} */
  #loading = null;

  /** Media that was announced and is not there, and until when that is believed. @type {{ from: number, to: number, until: number }[]} */
  #holes = [];

  /**
   * How far files were found to reach back to their key frame, seconds. What is played now must not be replaced, or the browser leaves out frames up to the
   * next key frame: files are asked for by as much earlier.
   */
  #reach = 0;

  /** @type {number | null} */
  #waitingSince = null;

  #failures = 0;
  #retryAt = 0;
  #chunk = FIRST;

  /**
   * @param {string} recorder
   * @param {HTMLVideoElement} video Muted unless its sound is wanted; nobody else plays, pauses or seeks it.
   * @param {number} origin Wall time that is 0 for the element.
   */
  constructor(recorder, video, origin) {
    super();
    this.recorder = recorder;
    this.video = video;
    this.#track = new MediaTrack(video, origin);
  }

  /** The wall time of the frame that is shown; null without one. */
  get shown() {
    return this.state === 'ready' ? this.#track.wallOf(this.#track.shown ?? this.video.currentTime) : null;
  }

  /** The time from one frame to the next, milliseconds; null while unknown. */
  get frame() {
    return this.#track.frame;
  }

  /** Forgets what is under way, so that the picture of another moment comes at once. */
  interrupt() {
    this.#loading?.abort();
    this.#loading = null;
    [this.#failures, this.#retryAt, this.#chunk, this.#waitingSince] = [0, 0, FIRST, null];
  }

  /**
   * Brings the element to the clock.
   * @param {number} wall
   * @param {{ runs: boolean, isPlayed: boolean, rate: number }} clock runs: the clock moves; isPlayed: media is played rather than sought.
   * @param {number} now
   * @returns {boolean} Whether the clock should wait for it.
   */
  follow(wall, clock, now) {
    const place = this.lane.at(wall);
    const isHole = this.#holes.some(hole => hole.from <= wall && wall < hole.to && now < hole.until);
    if (!place.piece || isHole) {
      this.#waitingSince = null;
      this.#rest(place.piece ? null : wall, now);
      this.#say('gap', isHole ? 'No recording' : noticeOf(place), place.gap?.detail ?? '');
      return false;
    }

    if (wall < this.#track.origin) this.#track.reset(wall - 86_400_000);
    const time = this.#track.timeOf(wall);
    this.#fill(wall, place.piece, now);
    const end = this.#track.endOf(time);
    if (end === null || end - time < LAST) {
      this.video.pause();
      // The last frame before a gap stays until the gap begins.
      return wall < place.piece.to - END && this.#waits(now, 'Media is missing here.');
    }

    this.#step(time, clock);
    if (this.video.seeking || this.video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) {
      // Decoders keep the last frames before a gap to themselves.
      return end - time > NEAR_END ? this.#waits(now, 'The browser shows no picture of it.') : false;
    }
    this.#waitingSince = null;
    this.#say('ready', '', '');
    return clock.isPlayed && end - time < STARVED && this.#loading !== null;
  }

  dispose() {
    this.interrupt();
    this.#track.dispose();
  }

  /**
   * Whether the others still wait for it.
   * @param {number} now
   * @param {string} sentence What to say when they no longer do.
   */
  #waits(now, sentence) {
    this.#waitingSince ??= now;
    if (this.#failures >= MOST_FAILURES) return false;
    const isLong = now - this.#waitingSince > PATIENCE;
    this.#say(isLong ? 'failed' : 'waiting', '', isLong ? sentence : '');
    return !isLong;
  }

  /**
   * In a gap: stands where the next media begins, to go on without a seek.
   * @param {number | null} wall
   * @param {number} now
   */
  #rest(wall, now) {
    if (!this.video.paused) this.video.pause();
    const next = wall === null ? null : this.lane.next(wall);
    if (!next || wall === null || next.from - wall > AHEAD * 1000) return;
    this.#fill(next.from, next, now);
    const time = this.#track.timeOf(next.from);
    if (this.#track.endOf(time) !== null && this.#track.maySeek(time) && Math.abs(this.video.currentTime - time) > 0.02) this.#track.seek(time);
  }

  /**
   * @param {number} time
   * @param {{ runs: boolean, isPlayed: boolean, rate: number }} clock
   */
  #step(time, { runs, isPlayed, rate }) {
    const { video } = this;
    const ahead = (video.currentTime - this.#track.placeOf(time)) * 1000;
    if (isPlayed) {
      if (!runs) {
        video.pause();
        if (this.#track.maySeek(time) && correct(ahead, 1).seek) this.#track.seek(time);
        return;
      }
      const wanted = correct(ahead, rate);
      if (wanted.seek) {
        if (this.#track.maySeek(time)) this.#track.seek(time);
      } else if (Math.abs(video.playbackRate - wanted.rate) >= 0.005) {
        video.playbackRate = wanted.rate;
      }
      if (video.paused) void video.play().catch(() => {});
      return;
    }

    if (!video.paused) video.pause();
    if (this.#track.maySeek(time) && Math.abs(ahead) > 4) this.#track.seek(time);
  }

  /**
   * Loads what is missing ahead of a moment.
   * @param {number} wall
   * @param {Piece} first The piece that is there.
   * @param {number} now
   */
  #fill(wall, first, now) {
    if (this.#loading || now < this.#retryAt) return;
    /** @type {Piece | null} */
    let piece = first;
    let from = wall;
    const ahead = (AHEAD + this.#reach) * 1000;
    while (piece && from - wall < ahead) {
      const end = this.#track.endOf(this.#track.timeOf(from));
      const reached = end === null ? from : Math.max(from, this.#track.wallOf(end));
      if (reached < piece.to - END && !this.#isHole(reached, now)) {
        if (reached - wall < ahead) void this.#load(piece, reached, end !== null, wall, now);
        return;
      }
      piece = this.lane.next(Math.max(piece.from, wall));
      while (piece && piece.to <= reached) piece = this.lane.next(piece.from);
      from = piece?.from ?? Infinity;
    }
  }

  /** @param {number} wall @param {number} now */
  #isHole(wall, now) {
    this.#holes = this.#holes.filter(hole => hole.until > now);
    return this.#holes.some(hole => hole.from <= wall + END && wall < hole.to);
  }

  /**
   * @param {Piece} piece
   * @param {number} wall Where it begins.
   * @param {boolean} goesOn Whether the media before it is there.
   * @param {number} clock What has to be kept.
   * @param {number} now
   */
  async #load(piece, wall, goesOn, clock, now) {
    const loading = new AbortController();
    this.#loading = loading;
    const from = mediaTimeOf(piece, wall) + (goesOn ? ROUNDING : 0);
    const to = Math.min(from + this.#chunk + (goesOn ? this.#reach : 0), mediaTimeOf(piece, piece.to));
    try {
      const response = await api.fetch(`/v1/recordings/${part(piece.key)}/media.mp4`, {
        query: { from: from.toFixed(3), to: Math.max(to, from + SHORTEST).toFixed(3) }, signal: loading.signal,
      });
      const begin = Number(response.headers.get('Media-From'));
      this.#reach = Math.max(this.#reach, Math.min(from - begin, LONGEST_REACH));
      const isLast = to >= mediaTimeOf(piece, piece.to - END) && piece.to < Date.now() - SETTLED;
      const next = isLast ? (this.lane.next(piece.from)?.from ?? Infinity) : null;
      if (response.body) await this.#track.append(chunksOf(response.body), wallOf(piece, begin), piece, loading.signal, next);
      if (loading.signal.aborted) return;
      this.#track.keep(clock - BEHIND * 1000, clock + (AHEAD + CHUNK + 2 * this.#reach) * 1500);
      const end = this.#track.endOf(this.#track.timeOf(wall + 1));
      // A file that does not reach further would be asked for again and again.
      if (end === null || this.#track.wallOf(end) <= wall + 1) this.#note(wall, Math.min(piece.to, wall + CHUNK * 1000), now);
      [this.#failures, this.#chunk] = [0, CHUNK];
    } catch (failed) {
      if (!loading.signal.aborted) this.#fail(failed, wall, piece, now);
    } finally {
      if (this.#loading === loading) this.#loading = null;
    }
  }

  /**
   * @param {any} failed
   * @param {number} wall
   * @param {Piece} piece
   * @param {number} now
   */
  #fail(failed, wall, piece, now) {
    // One file has one codec: with shorter ones the change is between two.
    if (failed.status === 406 && this.#chunk > 4 * SHORTEST) {
      this.#chunk /= 2;
      return;
    }
    if (failed.status === 404 || failed.status === 406) {
      this.#note(wall, Math.min(piece.to, wall + Math.max(this.#chunk, 0.25) * 1000), now);
      return;
    }
    this.#failures++;
    this.#retryAt = now + Math.min(RETRY * 2 ** (this.#failures - 1), LONGEST_RETRY);
    this.#say('failed', '', sentenceOf(failed));
  }

  /** @param {number} from @param {number} to @param {number} now */
  #note(from, to, now) {
    this.#holes.push({ from, to, until: now + LONGEST_RETRY });
  }

  /**
   * @param {AngleState} state
   * @param {string} notice
   * @param {string} sentence
   */
  #say(state, notice, sentence) {
    if (this.state === state && this.notice === notice && this.sentence === sentence) return;
    [this.state, this.notice, this.sentence] = [state, notice, sentence];
    this.dispatchEvent(new Event('change'));
  }
}

/**
 * What arrives, part by part: not every browser iterates over a stream.
 * @param {ReadableStream<Uint8Array>} body
 * @yields {Uint8Array}
 */
async function* chunksOf(body) {
  const reader = body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } finally {
    // Of a request that was given up nothing more arrives.
    void reader.cancel().catch(() => {});
  }
}

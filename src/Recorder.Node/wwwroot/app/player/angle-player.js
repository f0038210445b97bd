import { api, part } from '../api/client.js';
import { sentenceOf } from '../api/errors.js';
import { MediaTrack } from './media-track.js';
import { correct } from './master-clock.js';
import { Lane, mediaTimeOf, noticeOf, wallOf } from './pieces.js';

/** @import { Piece } from './pieces.js' */

/** How much is loaded ahead of the clock, and kept behind it. Seconds. */
const AHEAD = 10;
const BEHIND = 15;

/** The first request after a seek is short, so that a picture comes soon. Seconds. */
const FIRST = 1.5;
const CHUNK = 6;
const SHORTEST = 0.1;

/** A piece may end this much before its last frame does. Milliseconds. */
const END = 60;

/** Times in URLs are rounded to milliseconds: this much later is still the same key frame. Seconds. */
const ROUNDING = 0.002;

/** How long media that is not there yet, or a node that does not answer, is left alone. Milliseconds. */
const RETRY = 1000;
const LONGEST_RETRY = 8000;

/** After this many failures the others no longer wait for an angle. */
const PATIENCE = 2;

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
    [this.#failures, this.#retryAt, this.#chunk] = [0, 0, FIRST];
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
      this.#rest(place.piece ? null : wall, now);
      this.#say('gap', isHole ? 'No recording' : noticeOf(place), place.gap?.detail ?? '');
      return false;
    }

    if (wall < this.#track.origin) this.#track.reset(wall - 86_400_000);
    const time = this.#track.timeOf(wall);
    this.#fill(wall, place.piece, now);
    const isEnd = wall >= place.piece.to - END;
    if (!this.#track.has(time, isEnd ? 0 : Math.min(0.05, (place.piece.to - wall - END) / 1000))) {
      this.video.pause();
      if (isEnd || this.#failures >= PATIENCE) return false;
      this.#say('waiting', '', '');
      return true;
    }

    this.#step(time, clock);
    const isReady = !this.video.seeking && this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA;
    if (isReady) this.#say('ready', '', '');
    return !isReady;
  }

  dispose() {
    this.interrupt();
    this.#track.dispose();
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
    if (this.#track.has(time, 0) && !this.video.seeking && Math.abs(this.video.currentTime - time) > 0.02) this.#track.seek(time);
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
        if (!video.seeking && correct(ahead, 1).seek) this.#track.seek(time);
        return;
      }
      const wanted = correct(ahead, rate);
      if (wanted.seek) {
        if (!video.seeking) this.#track.seek(time);
      } else if (Math.abs(video.playbackRate - wanted.rate) >= 0.005) {
        video.playbackRate = wanted.rate;
      }
      if (video.paused) void video.play().catch(() => {});
      return;
    }

    if (!video.paused) video.pause();
    if (!video.seeking && Math.abs(ahead) > 4) this.#track.seek(time);
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
    while (piece && from - wall < AHEAD * 1000) {
      const end = this.#track.endOf(this.#track.timeOf(from));
      const reached = end === null ? from : Math.max(from, this.#track.wallOf(end));
      if (reached < piece.to - END && !this.#isHole(reached, now)) {
        if (reached - wall < AHEAD * 1000) void this.#load(piece, reached, end !== null, wall, now);
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
    const to = Math.min(from + this.#chunk, mediaTimeOf(piece, piece.to));
    try {
      const response = await api.fetch(`/v1/recordings/${part(piece.key)}/media.mp4`, {
        query: { from: from.toFixed(3), to: Math.max(to, from + SHORTEST).toFixed(3) }, signal: loading.signal,
      });
      const begin = Number(response.headers.get('Media-From'));
      const bytes = new Uint8Array(await response.arrayBuffer());
      if (loading.signal.aborted) return;
      await this.#track.append(bytes, wallOf(piece, begin), piece);
      this.#track.keep(clock - BEHIND * 1000, clock + 3 * AHEAD * 1000);
      const end = this.#track.endOf(this.#track.timeOf(wall + 1));
      // A file that does not reach further would be asked for again and again.
      if (end === null || this.#track.wallOf(end) <= wall + 1) this.#note(wall, Math.min(piece.to, wall + this.#chunk * 1000), now);
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

import { sentenceOf } from '../api/errors.js';
import { AnglePlayer } from './angle-player.js';
import { MasterClock } from './master-clock.js';
import { loadLanes } from './wall-source.js';

/** @import { LaneMedia } from './wall-source.js' */

/** How many angles are played at a time. */
export const MOST_ANGLES = 9;

/** How much of the timeline is known around the clock, and how near to its edge it is asked for again. Milliseconds. */
const BEFORE = 5 * 60_000;
const AFTER = 15 * 60_000;
const EDGE = 60_000;

/** How often it is asked whether what is recorded now has grown. Milliseconds. */
const GROWTH = 3_000;

/** The clock keeps this far behind the present. Milliseconds. */
const PRESENT = 2_000;

/** When the frame rate is not known yet. Milliseconds. */
const USUAL_FRAME = 40;

/**
 * Up to nine recorders on one wall clock.
 *
 *     const player = new WallPlayer();
 *     player.setAngles([{ recorder: 'left', video }, { recorder: 'right', video: other }]);  // again whenever the choice changes
 *     await player.seek(Date.parse('2026-12-01T20:14:05Z'));   // resolves when every angle shows its picture, or says why it has none
 *     player.play(); player.pause(); player.toggle();
 *     player.shuttle('j' | 'k' | 'l');                         // each press of J and L is faster, up to 16 times, in both directions
 *     player.step(1); player.step(-1);                         // frames; pauses
 *     player.loud = 'left';                                    // whose sound is heard; null for none
 *     player.wall; player.isPlaying; player.isWaiting; player.rate;
 *     player.angles[0].state; .notice; .sentence; .shown       // see AnglePlayer; an angle fires `change`
 *     player.nextMedia(player.wall);                           // where any angle has media again, to skip a gap
 *     player.addEventListener('time' | 'state' | 'failed', …); // time: in each animation frame while it runs
 *     player.dispose();
 *
 * All times are milliseconds since 1970. The elements belong to it until `dispose`: nobody else plays, pauses, seeks or mutes them. In a gap an angle
 * says `notice` ("No recording: source lost"); lay it over the element, whose picture is not of this moment. An angle that has no media yet stops the
 * clock for all (`isWaiting`).
 */
export class WallPlayer extends EventTarget {
  /** @type {AnglePlayer[]} */
  angles = [];

  /** The sentence of the last failure to read the timeline; empty if there was none. */
  sentence = '';

  /** @type {MasterClock} */
  #clock;

  /** @type {{ from: number, to: number, at: number } | null} What is known of the timeline, and when that was asked for. */
  #known = null;

  /** @type {AbortController | null} */
  #loading = null;

  /** @type {(() => void)[]} */
  #settled = [];

  /** @type {string | null} */
  #loud = null;

  #retryAt = 0;
  #frame = 0;
  #isOver = false;

  /** @param {number} [wall] Where the clock begins; now without. */
  constructor(wall = Date.now() - PRESENT) {
    super();
    this.#clock = new MasterClock(wall);
    document.addEventListener('visibilitychange', this.#onVisibility);
  }

  get wall() {
    return this.#clock.at(performance.now());
  }

  get isPlaying() {
    return this.#clock.isPlaying;
  }

  get isWaiting() {
    return this.#clock.isWaiting;
  }

  get rate() {
    return this.#clock.rate;
  }

  get loud() {
    return this.#loud;
  }

  set loud(recorder) {
    this.#loud = recorder;
    for (const angle of this.angles) angle.video.muted = angle.recorder !== recorder;
  }

  /**
   * Chooses what is shown. Angles that stay, with their element, go on.
   * @param {readonly { recorder: string, video: HTMLVideoElement }[]} wanted
   */
  setAngles(wanted) {
    if (wanted.length > MOST_ANGLES) throw new RangeError(`At most ${MOST_ANGLES} angles are played at a time.`);
    const before = this.angles;
    const kept = wanted.map(({ recorder, video }) => before.find(angle => angle.recorder === recorder && angle.video === video));
    for (const angle of before.filter(one => !kept.includes(one))) {
      angle.dispose();
      this.#clock.hold(angle, false, performance.now());
    }
    this.angles = wanted.map(({ recorder, video }, index) => kept[index] ?? new AnglePlayer(recorder, video, this.wall - 86_400_000));
    if (kept.includes(undefined)) this.#known = null;
    this.loud = this.#loud;
    this.#wake();
  }

  /**
   * @param {number} wall
   * @returns {Promise<void>} When every angle shows its picture, or says why it has none.
   */
  seek(wall) {
    const now = performance.now();
    this.#clock.seek(Math.min(wall, Date.now() - PRESENT), now);
    for (const angle of this.angles) angle.interrupt();
    this.#retryAt = 0;
    this.#changed();
    return new Promise(resolve => this.#settled.push(resolve));
  }

  play() {
    this.#clock.play(performance.now());
    this.#changed();
  }

  pause() {
    this.#clock.pause(performance.now());
    this.#changed();
  }

  toggle() {
    if (this.isPlaying) this.pause();
    else this.play();
  }

  /** @param {number} rate Above 0 forwards, below 0 backwards. */
  setRate(rate) {
    this.#clock.setRate(rate, performance.now());
    this.#changed();
  }

  /** @param {'j' | 'k' | 'l'} key */
  shuttle(key) {
    this.#clock.shuttle(key, performance.now());
    this.#changed();
  }

  /**
   * Pauses, and shows the frame that is so many frames away.
   * @param {number} frames
   */
  step(frames) {
    this.pause();
    const known = this.angles.map(angle => angle.frame ?? Infinity);
    const frame = Math.min(...known);
    return this.seek(this.wall + frames * (Number.isFinite(frame) ? frame : USUAL_FRAME));
  }

  /**
   * Where any angle has media from a moment on.
   * @param {number} wall
   * @returns {number | null} Null if none has, as far as is known.
   */
  nextMedia(wall) {
    const begins = this.angles.map(({ lane }) => (lane.at(wall).piece ? wall : (lane.next(wall)?.from ?? Infinity)));
    const first = Math.min(...begins);
    return Number.isFinite(first) ? first : null;
  }

  dispose() {
    this.#isOver = true;
    this.#loading?.abort();
    cancelAnimationFrame(this.#frame);
    document.removeEventListener('visibilitychange', this.#onVisibility);
    for (const angle of this.angles) angle.dispose();
    this.angles = [];
    for (const resolve of this.#settled.splice(0)) resolve();
  }

  // A tab that is not seen decodes nothing.
  #onVisibility = () => {
    this.#clock.hold('hidden', document.hidden, performance.now());
    if (document.hidden) for (const angle of this.angles) angle.video.pause();
    this.#wake();
  };

  #changed() {
    this.dispatchEvent(new Event('state'));
    this.#wake();
  }

  #wake() {
    if (this.#frame === 0 && !this.#isOver) this.#frame = requestAnimationFrame(this.#tick);
  }

  #tick = () => {
    this.#frame = 0;
    const now = performance.now();
    const wasWaiting = this.#clock.isWaiting;
    const wall = this.#clock.at(now);
    const isKnown = this.angles.length === 0 || this.#read(wall, now);
    this.#clock.hold('present', this.#clock.rate > 0 && wall >= Date.now() - PRESENT, now);
    this.#clock.hold('timeline', !isKnown, now);
    const clock = { runs: this.#clock.isPlaying && !this.#clock.isWaiting, isPlayed: this.#clock.isPlayed, rate: this.#clock.rate };
    let isSettled = isKnown;
    for (const angle of isKnown ? this.angles : []) {
      const waits = angle.follow(wall, clock, now);
      // Pictures that are sought one after another are waited for in any case.
      this.#clock.hold(angle, waits, now);
      isSettled &&= !waits;
    }

    if (isSettled) for (const resolve of this.#settled.splice(0)) resolve();
    if (this.#clock.isWaiting !== wasWaiting) this.dispatchEvent(new Event('state'));
    this.dispatchEvent(new Event('time'));
    if (!isSettled || this.#clock.isPlaying || this.angles.some(angle => angle.video.seeking)) this.#wake();
  };

  /**
   * Asks for the timeline around a moment when it is not known, or may have grown.
   * @param {number} wall
   * @param {number} now
   * @returns {boolean} Whether the moment is known.
   */
  #read(wall, now) {
    const known = this.#known;
    const isKnown = known !== null && wall >= known.from && wall < known.to;
    const isNear = known !== null && (wall > known.to - EDGE || (known.from > 0 && wall < known.from + EDGE && this.#clock.rate < 0));
    const isGrowing = known !== null && wall > known.at - EDGE && Date.now() - known.at > GROWTH;
    if ((!isKnown || isNear || isGrowing) && !this.#loading && this.angles.length > 0 && now >= this.#retryAt) void this.#load(wall);
    return isKnown;
  }

  /** @param {number} wall */
  async #load(wall) {
    const loading = new AbortController();
    this.#loading = loading;
    const [angles, from, to, at] = [this.angles, wall - BEFORE, wall + AFTER, Date.now()];
    try {
      const lanes = await loadLanes([...new Set(angles.map(angle => angle.recorder))], from, to, loading.signal);
      if (loading.signal.aborted) return;
      for (const angle of angles) this.#give(angle, lanes.get(angle.recorder));
      if (angles === this.angles) this.#known = { from, to, at };
      this.sentence = '';
    } catch (failed) {
      if (loading.signal.aborted) return;
      this.sentence = sentenceOf(failed);
      this.#retryAt = performance.now() + GROWTH;
      this.dispatchEvent(new Event('failed'));
    } finally {
      this.#loading = null;
      this.#wake();
    }
  }

  /**
   * @param {AnglePlayer} angle
   * @param {LaneMedia | undefined} media
   */
  #give(angle, media) {
    if (media) angle.lane.set(media.pieces, media.gaps);
  }
}

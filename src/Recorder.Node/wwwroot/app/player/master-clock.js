// The wall clock that all angles follow. No DOM: it is told the time.

/** An angle this far off the clock is moved; one that is nearer is nudged. Milliseconds. */
export const SEEK_BEYOND = 500;

/** An angle this near to the clock plays at its rate. Milliseconds. */
export const NEAR = 8;

/** Faster than this, and backwards, pictures are sought one after another instead of played. */
export const MOST_PLAYED = 4;

/** In this time an angle that is a little off is in step. Milliseconds. */
const CATCH_UP = 500;

/** The largest change of an angle's rate. */
const MOST_NUDGE = 0.25;

/** Rates of J and L, one after another. */
const RATES = [1, 2, 4, 8, 16];

/** Wall time that runs while nothing has to be waited for. */
export class MasterClock {
  #wall;
  #since = 0;
  #rate = 1;
  #wanted = false;

  /** @type {Set<unknown>} */
  #waiting = new Set();

  /** @param {number} wall Where it begins, milliseconds since 1970. */
  constructor(wall) {
    this.#wall = wall;
  }

  /** Whether playing is wanted, also while it waits. */
  get isPlaying() {
    return this.#wanted;
  }

  /** Whether it stands still for an angle that has no media yet. */
  get isWaiting() {
    return this.#wanted && this.#waiting.size > 0;
  }

  /** Wall time that passes in a unit of time while it runs; negative backwards. */
  get rate() {
    return this.#rate;
  }

  /** Whether media is played: else it is paused, or its pictures are sought one after another. */
  get isPlayed() {
    return this.#wanted && this.#rate > 0 && this.#rate <= MOST_PLAYED;
  }

  /**
   * The wall time.
   * @param {number} now Milliseconds of a clock that never steps back.
   */
  at(now) {
    return this.#runs ? this.#wall + (now - this.#since) * this.#rate : this.#wall;
  }

  /** @param {number} now */
  play(now) {
    this.#change(now, () => (this.#wanted = true));
  }

  /** @param {number} now */
  pause(now) {
    this.#change(now, () => (this.#wanted = false));
  }

  /**
   * @param {number} wall
   * @param {number} now
   */
  seek(wall, now) {
    this.#wall = wall;
    this.#since = now;
  }

  /**
   * @param {number} rate
   * @param {number} now
   */
  setRate(rate, now) {
    this.#change(now, () => (this.#rate = rate));
  }

  /**
   * The keys J, K and L: backwards, stop, forwards; each press faster. The other direction begins slowly again.
   * @param {'j' | 'k' | 'l'} key
   * @param {number} now
   */
  shuttle(key, now) {
    if (key === 'k') {
      this.#change(now, () => ([this.#wanted, this.#rate] = [false, 1]));
      return;
    }
    const sign = key === 'l' ? 1 : -1;
    const isFaster = this.#wanted && Math.sign(this.#rate) === sign;
    const index = isFaster ? Math.min(RATES.indexOf(Math.abs(this.#rate)) + 1, RATES.length - 1) : 0;
    this.#change(now, () => ([this.#wanted, this.#rate] = [true, sign * RATES[index]]));
  }

  /**
   * Stands still until an angle has media again.
   * @param {unknown} angle
   * @param {boolean} waits
   * @param {number} now
   */
  hold(angle, waits, now) {
    if (this.#waiting.has(angle) === waits) return;
    this.#change(now, () => (waits ? this.#waiting.add(angle) : this.#waiting.delete(angle)));
  }

  get #runs() {
    return this.#wanted && this.#waiting.size === 0;
  }

  /**
   * @param {number} now
   * @param {() => unknown} change
   */
  #change(now, change) {
    this.seek(this.at(now), now);
    change();
  }
}

/**
 * What an angle has to do to be in step.
 * @param {number} ahead How far it is ahead of the clock, milliseconds; negative behind.
 * @param {number} rate The clock's rate, above 0.
 * @returns {{ seek: boolean, rate: number }} Whether it has to be moved; else the rate at which it plays.
 */
export function correct(ahead, rate) {
  if (Math.abs(ahead) > SEEK_BEYOND) return { seek: true, rate };
  if (Math.abs(ahead) <= NEAR) return { seek: false, rate };
  const nudge = Math.max(-MOST_NUDGE, Math.min(MOST_NUDGE, ahead / CATCH_UP));
  return { seek: false, rate: rate * (1 - nudge) };
}

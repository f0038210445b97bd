// How a live picture keeps close to the newest media: by its rate, and by a jump only where that would take long.

/** Seconds of media between what is shown and the newest. */
const Wanted = 0.35;
const Near = 0.1;
const Far = 0.55;
const VeryFar = 1;
const Lost = 2;

/** Few rates, so that a picture does not change its pace with each fragment. */
const Slow = 0.92;
const Quick = 1.12;
const VeryQuick = 1.5;

/** How many seconds of media are kept behind what is shown. */
export const KeptBehind = 8;

/**
 * What to do about a distance to the newest media. A rate once changed stays until the wanted distance is reached.
 * @param {number} distance Seconds from what is shown to the end of the buffer.
 * @param {number} rate What the rate is now.
 * @returns {{ rate: number, jump: number | null }} The rate to show at, and how far before the end to jump to; null to stay.
 */
export function follow(distance, rate) {
  if (distance > Lost) return { rate: 1, jump: Wanted };
  if (distance > VeryFar) return { rate: VeryQuick, jump: null };
  if (distance > Far) return { rate: Math.max(rate, Quick), jump: null };
  if (distance < Near) return { rate: Slow, jump: null };
  if (rate > 1 && distance > Wanted) return { rate, jump: null };
  if (rate < 1 && distance < Wanted) return { rate, jump: null };
  return { rate: 1, jump: null };
}

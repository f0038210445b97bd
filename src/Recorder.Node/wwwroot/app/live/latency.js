// How a live picture keeps close to the newest media: by its rate, and by a jump only where that would take long.

/** Seconds of media between what is shown and the newest. */
const Wanted = 0.35;
const Near = 0.15;
const Far = 0.7;
const Lost = 3;

/** How many seconds of media are kept behind what is shown. */
export const KeptBehind = 8;

/**
 * What to do about a distance to the newest media.
 * @param {number} distance Seconds from what is shown to the end of the buffer.
 * @param {number} rate What the rate is now.
 * @returns {{ rate: number, jump: number | null }} The rate to show at, and how far before the end to jump to; null to stay.
 */
export function follow(distance, rate) {
  if (distance > Lost) return { rate: 1, jump: Wanted };
  if (distance > Far) return { rate: Math.min(1.5, 1 + (distance - Wanted) * 0.5), jump: null };
  if (distance < Near) return { rate: 0.9, jump: null };
  // A rate once changed stays until the wanted distance is reached, so that it does not change with each fragment.
  if (rate > 1 && distance > Wanted) return { rate, jump: null };
  if (rate < 1 && distance < Wanted) return { rate, jump: null };
  return { rate: 1, jump: null };
}

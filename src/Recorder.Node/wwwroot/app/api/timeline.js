import { api } from './client.js';

/** How much one answer may have of each recorder. */
const Limit = 5000;

/**
 * Reads GET /v1/timeline to its end, answer after answer.
 * @param {readonly string[]} recorders @param {{ from: number, to: number }} span Milliseconds since 1970.
 * @param {number} resolution Seconds; 0 for exact pieces.
 * @param {(lane: any) => void} take Gets what each answer has of each recorder.
 * @param {AbortSignal} [signal]
 */
export async function readTimeline(recorders, { from, to }, resolution, take, signal) {
  /** @type {string | undefined} */
  let next = new Date(from).toISOString();
  while (next) {
    /** @type {any} */
    const answer = await api.get('/v1/timeline', {
      query: { recorder: recorders.join(','), from: next, to: new Date(to).toISOString(), resolution, limit: Limit }, signal,
    });
    answer.lanes.forEach(take);
    next = answer.next;
  }
}

import { readTimeline } from '../api/timeline.js';

/** @import { Piece, Gap } from './pieces.js' */

/** @typedef {{ pieces: Piece[], gaps: Gap[] }} LaneMedia */

/**
 * What recorders have between two times, exactly: GET /v1/timeline, page after page.
 * @param {readonly string[]} recorders
 * @param {number} from Milliseconds since 1970.
 * @param {number} to
 * @param {AbortSignal} [signal]
 * @returns {Promise<Map<string, LaneMedia>>}
 */
export async function loadLanes(recorders, from, to, signal) {
  /** @type {Map<string, LaneMedia>} */
  const lanes = new Map(recorders.map(recorder => [recorder, { pieces: [], gaps: [] }]));
  await readTimeline(recorders, { from, to }, 0, lane => add(lanes.get(lane.recorder), lane), signal);
  return lanes;
}

/**
 * @param {LaneMedia | undefined} known
 * @param {any} lane
 */
function add(known, lane) {
  for (const piece of lane.pieces) {
    known?.pieces.push({ from: Date.parse(piece.from), to: Date.parse(piece.to), key: piece.key, mediaTime: piece.mediaTime / 1000 });
  }
  for (const gap of lane.gaps) known?.gaps.push({ from: Date.parse(gap.from), to: Date.parse(gap.to), cause: gap.cause, detail: gap.detail });
}

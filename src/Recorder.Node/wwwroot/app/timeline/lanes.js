import { readTimeline } from '../api/timeline.js';
import { resolutionOf } from './scale.js';

/**
 * @typedef {import('./scale.js').View} View
 * @typedef {{ from: number, to: number }} Span
 * @typedef {Span & { cause: string, detail: string, count: number }} LaneGap
 * @typedef {{ at: number, label: string, count: number }} LaneMark
 * @typedef {Span & { id: string, name: string, rating: string }} LaneTake
 */

/**
 * What one recorder has, as far as a view shows it.
 * @typedef {object} LaneData
 * @property {string} recorder
 * @property {Span[]} pieces
 * @property {LaneGap[]} gaps
 * @property {LaneMark[]} marks
 * @property {Span[]} holds
 * @property {LaneTake[]} takes
 */

/** Recorders that one request asks for. */
const Most = 32;

/**
 * Reads what recorders have in a view, merged to what its pixels can show.
 * @param {readonly string[]} recorders @param {View} view @param {number} width Pixels. @param {AbortSignal} signal
 * @returns {Promise<LaneData[]>}
 */
export async function readLanes(recorders, view, width, signal) {
  const answers = [];
  for (let at = 0; at < recorders.length; at += Most) answers.push(readSome(recorders.slice(at, at + Most), view, width, signal));
  return (await Promise.all(answers)).flat();
}

/** @param {readonly string[]} recorders @param {View} view @param {number} width @param {AbortSignal} signal */
async function readSome(recorders, view, width, signal) {
  /** @type {Map<string, LaneData>} */
  const lanes = new Map(recorders.map(recorder => [recorder, { recorder, pieces: [], gaps: [], marks: [], holds: [], takes: [] }]));
  await readTimeline(recorders, view, Number(resolutionOf(view, width).toPrecision(3)), lane => add(lanes.get(lane.recorder), lane), signal);
  return Array.from(lanes.values());
}

/** @param {LaneData | undefined} lane @param {any} told */
function add(lane, told) {
  if (!lane) return;
  const now = Date.now();
  const span = (/** @type {any} */ it) => ({ from: Date.parse(it.from), to: it.to === undefined ? now : Date.parse(it.to) });
  lane.pieces.push(...told.pieces.map(span));
  lane.gaps.push(...told.gaps.map((/** @type {any} */ gap) => ({ ...span(gap), cause: gap.cause, detail: gap.detail, count: gap.count })));
  lane.marks.push(...told.marks.map((/** @type {any} */ mark) => ({ at: Date.parse(mark.at), label: mark.label, count: mark.count })));
  lane.holds.push(...told.holds.map(span));
  for (const take of told.takes) {
    if (lane.takes.some(known => known.id === take.id)) continue;
    lane.takes.push({ ...span(take), id: take.id, name: take.name, rating: take.rating });
    addMarks(lane, take.marks);
  }
}

/** A mark that is made as it happens is the recording's too, a little later: it is shown once. Milliseconds. */
const SameMark = 2000;

/** @param {LaneData} lane @param {{ at: string, name: string }[]} marks Of a take. */
function addMarks(lane, marks) {
  for (const { at: text, name } of marks) {
    const at = Date.parse(text);
    if (!lane.marks.some(known => known.label === name && Math.abs(known.at - at) < SameMark)) lane.marks.push({ at, label: name, count: 1 });
  }
}

/**
 * What is at a moment of a lane, as a sentence; '' for nothing. A mark or gap that is a few pixels away counts.
 * @param {LaneData} lane @param {number} time @param {number} near Milliseconds.
 * @param {(cause: string) => string} wordsOf
 */
export function describe(lane, time, near, wordsOf) {
  const mark = lane.marks.find(each => Math.abs(each.at - time) <= near);
  if (mark) return mark.count > 1 ? `${mark.label} and ${mark.count - 1} more marks` : `Mark: ${mark.label}`;
  const gap = lane.gaps.find(each => each.from - near <= time && time <= each.to + near);
  if (gap) return `${gap.count > 1 ? `${gap.count} gaps` : 'Gap'}: ${wordsOf(gap.cause)}${gap.detail ? `. ${gap.detail}` : ''}`;
  const take = lane.takes.find(each => each.from <= time && time <= each.to);
  return take ? `Take ${take.name}` : '';
}

// Wall time on a line of pixels. No DOM.

/** @typedef {{ from: number, to: number }} View A stretch of wall time, milliseconds since 1970. */

const Second = 1000;
const Minute = 60 * Second;
const Hour = 60 * Minute;
const Day = 24 * Hour;

/** What can be looked at: from ten seconds to a year. */
export const Shortest = 10 * Second;
export const Longest = 366 * Day;

/** The distances of ticks. */
const Steps = [
  Second, 2 * Second, 5 * Second, 10 * Second, 30 * Second, Minute, 2 * Minute, 5 * Minute, 10 * Minute, 30 * Minute, Hour, 2 * Hour, 6 * Hour, 12 * Hour,
  Day, 2 * Day, 7 * Day, 14 * Day, 28 * Day, 56 * Day,
];

/** @param {View} view @param {number} width @param {number} x */
export const timeAt = (view, width, x) => view.from + (x / width) * (view.to - view.from);

/** @param {View} view @param {number} width @param {number} time */
export const placeOf = (view, width, time) => ((time - view.from) / (view.to - view.from)) * width;

/**
 * Shows more or less, so that what is at a moment stays where it is.
 * @param {View} view @param {number} around @param {number} factor Below 1 shows less. @returns {View}
 */
export function zoom({ from, to }, around, factor) {
  const length = Math.min(Longest, Math.max(Shortest, (to - from) * factor));
  const share = (around - from) / (to - from);
  const begin = around - share * length;
  return { from: begin, to: begin + length };
}

/** @param {View} view @param {number} by Milliseconds. @returns {View} */
export const shift = ({ from, to }, by) => ({ from: from + by, to: to + by });

/** Moves the view as little as possible so that a moment is in it. @param {View} view @param {number} time @returns {View} */
export function reveal(view, time) {
  const length = view.to - view.from;
  const edge = length * 0.05;
  if (time < view.from + edge) return { from: time - edge, to: time - edge + length };
  if (time > view.to - edge) return { from: time + edge - length, to: time + edge };
  return view;
}

/** The seconds that one pixel stands for. @param {View} view @param {number} width */
export const resolutionOf = ({ from, to }, width) => (to - from) / 1000 / Math.max(1, width);

/**
 * The ticks of a view, by the local day: at midnights and full hours of the zone.
 * @param {View} view @param {number} width @param {number} zone Minutes to add to UTC. @returns {{ at: number, step: number }[]}
 */
export function ticksOf(view, width, zone) {
  const wanted = ((view.to - view.from) / width) * 90;
  const step = Steps.find(each => each >= wanted) ?? /** @type {number} */ (Steps.at(-1));
  const offset = zone * Minute;
  const ticks = [];
  for (let at = Math.ceil((view.from + offset) / step) * step - offset; at < view.to; at += step) ticks.push({ at, step });
  return ticks;
}

/** How a tick is written: the date where days are between them. @param {{ at: number, step: number }} tick @param {string} [locale] */
export function labelOf({ at, step }, locale) {
  const date = new Date(at);
  const isMidnight = date.getHours() === 0 && date.getMinutes() === 0 && date.getSeconds() === 0;
  if (step >= Day || isMidnight) return date.toLocaleDateString(locale, { day: 'numeric', month: 'short' });
  return date.toLocaleTimeString(locale, { hour: '2-digit', minute: '2-digit', second: step < Minute ? '2-digit' : undefined, hourCycle: 'h23' });
}

// Takes as `GET /v1/takes` tells them, without the DOM.

/**
 * @typedef {'armed' | 'committed' | 'recording' | 'ending' | 'done'} TakeState
 * @typedef {object} Angle
 * @property {string} recorder
 * @property {string} camera
 * @property {string} angle
 * @property {string} reel
 * @property {string} name
 * @property {'notReady' | 'ready' | 'starting' | 'recording' | 'paused' | 'missing' | 'stopped'} state
 * @property {string} obstacle
 * @property {string} detail
 * @property {number} [timeLeft] Milliseconds.
 * @property {string[]} recordings
 * @property {{ first: string, last: string, clock: string, drift: number, jump?: { at: string, by: number, count: number } }} [times]
 * @property {number} [offset] Milliseconds from the take's moment to the first frame.
 * @property {number} [offsetFrames]
 * @property {number} [uncertainty] Milliseconds.
 * @property {boolean} isLate
 */

/**
 * @typedef {object} Slate
 * @property {string} project
 * @property {string} scene
 * @property {string} shot
 * @property {number} take
 * @property {string} notes
 * @property {'none' | 'good' | 'noGood' | 'circled'} rating
 */

/**
 * @typedef {object} Take
 * @property {string} id
 * @property {TakeState} state
 * @property {Slate} slate
 * @property {string} armedAt
 * @property {string} [at]
 * @property {string} [endedAt]
 * @property {string} rate
 * @property {string} [timeCode]
 * @property {Angle[]} angles
 * @property {{ at: string, name: string, colour?: string, note: string }[]} marks
 * @property {{ at: string, what: string, from: string, to: string }[]} history
 */

export const Ratings = /** @type {const} */ ({ none: 'Not rated', good: 'Good', noGood: 'No good', circled: 'Circled' });

/** @param {Take} take Whether its recorders are lent to it. */
export const isOpen = take => take.state !== 'done';

/** @param {Take} take */
export const isRecording = take => take.state === 'recording' || take.state === 'committed';

/** @param {Take} take 'Scene 12A take 3' */
export function nameOf({ slate }) {
  const project = slate.project ? `${slate.project}, ` : '';
  return `${project}scene ${slate.scene}${slate.shot ? ` ${slate.shot}` : ''} take ${slate.take}`;
}

/** @param {Angle} angle Whether somebody must look at it. */
export const isMissing = angle => angle.state === 'notReady' || angle.state === 'missing';

/**
 * Who is ready, or missing, as a sentence: '2 of 3 are ready. Not ready is cam: its source is lost.' Empty for a take that has all of its recorders.
 * @param {Take} take
 */
export function readinessOf({ state, angles }) {
  const missing = angles.filter(isMissing);
  const named = missing.map(({ camera, detail }) => (detail ? `${camera}: ${detail}` : camera)).join('; ').replace(/\.$/, '');
  if (state === 'armed') {
    const ready = angles.length - missing.length;
    return missing.length === 0 ? `All ${ready} are ready.` : `${ready} of ${angles.length} are ready. Not ready: ${named}.`;
  }
  return missing.length === 0 || state === 'ending' ? '' : `Missing: ${named}.`;
}

/** How far an angle begins from the take's moment, in milliseconds and frames: '-640 ms (-8 f) ± 40 ms'. @param {Angle} angle */
export function skewOf({ offset, offsetFrames, uncertainty }) {
  if (offset === undefined) return '';
  const sign = (/** @type {number} */ n) => (n > 0 ? `+${n}` : `${n}`);
  const frames = offsetFrames === undefined ? '' : ` (${sign(Math.round(offsetFrames * 10) / 10)} f)`;
  const about = uncertainty === undefined ? '' : ` ± ${Math.round(uncertainty)} ms`;
  return `${sign(Math.round(offset))} ms${frames}${about}`;
}

/** What is odd about an angle's clock; '' for nothing. @param {Angle} angle */
export function clockOf({ times }) {
  if (!times) return '';
  const said = [times.clock === 'sender' ? 'its own clock' : 'times of arrival'];
  if (Math.abs(times.drift) >= 1) said.push(`drift ${Math.round(times.drift)} ms`);
  if (times.jump) said.push(`its clock jumped by ${Math.round(times.jump.by)} ms`);
  return said.join(', ');
}

/** How long a take has recorded, or recorded, in milliseconds. @param {Take} take @param {number} now */
export function lengthOf({ at, endedAt }, now) {
  return at === undefined ? 0 : Math.max(0, (endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(at));
}

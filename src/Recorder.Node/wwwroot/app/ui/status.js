import { html } from '../../vendor/lit.js';

const Words = /** @type {Record<string, string>} */ ({
  idle: 'IDLE', rec: 'REC', paused: 'PAUSED', waiting: 'WAITING', lost: 'LOST', disk: 'DISK', away: 'AWAY',
});

/** The statuses of a recorder, in the order of a filter. */
export const Statuses = Object.keys(Words);

/** A recorder's status as a word and a colour. @param {string} status */
export function statusBadge(status) {
  return html`<span class="badge ${status in Words ? status : ''}">${Words[status] ?? status}</span>`;
}

/** @param {string} status */
export function statusWord(status) {
  return Words[status] ?? status;
}

/**
 * The status of a recorder where the wall has not told of it.
 * @param {{ state: string, sourceStatus?: string, nodeAnswers?: boolean }} recorder
 */
export function statusOf(recorder) {
  if (recorder.nodeAnswers === false) return 'away';
  if (recorder.state === 'paused') return 'paused';
  if (recorder.state !== 'recording') return 'idle';
  return recorder.sourceStatus === 'lost' ? 'lost' : recorder.sourceStatus === 'connected' ? 'rec' : 'waiting';
}

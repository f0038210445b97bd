import { html, nothing } from '../../vendor/lit.js';
import { formatBitRate } from '../ui/format.js';

/**
 * @typedef {object} ProbedTrack
 * @property {string} kind
 * @property {string} [codec]
 * @property {number} [width]
 * @property {number} [height]
 * @property {number} [frameRate]
 * @property {number} [channels]
 * @property {number} [sampleRate]
 * @property {number} [bitRate]
 *
 * @typedef {object} Probe What `POST /v1/sources:probe` answers.
 * @property {boolean} [live]
 * @property {readonly ProbedTrack[]} tracks
 * @property {string} [picture] A JPEG in base64.
 * @property {string} [noPicture] Why there is none.
 */

/** The tracks of a source and its picture. @param {Probe} probe */
export function probeView(probe) {
  return html`
    ${probe.picture ? html`<img src="data:image/jpeg;base64,${probe.picture}" alt="The picture of the source now">` : nothing}
    <div>
      <h2>${probe.live ? 'A live source' : 'The source answers'}</h2>
      <ul>${probe.tracks.map(track => html`<li>${describe(track)}</li>`)}</ul>
      ${probe.noPicture ? html`<p class="muted">${probe.noPicture}</p>` : nothing}
    </div>`;
}

/** @param {ProbedTrack} track */
function describe(track) {
  return [
    track.kind, track.codec, track.width ? `${track.width}×${track.height}` : '', track.frameRate ? `${Number(track.frameRate.toFixed(2))} fps` : '',
    track.channels ? `${track.channels} channel${track.channels === 1 ? '' : 's'}` : '', track.sampleRate ? `${track.sampleRate} Hz` : '',
    track.bitRate ? formatBitRate(track.bitRate) : '',
  ].filter(text => text).join(', ');
}

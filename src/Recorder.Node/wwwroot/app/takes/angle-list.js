import { css, html, nothing } from '../../vendor/lit.js';
import { formatSpan } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { clockOf, isMissing, skewOf } from './take.js';

const Words = /** @type {const} */ ({
  notReady: 'NOT READY', ready: 'READY', starting: 'STARTING', recording: 'REC', paused: 'PAUSED', missing: 'MISSING', stopped: 'ENDED',
});
const Looks = /** @type {const} */ ({ notReady: 'waiting', ready: 'ok', starting: 'waiting', recording: 'rec', paused: 'paused', missing: 'lost', stopped: '' });

/** The angles of a take: who is not ready and why, and how far apart they are. */
export class AngleList extends Part {
  static properties = { take: { attribute: false } };

  static styles = [shared, css`
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: 2px var(--space-4); grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); max-height: 22rem; overflow: auto; }
    li { display: flex; flex-wrap: wrap; gap: var(--space-2); align-items: baseline; min-width: 0; }
    .why { color: var(--muted); font-size: var(--size-s); overflow-wrap: anywhere; }
    .why.bad { color: var(--danger); }
  `];

  constructor() {
    super();
    /** @type {import('./take.js').Take | null} */
    this.take = null;
  }

  render() {
    if (!this.take) return nothing;
    return html`<ul aria-label="Angles">${this.take.angles.map(angle => html`
      <li>
        <span class="badge ${Looks[angle.state]}">${Words[angle.state]}</span>
        <strong>${angle.angle}</strong> <span>${angle.camera}</span>
        <span class="mono">${skewOf(angle)}</span>
        <span class="why ${isMissing(angle) ? 'bad' : ''}">${[angle.detail, angle.isLate ? 'joined late' : '', clockOf(angle), angle.timeLeft === undefined ? '' : `${formatSpan(angle.timeLeft / 1000)} left`].filter(Boolean).join('; ')}</span>
      </li>`)}</ul>`;
  }
}

customElements.define('angle-list', AngleList);

import { css, html, nothing } from '../../vendor/lit.js';
import { causeOf } from '../timeline/causes.js';
import { formatDateTime, formatSpan } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';

/** @typedef {import('../timeline/lanes.js').LaneData} LaneData */

const Most = 200;

/** The gaps and marks of a view in words: what the timeline shows as colours, for everybody. Fires `seek` with a time. */
export class LaneNotes extends Part {
  static properties = { lanes: { attribute: false }, names: { attribute: false } };

  static styles = [shared, css`
    .swatch { display: inline-block; width: 12px; height: 12px; border-radius: 2px; border: 1px solid var(--edge); vertical-align: -1px; }
    .scroll { overflow-x: auto; max-height: 24rem; }
    summary { cursor: pointer; min-height: 24px; }
  `];

  constructor() {
    super();
    /** @type {readonly LaneData[]} */
    this.lanes = [];
    /** @type {ReadonlyMap<string, string>} */
    this.names = new Map();
  }

  render() {
    const gaps = this.lanes.flatMap(lane => lane.gaps.map(gap => ({ ...gap, recorder: lane.recorder }))).toSorted((a, b) => a.from - b.from);
    const marks = this.lanes.flatMap(lane => lane.marks.map(mark => ({ ...mark, recorder: lane.recorder }))).toSorted((a, b) => a.at - b.at);
    if (gaps.length + marks.length === 0) return nothing;
    return html`
      <details>
        <summary>${gaps.length} gaps and ${marks.length} marks are shown</summary>
        <div class="scroll" tabindex="0" role="region" aria-label="Gaps and marks">
          <table>
            <thead><tr><th>When</th><th>Recorder</th><th>What</th><th>How long</th></tr></thead>
            <tbody>
              ${gaps.slice(0, Most).map(gap => html`
                <tr><td>${this.#link(gap.from)}</td><td>${this.names.get(gap.recorder) ?? gap.recorder}</td>
                  <td><svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill=${causeOf(gap.cause).colour}></rect></svg> ${causeOf(gap.cause).words}${gap.detail ? `. ${gap.detail}` : ''}</td>
                  <td class="mono">${formatSpan((gap.to - gap.from) / 1000)}${gap.count > 1 ? ` (${gap.count})` : ''}</td></tr>`)}
              ${marks.slice(0, Most).map(mark => html`
                <tr><td>${this.#link(mark.at)}</td><td>${this.names.get(mark.recorder) ?? mark.recorder}</td><td>Mark: ${mark.label}</td><td></td></tr>`)}
            </tbody>
          </table>
        </div>
        ${gaps.length > Most || marks.length > Most ? html`<p class="muted">Only the first ${Most} of each are listed: look nearer for the others.</p>` : nothing}
      </details>`;
  }

  /** @param {number} time */
  #link(time) {
    return html`<button class="quiet" @click=${() => this.dispatchEvent(new CustomEvent('seek', { detail: time }))}>${formatDateTime(time)}</button>`;
  }
}

customElements.define('lane-notes', LaneNotes);

import { css, html, nothing } from '../../vendor/lit.js';
import { api, part, urlOf } from '../api/client.js';
import { sentenceOf } from '../api/errors.js';
import { announce } from '../ui/announce.js';
import { formatBytes } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';

/**
 * @typedef {object} ExportedFile
 * @property {string} file
 * @property {'waiting' | 'making' | 'done' | 'failed'} state
 * @property {number} [progress] 0 to 1.
 * @property {number} [bytes]
 * @property {string} [problem]
 * @property {string} [timeCode]
 * @typedef {{ id: string, take: string, state: 'making' | 'done' | 'failed', files: ExportedFile[], problem?: string }} Exported
 */

const Interval = 500;

/** The rates that time code has. */
const Rates = ['23.976', '24', '25', '29.97', '30', '47.952', '48', '50', '59.94', '60'];

/** The export of a take for an editor: its options, its progress and its files. */
export class TakeExport extends Part {
  static properties = { take: { attribute: false }, made: { state: true }, problem: { state: true }, isBegun: { state: true } };

  static styles = [shared, css`
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: var(--space-1); }
    li { display: grid; grid-template-columns: minmax(0, 1fr) 8rem 5rem; gap: var(--space-2); align-items: center; }
    li a { line-height: 26px; }
    li span:first-child, li a { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .check { display: inline-flex; align-items: center; gap: var(--space-1); }
    progress { width: 100%; accent-color: var(--accent); }
    .bad { color: var(--danger); grid-column: 1 / -1; margin: 0; }
    @media (max-width: 640px) { li { grid-template-columns: minmax(0, 1fr) 6rem; } .size { display: none; } }
  `];

  #container = 'mov';
  #holes = 'held';
  #rate = '';
  #encode = false;

  constructor() {
    super();
    /** @type {import('./take.js').Take | null} */
    this.take = null;
    /** @type {Exported | null} */
    this.made = null;
    this.problem = '';
    this.isBegun = false;
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {import('./take.js').Take | null | undefined} */ (changed.get('take'));
    if (before && before.id !== this.take?.id) [this.made, this.problem, this.isBegun] = [null, '', false];
  }

  render() {
    const { made } = this;
    return html`
      <h2>Export</h2>
      <div class="row">
        <label>File <select @change=${(/** @type {Event} */ event) => { this.#container = valueOf(event); }}><option value="mov">MOV</option><option value="mp4">MP4</option></select></label>
        <label>Gaps <select @change=${(/** @type {Event} */ event) => { this.#holes = valueOf(event); }}><option value="held">held, and stated</option><option value="black">black</option></select></label>
        <label>Rate <select @change=${(/** @type {Event} */ event) => { this.#rate = valueOf(event); }}><option value="">of the take</option>${Rates.map(rate => html`<option value=${rate}>${rate}</option>`)}</select></label>
        <label class="check"><input type="checkbox" @change=${(/** @type {Event} */ event) => { this.#encode = /** @type {HTMLInputElement} */ (event.target).checked; }}> Encode cameras of another rate</label>
        <button class="primary" ?disabled=${this.isBegun} @click=${this.exportTake} title="Shift+X">Export the angles</button>
        ${made?.state === 'making' ? html`<button @click=${this.#cancel}>Cancel</button>` : nothing}
      </div>
      ${this.problem ? html`<p class="message bad" role="alert">${this.problem}</p>` : nothing}
      ${made ? html`<ul aria-label="Files of the export">${made.files.map(file => this.#file(made, file))}</ul>` : nothing}`;
  }

  /** @param {Exported} made @param {ExportedFile} file */
  #file({ id, take }, { file, state, progress, bytes, problem, timeCode }) {
    return html`
      <li>
        ${state === 'done' ? html`<a href=${urlOf(`/v1/takes/${part(take)}/exports/${part(id)}/files/${part(file)}`)} download=${file} title=${timeCode ? `begins at ${timeCode}` : ''}>${file}</a>` : html`<span>${file}</span>`}
        ${state === 'failed' ? html`<span class="badge bad">FAILED</span>` : html`<progress max="1" .value=${state === 'done' ? 1 : progress ?? 0} aria-label="Progress of ${file}"></progress>`}
        <span class="muted size">${bytes === undefined ? '' : formatBytes(bytes)}</span>
        ${problem ? html`<p class="bad">${problem}</p>` : nothing}
      </li>`;
  }

  exportTake = async () => {
    const { take } = this;
    if (!take || this.isBegun) return;
    [this.isBegun, this.problem] = [true, ''];
    announce('The export has begun.');
    try {
      this.#show(await api.post(`/v1/takes/${part(take.id)}:export`, { container: this.#container, holes: this.#holes, encode: this.#encode, ...(this.#rate ? { rate: this.#rate } : {}) }, { signal: this.signal }), take.id);
      while (this.made?.state === 'making' && this.take?.id === take.id) {
        await new Promise(resolve => setTimeout(resolve, Interval));
        if (this.signal.aborted || this.take?.id !== take.id) return;
        this.#show(await api.get(`/v1/takes/${part(take.id)}/exports/${part(this.made.id)}`, { signal: this.signal }), take.id);
      }
      if (this.made?.problem) this.problem = this.made.problem;
      const failed = this.made?.files.filter(file => file.state === 'failed').length ?? 0;
      announce(this.made?.state !== 'done' ? 'The export has failed.' : failed > 0 ? `The export is done; ${failed} files have failed.` : 'The export is done.');
    } catch (failed) {
      if (this.signal.aborted || this.take?.id !== take.id) return;
      this.problem = sentenceOf(failed);
      announce(this.problem, { urgent: true });
    } finally {
      if (this.take?.id === take.id) this.isBegun = false;
    }
  };

  /** @param {Exported} made @param {string} take */
  #show(made, take) {
    if (this.take?.id === take) this.made = made;
  }

  #cancel = async () => {
    const { take, made } = this;
    if (!take || !made) return;
    try {
      await api.delete(`/v1/takes/${part(take.id)}/exports/${part(made.id)}`);
      [this.made, this.isBegun] = [null, false];
    } catch (failed) {
      this.problem = sentenceOf(failed);
    }
  };
}

/** @param {Event} event */
const valueOf = event => /** @type {HTMLSelectElement} */ (event.target).value;

customElements.define('take-export', TakeExport);

import { css, html, nothing } from '../../vendor/lit.js';
import { api, part } from '../api/client.js';
import { sentenceOf, shareOut } from '../api/errors.js';
import { announce } from '../ui/announce.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { definitionOf, FieldHints, FieldNames, valuesOf } from './definition.js';
import { probeView } from './probe-view.js';

/** @typedef {{ name: string, label: string, hint: string, placeholder?: string, isNumber?: boolean, isLong?: boolean, autocomplete?: string }} Field */

/** @type {readonly Field[]} */
const Fields = [
  { name: 'source', label: 'Source', hint: 'rtsp://camera/stream, push:NAME, test:, file:PATH or another address.', placeholder: 'rtsp://' },
  { name: 'id', label: 'Name', hint: 'A–Z a–z 0–9 . _ - Made from the source when it is left empty. It cannot be changed later.' },
  { name: 'labels', label: 'Labels', hint: 'One a line, as floor: 2', isLong: true },
  { name: 'preRoll', label: 'Pre-roll in seconds', hint: 'Kept while it does not record, so that a start can begin in the past.', isNumber: true },
  { name: 'retention.maxAge', label: 'Keep for days', hint: 'Older files are removed. Empty: no limit.', isNumber: true },
  { name: 'retention.maxBytes', label: 'Keep at most GB', hint: 'The oldest files beyond it are removed. Empty: no limit.', isNumber: true },
  { name: 'mimeType', label: 'MIME type', hint: 'Container and codecs. Empty: what the source sends, without encoding.', placeholder: 'video/mp4' },
  { name: 'timeslice', label: 'Timeslice in seconds', hint: 'Media per blob. Empty: one blob a recording.', isNumber: true },
];

/** Adds a recorder, or changes one. Tells `saved` with its id, or `closed`. */
export class RecorderForm extends Part {
  static properties = {
    recorder: {}, _values: { state: true }, _errors: { state: true }, _failure: { state: true }, _isBusy: { state: true }, _probe: { state: true }, _isProbing: { state: true },
  };

  static styles = [shared, css`
    h1 { margin-bottom: var(--space-3); }
    .grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: 0 var(--space-4); }
    .wide { grid-column: 1 / -1; }
    .source { display: flex; gap: var(--space-2); }
    .source input { flex: 1 1 auto; min-width: 0; }
    textarea { resize: vertical; }
    .foot { position: sticky; bottom: calc(-1 * var(--space-4)); background: var(--surface); padding: var(--space-3) 0; justify-content: flex-end; }
    .probe { display: flex; flex-wrap: wrap; gap: var(--space-3); margin-bottom: var(--space-3); }
    .probe img { max-width: min(320px, 100%); border-radius: var(--radius); background: #000; }
    .probe ul { margin: 0; padding-left: 1.2em; }
  `];

  constructor() {
    super();
    /** The id of the recorder to change; '' for a new one. @type {string} */
    this.recorder = '';
    /** @type {import('./definition.js').FormValues} */
    this._values = {};
    /** @type {Record<string, string>} */
    this._errors = {};
    this._failure = '';
    this._isBusy = false;
    this._isProbing = false;
    /** @type {import('./probe-view.js').Probe | null} */
    this._probe = null;
  }

  /** @type {import('./definition.js').FormValues | undefined} */
  #before = undefined;

  async firstUpdated() {
    this.#dialog.showModal();
    if (this.recorder === '') return;
    try {
      this.#before = valuesOf(await api.get(`/v1/recorders/${part(this.recorder)}`, { signal: this.signal }));
      this._values = this.#before;
    } catch (failed) {
      this._failure = sentenceOf(failed);
    }
  }

  render() {
    const isNew = this.recorder === '';
    return html`
      <dialog aria-labelledby="title" @close=${() => this.dispatchEvent(new CustomEvent('closed'))}>
        <form @submit=${this.#save} novalidate>
          <h1 id="title">${isNew ? 'Add a recorder' : `Change ${this.recorder}`}</h1>
          ${this._failure ? html`<p class="message bad" role="alert">${this._failure}</p>` : nothing}
          <div class="grid">${Fields.map(field => this.#field(field, isNew))}</div>
          <div class="row foot">
            <button type="button" @click=${() => this.#dialog.close()}>Cancel</button>
            <button class="primary" ?disabled=${this._isBusy}>${isNew ? 'Add' : 'Save'}</button>
          </div>
        </form>
      </dialog>`;
  }

  /** @param {Field} field @param {boolean} isNew */
  #field({ name, label, hint, placeholder, isNumber, isLong }, isNew) {
    if (name === 'id' && !isNew) return nothing;
    const error = this._errors[name] ?? '';
    const value = this._values[name] ?? '';
    const [invalid, described] = [error ? 'true' : nothing, `${name}-hint ${name}-error`];
    const input = isLong
      ? html`<textarea id=${name} name=${name} rows="3" spellcheck="false" .value=${value} @input=${this.#input} aria-invalid=${invalid} aria-describedby=${described}></textarea>`
      : html`<input id=${name} name=${name} .value=${value} @input=${this.#input} placeholder=${placeholder ?? nothing} inputmode=${isNumber ? 'decimal' : nothing}
          autocomplete="off" spellcheck="false" aria-invalid=${invalid} aria-describedby=${described}>`;
    const isSource = name === 'source';
    return html`
      <div class="field ${isSource || isLong || name === 'id' ? 'wide' : ''}">
        <label for=${name}>${label}</label>
        ${isSource ? html`<div class="source">${input}<button type="button" @click=${this.#probe} ?disabled=${this._isProbing || !value.trim()}>${this._isProbing ? 'Looking…' : 'Look'}</button></div>` : input}
        <p class="hint" id="${name}-hint">${hint}</p>
        <p class="error" id="${name}-error">${error}</p>
      </div>
      ${isSource && this._probe ? html`<div class="wide probe">${probeView(this._probe)}</div>` : nothing}`;
  }

  /** @returns {HTMLDialogElement} */
  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  /** @param {Event} event */
  #input(event) {
    const { name, value } = /** @type {HTMLInputElement} */ (event.target);
    this._values = { ...this._values, [name]: value };
    if (name === 'source') this._probe = null;
  }

  /** @param {SubmitEvent} event */
  async #save(event) {
    event.preventDefault();
    [this._errors, this._failure, this._isBusy] = [{}, '', true];
    try {
      const definition = definitionOf(this._values, this.#before);
      const saved = this.recorder === '' ? await api.post('/v1/recorders', definition) : await api.patch(`/v1/recorders/${part(this.recorder)}`, definition);
      announce(`${saved.id} is saved.`);
      this.dispatchEvent(new CustomEvent('saved', { detail: saved.id }));
    } catch (failed) {
      await this.#refuse(failed);
    } finally {
      this._isBusy = false;
    }
  }

  async #probe() {
    [this._errors, this._failure, this._isProbing, this._probe] = [{}, '', true, null];
    try {
      this._probe = await api.post('/v1/sources:probe', { source: (this._values.source ?? '').trim() }, { signal: this.signal });
      announce('The source answers: its tracks are shown.');
    } catch (failed) {
      if (!this.signal.aborted) await this.#refuse(failed, 'source');
    } finally {
      this._isProbing = false;
    }
  }

  /** @param {unknown} failed @param {string} [always] The field that it is about in any case. */
  async #refuse(failed, always) {
    const { fields, form } = always ? { fields: { [always]: sentenceOf(failed) }, form: '' } : shareOut(failed, FieldNames, FieldHints);
    [this._errors, this._failure] = [fields, form];
    announce(sentenceOf(failed), { urgent: true });
    await this.updateComplete;
    const [first] = Object.keys(fields);
    if (first !== undefined) /** @type {HTMLElement | null} */ (this.renderRoot.querySelector(`[name="${first}"]`))?.focus();
  }
}

customElements.define('recorder-form', RecorderForm);

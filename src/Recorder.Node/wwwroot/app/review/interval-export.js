import { css, html, nothing } from '../../vendor/lit.js';
import { api, part } from '../api/client.js';
import { sentenceOf } from '../api/errors.js';
import { loadLanes } from '../player/wall-source.js';
import { announce } from '../ui/announce.js';
import { formatBytes, formatDuration } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { partsOf } from './parts.js';

/** @typedef {import('./parts.js').Piece} Piece */
/** @typedef {{ name: string, state: 'waiting' | 'making' | 'loading' | 'done' | 'failed', bytes: number, of: number, problem: string, url: string }} Row */

/** Exports the chosen angles between two moments: a file a recording, copied as it was recorded. */
export class IntervalExport extends Part {
  static properties = { recorders: { attribute: false }, from: { attribute: false }, to: { attribute: false }, rows: { state: true }, problem: { state: true }, isRunning: { state: true } };

  static styles = [shared, css`
    ul { list-style: none; margin: var(--space-2) 0 0; padding: 0; display: grid; gap: var(--space-1); }
    li { display: grid; grid-template-columns: minmax(0, 1fr) 8rem 6rem; gap: var(--space-2); align-items: center; }
    progress { width: 100%; accent-color: var(--accent); }
    li a { line-height: 26px; overflow-wrap: anywhere; }
    .bad { color: var(--danger); grid-column: 1 / -1; margin: 0; }
  `];

  constructor() {
    super();
    /** @type {readonly string[]} */
    this.recorders = [];
    /** @type {number | null} */
    this.from = null;
    /** @type {number | null} */
    this.to = null;
    /** @type {Row[]} */
    this.rows = [];
    this.problem = '';
    this.isRunning = false;
  }

  begin() {
    this.endWith(() => this.#forget());
  }

  render() {
    const { from, to } = this;
    const isReady = from !== null && to !== null && to > from && this.recorders.length > 0;
    return html`
      <div class="row">
        <button class="primary" ?disabled=${!isReady || this.isRunning} @click=${this.run} title="Shift+X">Export the selection</button>
        <span class="muted">${isReady ? `${this.recorders.length} angles, ${formatDuration(to - from)}` : 'Select with I and O where it begins and ends.'}</span>
      </div>
      ${this.problem ? html`<p class="message bad" role="alert">${this.problem}</p>` : nothing}
      ${this.rows.length === 0 ? nothing : html`<ul aria-label="Files of the export">${this.rows.map(row => html`
        <li>
          ${row.url ? html`<a href=${row.url} download=${row.name}>${row.name}</a>` : html`<span>${row.name}</span>`}
          ${row.state === 'failed' ? html`<span class="badge bad">FAILED</span>`
            : html`<progress aria-label="Progress of ${row.name}" max="1" value=${row.state === 'making' ? nothing : row.of > 0 ? row.bytes / row.of : 0}></progress>`}
          <span class="muted mono">${row.of > 0 ? formatBytes(row.of) : ''}</span>
          ${row.problem ? html`<p class="bad">${row.problem}</p>` : nothing}
        </li>`)}</ul>`}`;
  }

  run = async () => {
    const { from, to, recorders } = this;
    if (from === null || to === null || to <= from || this.isRunning) return;
    this.#forget();
    [this.isRunning, this.problem] = [true, ''];
    announce('The export has begun.');
    try {
      const lanes = await loadLanes(recorders, from, to, this.signal);
      const files = recorders.flatMap(recorder => partsOf(recorder, lanes.get(recorder)?.pieces ?? [], from, to));
      if (files.length === 0) this.problem = 'Nothing was recorded in this interval.';
      this.rows = files.map(({ name }) => ({ name, state: 'waiting', bytes: 0, of: 0, problem: '', url: '' }));
      for (const [index, file] of files.entries()) await this.#load(index, `/v1/recordings/${part(file.key)}/export.mp4?from=${file.begin}&to=${file.end}`);
      announce(this.rows.some(row => row.state === 'failed') ? 'Some files could not be exported.' : 'The export is done.');
    } catch (failed) {
      if (!this.signal.aborted) this.problem = sentenceOf(failed);
    } finally {
      this.isRunning = false;
    }
  };

  /** @param {number} index @param {string} path */
  async #load(index, path) {
    this.#set(index, { state: 'making' });
    try {
      const answer = await api.fetch(path, { signal: this.signal });
      const of = Number(answer.headers.get('Content-Length')) || 0;
      this.#set(index, { state: 'loading', of });
      /** @type {BlobPart[]} */
      const pieces = [];
      let bytes = 0;
      const reader = answer.body?.getReader();
      for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
        pieces.push(next.value);
        bytes += next.value.length;
        this.#set(index, { bytes });
      }
      // A browser keeps large blobs on its disk.
      this.#set(index, { state: 'done', bytes, of: bytes, url: URL.createObjectURL(new Blob(pieces, { type: 'video/mp4' })) });
    } catch (failed) {
      this.#set(index, { state: 'failed', problem: sentenceOf(failed) });
    }
  }

  /** @param {number} index @param {Partial<Row>} change */
  #set(index, change) {
    this.rows = this.rows.map((row, at) => (at === index ? { ...row, ...change } : row));
  }

  #forget() {
    for (const row of this.rows) if (row.url) URL.revokeObjectURL(row.url);
    this.rows = [];
  }
}

customElements.define('interval-export', IntervalExport);

import { css, guard, html, nothing, repeat } from '../../vendor/lit.js';
import { api, part } from '../api/client.js';
import { connection } from '../api/connection.js';
import { sentenceOf } from '../api/errors.js';
import { may, mayAll, session } from '../api/session.js';
import { tiles, watchWall } from '../api/wall-stream.js';
import { go, hrefOf, route } from '../router.js';
import { announce } from '../ui/announce.js';
import { confirm } from '../ui/confirm.js';
import { formatCount } from '../ui/format.js';
import { registerKeys } from '../ui/keys.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { Statuses, statusBadge, statusOf, statusWord } from '../ui/status.js';
import { isFound } from './definition.js';
import './recorder-form.js';

/** @typedef {{ id: string, source: string, state: string, node: string, labels: Record<string, string>, sourceStatus?: string, nodeAnswers?: boolean }} Recorder */

const PageSize = 1000;

/** The recorders: found by name, label and state; added, changed, removed, started and stopped. */
export class RecordersPage extends Part {
  static properties = { _recorders: { state: true }, _failure: { state: true }, _edited: { state: true } };

  static styles = [shared, css`
    .head { margin-bottom: var(--space-3); }
    .head input[type="search"] { width: min(22rem, 100%); }
    ul { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); }
    li {
      display: grid; grid-template-columns: minmax(9rem, 1.4fr) 6.5rem minmax(9rem, 2fr) minmax(6rem, 1.4fr) 13rem; gap: var(--space-1) var(--space-3); align-items: center;
      padding: var(--space-1) var(--space-3); min-height: 44px; border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 44px;
    }
    li:last-child { border-bottom: 0; }
    li:hover { background: var(--raised); }
    .name { font-weight: 600; overflow-wrap: anywhere; }
    .source { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: var(--size-s); }
    .labels { min-width: 0; max-height: 3.2em; overflow: hidden; }
    li.watched { grid-template-columns: minmax(9rem, 1.4fr) 6.5rem minmax(9rem, 2fr) minmax(6rem, 1.4fr); }
    .actions { display: flex; gap: var(--space-1); justify-content: flex-end; }
    .actions button { min-height: 28px; padding: 0 var(--space-2); }
    @media (max-width: 760px) {
      li, li.watched { grid-template-columns: 1fr auto; contain-intrinsic-size: auto 92px; padding: var(--space-2); }
      .source { grid-column: 1 / -1; }
      .state { justify-self: end; }
      .labels:empty { display: none; }
      .actions button { min-height: 32px; }
    }
  `];

  constructor() {
    super();
    /** By id; null until they are read. @type {ReadonlyMap<string, Recorder> | null} */
    this._recorders = null;
    this._failure = '';
    /** What the form edits: null for no form, '' for a new recorder. @type {string | null} */
    this._edited = null;
  }

  begin() {
    this.redrawOn(session, route);
    this.endWith(watchWall());
    this.endWith(tiles.watch(() => this.#takeTiles()));
    this.endWith(connection.watch(({ isUp }) => isUp && void this.#load()));
    this.listen(document, 'visibilitychange', () => !document.hidden && void this.#load());
    this.endWith(registerKeys('Recorders', [
      { keys: '/', label: 'Find a recorder', run: () => this.renderRoot.querySelector('input')?.focus() },
      { keys: 'n', label: 'Add a recorder', run: () => this.#edit(''), when: () => mayAll('admin') },
    ]));
    void this.#load();
  }

  render() {
    const found = this.#found();
    const all = this._recorders?.size ?? 0;
    const { params } = route.value;
    return html`
      <div class="row head">
        <h1>Recorders</h1>
        <label class="hidden" for="find">Find by name or label</label>
        <input id="find" type="search" placeholder="Name or label, as hall or floor:2" .value=${params.get('find') ?? ''} @input=${this.#find}>
        <label class="hidden" for="status">State</label>
        <select id="status" @change=${this.#filter}>
          <option value="" ?selected=${!params.get('status')}>All states</option>
          ${Statuses.map(status => html`<option value=${status} ?selected=${params.get('status') === status}>${statusWord(status)}</option>`)}
        </select>
        <span class="muted grow" id="count">${this._recorders ? (found.length === all ? formatCount(all, 'recorder') : `${found.length} of ${formatCount(all, 'recorder')}`) : 'Reading…'}</span>
        ${mayAll('admin') ? html`<button class="primary" @click=${() => this.#edit('')}>Add a recorder</button>` : nothing}
      </div>
      ${this._failure ? html`<p class="message bad" role="alert">${this._failure}</p>` : nothing}
      ${this._recorders?.size === 0 ? html`<p class="card">There are no recorders yet.${mayAll('admin') ? ' Add one: a camera’s RTSP address, a file, or test: for a test pattern.' : ''}</p>` : nothing}
      ${found.length > 0 ? html`<ul aria-label="Recorders">${repeat(found, recorder => recorder.id, recorder => this.#row(recorder))}</ul>` : nothing}
      ${this._edited !== null ? html`
        <recorder-form .recorder=${this._edited} @saved=${this.#saved} @closed=${() => { this._edited = null; }}></recorder-form>` : nothing}`;
  }

  /** @param {Recorder} recorder Rows that have not changed are not drawn again. */
  #row(recorder) {
    const tile = tiles.value.get(recorder.id);
    return guard([recorder, tile?.status, tile?.state, tile?.detail, session.value], () => {
      const { id } = recorder;
      const [mayRun, mayChange] = [may('operator', id), may('admin', id)];
      const isActive = (tile?.state ?? recorder.state) !== 'inactive';
      return html`
        <li class=${mayRun ? '' : 'watched'}>
          <span class="name">${id}</span>
          <span class="state" title=${tile?.detail ?? nothing}>${statusBadge(this.#statusOf(recorder))}</span>
          <span class="source mono muted" title=${recorder.source}>${recorder.source}</span>
          <span class="labels">${Object.entries(recorder.labels).map(([name, value]) => html`<span class="chip">${value ? `${name}: ${value}` : name}</span>`)}</span>
          ${mayRun ? html`<span class="actions">
            <button @click=${() => this.#command(id, isActive ? 'stop' : 'start')} aria-label="${isActive ? 'Stop' : 'Start'} ${id}">${isActive ? 'Stop' : 'Start'}</button>
            ${mayChange ? html`<button class="quiet" @click=${() => this.#edit(id)} aria-label="Change ${id}">Change</button>
              <button class="quiet" @click=${() => this.#remove(id)} aria-label="Delete ${id}">Delete</button>` : nothing}
          </span>` : nothing}
        </li>`;
    });
  }

  #found() {
    const { params } = route.value;
    const filters = { find: params.get('find') ?? '', status: params.get('status') ?? '' };
    return [...this._recorders?.values() ?? []].filter(recorder => isFound(recorder, this.#statusOf(recorder), filters));
  }

  /** @param {Recorder} recorder */
  #statusOf(recorder) {
    return tiles.value.get(recorder.id)?.status ?? statusOf(recorder);
  }

  async #load() {
    try {
      const read = new Map();
      /** @type {string | undefined} */
      let after;
      do {
        /** @type {{ recorders: Recorder[], next?: string }} */
        const page = await api.get('/v1/recorders', { query: { limit: PageSize, after }, signal: this.signal });
        for (const recorder of page.recorders) read.set(recorder.id, this.#sameOr(recorder));
        after = page.next;
      } while (after);
      this._recorders = read;
      this._failure = '';
    } catch (failed) {
      if (!this.signal.aborted) this._failure = sentenceOf(failed);
    }
  }

  /** @param {Recorder} recorder The object that is shown already, when nothing of it has changed. */
  #sameOr(recorder) {
    const known = this._recorders?.get(recorder.id);
    return known && JSON.stringify(known) === JSON.stringify(recorder) ? known : recorder;
  }

  // A recorder that somebody else defined or removed is on the wall, or is not any more.
  #takeTiles() {
    const known = this._recorders;
    if (known && tiles.value.size > 0 && (tiles.value.size !== known.size || [...tiles.value.keys()].some(id => !known.has(id)))) void this.#load();
    this.requestUpdate();
  }

  /** @param {string} id */
  async #reload(id) {
    /** @type {Recorder} */
    const recorder = await api.get(`/v1/recorders/${part(id)}`, { signal: this.signal });
    const all = new Map(this._recorders ?? []).set(recorder.id, recorder);
    this._recorders = new Map([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** @param {string} id @param {'start' | 'stop'} verb */
  async #command(id, verb) {
    try {
      this._failure = '';
      await api.post(`/v1/recorders/${part(id)}:${verb}`, {});
      announce(`${id} was told to ${verb}.`);
      await this.#reload(id);
    } catch (failed) {
      this.#fail(`${id}: ${sentenceOf(failed)}`);
    }
  }

  /** @param {string} id */
  async #remove(id) {
    const isSure = await confirm({
      title: `Delete ${id}?`, text: 'A recording of it that is running is stopped. Its recordings stay.', action: 'Delete', isDangerous: true,
    });
    if (!isSure) return;
    try {
      this._failure = '';
      await api.delete(`/v1/recorders/${part(id)}`);
      const left = new Map(this._recorders ?? []);
      left.delete(id);
      this._recorders = left;
      announce(`${id} is deleted.`);
    } catch (failed) {
      this.#fail(`${id}: ${sentenceOf(failed)}`);
    }
  }

  /** @param {string} sentence The paragraph that shows it announces it. */
  #fail(sentence) {
    this._failure = sentence;
  }

  /** @param {string} id */
  #edit(id) {
    this._edited = id;
  }

  /** @param {CustomEvent<string>} event */
  async #saved(event) {
    this._edited = null;
    await this.#reload(event.detail).catch(failed => this.#fail(sentenceOf(failed)));
  }

  /** @param {Event} event */
  #find(event) {
    this.#show({ find: /** @type {HTMLInputElement} */ (event.target).value || null });
  }

  /** @param {Event} event */
  #filter(event) {
    this.#show({ status: /** @type {HTMLSelectElement} */ (event.target).value || null });
  }

  /** @param {Record<string, string | null>} params */
  #show(params) {
    go(hrefOf('recorders', { params: { ...Object.fromEntries(route.value.params), ...params } }), { replace: true });
  }
}

customElements.define('recorders-page', RecordersPage);

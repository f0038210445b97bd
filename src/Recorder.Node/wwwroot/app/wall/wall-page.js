import { css, html, nothing, repeat } from '../../vendor/lit.js';
import { connection } from '../api/connection.js';
import { session } from '../api/session.js';
import { clockAhead, isTold, tiles, watchWall } from '../api/wall-stream.js';
import { route } from '../router.js';
import '../takes/take-bar.js';
import { announce } from '../ui/announce.js';
import { formatCount } from '../ui/format.js';
import { registerKeys } from '../ui/keys.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { Statuses, statusWord } from '../ui/status.js';
import { arrange, isInTrouble, isShown, move } from './tiles.js';
import './wall-list.js';
import './wall-tile.js';

/** @typedef {import('./wall-tile.js').WallTile} WallTile */
/** @typedef {'s' | 'm' | 'l' | 'xl'} Size */

const Kept = 'recorder.wall';
/** More pictures than this nobody sees at once: a list is shown first. */
const MostPictures = 60;

/** The wall: a tile a recorder, or a list of many; arranged by dragging, by buttons or by keys. */
export class WallPage extends Part {
  static properties = { text: { state: true }, status: { state: true }, isArranging: { state: true } };

  static styles = [shared, css`
    :host { display: grid; gap: var(--space-3); }
    .bar { display: flex; flex-wrap: wrap; gap: var(--space-2); align-items: center; }
    .grid { display: grid; gap: var(--space-2); grid-template-columns: repeat(auto-fill, minmax(min(100%, var(--tile, 320px)), 1fr)); }
    .grid[data-size="s"] { --tile: 220px; }
    .grid[data-size="l"] { --tile: 480px; }
    .grid[data-size="xl"] { --tile: 720px; }
    wall-tile.over { outline: 2px dashed var(--accent); }
    input[type="search"] { width: 18rem; }
    @media (max-width: 640px) { input[type="search"] { flex: 1 1 100%; } }
  `];

  /** @type {{ order: string[], size: Size, view: '' | 'pictures' | 'list' }} */
  #kept = { order: [], size: 'm', view: '' };

  constructor() {
    super();
    this.text = '';
    this.status = '';
    this.isArranging = false;
    try {
      this.#kept = { ...this.#kept, ...JSON.parse(localStorage.getItem(Kept) ?? '{}') };
    } catch {
      // What another version kept is not needed.
    }
  }

  begin() {
    this.redrawOn(tiles, isTold, session, route, connection);
    this.endWith(watchWall());
    this.#readRoute();
    this.endWith(route.watch(() => this.#readRoute()));
    const focused = () => /** @type {WallTile | null} */ (this.shadowRoot?.activeElement?.closest('wall-tile') ?? null);
    const onTile = () => focused() !== null;
    this.endWith(registerKeys('Wall', [
      { keys: '/', label: 'Find a recorder', run: () => this.renderRoot.querySelector('input')?.focus() },
      { keys: 'v', label: 'Show pictures, or a list', run: () => this.#show(this.#isList ? 'pictures' : 'list') },
      { keys: 'f', label: 'Show the tile in full screen, or not any more', run: () => focused()?.toggleFullScreen(), when: onTile },
      { keys: 'p', label: 'Show the preview of the tile, or its main source', run: () => focused()?.togglePreview(), when: onTile },
      { keys: 'Alt+ArrowLeft', label: 'Move the tile forward', run: () => this.#moveBy(focused()?.tile.id, -1), when: onTile },
      { keys: 'Alt+ArrowRight', label: 'Move the tile back', run: () => this.#moveBy(focused()?.tile.id, 1), when: onTile },
    ]));
  }

  render() {
    const all = this.#all();
    if (!isTold.value) return html`<h1>Wall</h1><p class="muted">Asking the node…</p>`;
    const now = Date.now() + clockAhead;
    const shown = arrange(all.values(), this.#kept.order).filter(tile => isShown(tile, this, now));
    const troubled = Array.from(all.values()).filter(tile => isInTrouble(tile, now)).length;
    return html`
      <div class="bar">
        <h1>Wall</h1>
        <span class="muted grow" role="status">${this.#summary(all.size, shown.length, troubled)}</span>
        <input type="search" aria-label="Find by name, id or label=value" placeholder="Find: name or label=value" .value=${this.text} @input=${this.#find}>
        <select aria-label="Only recorders that are" .value=${this.status} @change=${(/** @type {Event} */ event) => { this.status = /** @type {HTMLSelectElement} */ (event.target).value; }}>
          <option value="">All</option>
          <option value="trouble">In trouble</option>
          ${Statuses.map(status => html`<option value=${status}>${statusWord(status)}</option>`)}
        </select>
        <button aria-pressed=${this.#isList} @click=${() => this.#show(this.#isList ? 'pictures' : 'list')} title="(v)">${this.#isList ? 'Pictures' : 'List'}</button>
        ${this.#isList ? nothing : html`
          <select aria-label="Size of the pictures" .value=${this.#kept.size} @change=${this.#resize}>
            <option value="s" ?selected=${this.#kept.size === 's'}>Small</option><option value="m" ?selected=${this.#kept.size === 'm'}>Medium</option>
            <option value="l" ?selected=${this.#kept.size === 'l'}>Large</option><option value="xl" ?selected=${this.#kept.size === 'xl'}>Huge</option>
          </select>
          <button aria-pressed=${this.isArranging} @click=${() => { this.isArranging = !this.isArranging; }}>Arrange</button>`}
      </div>
      <take-bar></take-bar>
      ${this.#content(all.size, shown)}`;
  }

  /** @param {number} count @param {readonly import('./tiles.js').Tile[]} shown */
  #content(count, shown) {
    if (count === 0) return html`<p class="message">There is no recorder yet. <a href="#/recorders">Add one</a>.</p>`;
    if (shown.length === 0) return html`<p class="message">No recorder is like that. <button class="quiet" @click=${this.#clear}>Show all</button></p>`;
    if (this.#isList) return html`<wall-list .tiles=${shown}></wall-list>`;
    return html`
      <div class="grid" data-size=${this.#kept.size} @move-tile=${this.#moved}>
        ${repeat(shown, tile => tile.id, tile => html`
          <wall-tile tabindex="0" .tile=${tile} .isArranged=${this.isArranging} draggable=${this.isArranging}
            @dragstart=${(/** @type {DragEvent} */ event) => this.#drag(event, tile.id)}
            @dragover=${this.#over} @dragleave=${this.#leave} @drop=${(/** @type {DragEvent} */ event) => this.#drop(event, tile.id)}></wall-tile>`)}
      </div>`;
  }

  /** Nobody knows what recorders do whose node does not answer: it is not shown as if it were known. */
  #all() {
    const { isUp, since } = connection.value;
    if (isUp) return tiles.value;
    const away = { status: /** @type {const} */ ('away'), detail: 'The node does not answer.', since: new Date(since).toISOString() };
    return new Map(Array.from(tiles.value, ([id, tile]) => [id, { ...tile, ...away }]));
  }

  get #isList() {
    return this.#kept.view === '' ? tiles.value.size > MostPictures : this.#kept.view === 'list';
  }

  /** @param {number} all @param {number} shown @param {number} troubled */
  #summary(all, shown, troubled) {
    const some = shown === all ? formatCount(all, 'recorder') : `${shown} of ${formatCount(all, 'recorder')}`;
    return troubled === 0 ? some : `${some}, ${troubled} not recording as they should`;
  }

  #readRoute() {
    const find = route.value.page.name === 'wall' ? route.value.params.get('find') : null;
    if (find !== null) this.text = find;
  }

  /** @param {Event} event */
  #find(event) {
    this.text = /** @type {HTMLInputElement} */ (event.target).value;
  }

  #clear() {
    [this.text, this.status] = ['', ''];
  }

  /** @param {'pictures' | 'list'} view */
  #show(view) {
    this.#keep({ view });
  }

  /** @param {Event} event */
  #resize(event) {
    this.#keep({ size: /** @type {Size} */ (/** @type {HTMLSelectElement} */ (event.target).value) });
  }

  /** @param {Partial<{ order: string[], size: Size, view: '' | 'pictures' | 'list' }>} change */
  #keep(change) {
    this.#kept = { ...this.#kept, ...change };
    localStorage.setItem(Kept, JSON.stringify(this.#kept));
    this.requestUpdate();
  }

  /** @param {DragEvent} event @param {string} id */
  #drag(event, id) {
    event.dataTransfer?.setData('text/plain', id);
    if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
  }

  /** @param {DragEvent} event */
  #over(event) {
    event.preventDefault();
    /** @type {HTMLElement} */ (event.currentTarget).classList.add('over');
  }

  /** @param {DragEvent} event */
  #leave(event) {
    /** @type {HTMLElement} */ (event.currentTarget).classList.remove('over');
  }

  /** @param {DragEvent} event @param {string} to */
  #drop(event, to) {
    event.preventDefault();
    this.#leave(event);
    this.#place(event.dataTransfer?.getData('text/plain') ?? '', to);
  }

  /** @param {CustomEvent<{ id: string, by: number }>} event */
  #moved(event) {
    this.#moveBy(event.detail.id, event.detail.by);
  }

  /** @param {string | undefined} id @param {number} by */
  #moveBy(id, by) {
    const ids = this.#ids();
    const to = ids[ids.indexOf(id ?? '') + by];
    if (id !== undefined && to !== undefined) this.#place(id, to);
  }

  /** @param {string} id @param {string} to */
  #place(id, to) {
    const order = move(this.#ids(), id, to);
    this.#keep({ order });
    announce(`${id} is now ${order.indexOf(id) + 1} of ${order.length}.`);
  }

  #ids() {
    return arrange(tiles.value.values(), this.#kept.order).map(tile => tile.id);
  }
}

customElements.define('wall-page', WallPage);

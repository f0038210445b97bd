import { css, html, nothing, repeat } from '../../vendor/lit.js';
import { mayAll, session } from '../api/session.js';
import { clockAhead } from '../api/wall-stream.js';
import { sentenceOf } from '../api/errors.js';
import { go, hrefOf, route } from '../router.js';
import { formatDateTime, formatDuration } from '../ui/format.js';
import { registerKeys } from '../ui/keys.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import './angle-list.js';
import { isOpen, lengthOf, nameOf, Ratings } from './take.js';
import './take-bar.js';
import './take-export.js';
import { changeSlate, followTakes, takes } from './take-store.js';

/** @typedef {import('./take.js').Take} Take */

/** The takes, the newest first, and one of them: its angles, marks, notes, history and export. */
export class TakesPage extends Part {
  static properties = { problem: { state: true } };

  static styles = [shared, css`
    :host { display: grid; gap: var(--space-3); grid-template-columns: minmax(0, 1fr); }
    .columns { display: grid; gap: var(--space-3); grid-template-columns: minmax(20rem, 1fr) minmax(0, 2fr); align-items: start; }
    @media (max-width: 900px) { .columns { grid-template-columns: minmax(0, 1fr); } }
    ol { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); max-height: 70vh; overflow: auto; }
    li a { display: grid; grid-template-columns: 1fr auto; gap: 0 var(--space-2); padding: var(--space-2) var(--space-3); color: var(--text); text-decoration: none; border-bottom: 1px solid var(--line); }
    li a:hover { background: var(--raised); }
    li a[aria-current] { background: var(--raised); box-shadow: inset 3px 0 0 var(--accent); }
    li a:focus-visible { outline-offset: -3px; }
    .detail { display: grid; gap: var(--space-3); }
    textarea { width: 100%; min-height: 5rem; }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 2px var(--space-3); margin: 0; }
    dt { color: var(--muted); }
    dd { margin: 0; overflow-wrap: anywhere; }
    .swatch { display: inline-block; width: 10px; height: 10px; border-radius: 2px; border: 1px solid var(--edge); }
    [aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  `];

  constructor() {
    super();
    this.problem = '';
  }

  begin() {
    this.redrawOn(takes, session, route);
    this.endWith(followTakes());
    this.endWith(registerKeys('Takes', [
      { keys: 'ArrowDown', label: 'The take before', run: () => this.#step(1) },
      { keys: 'ArrowUp', label: 'The take after', run: () => this.#step(-1) },
      { keys: 'Shift+V', label: 'Review the take', run: () => go(hrefOf('review', { params: { take: this.#shown?.id } })), when: () => this.#shown?.at !== undefined },
      { keys: 'Shift+X', label: 'Export the take', run: () => this.#export(), when: () => this.#shown?.at !== undefined },
    ]));
  }

  render() {
    const all = takes.value;
    return html`
      <h1>Takes</h1>
      <take-bar></take-bar>
      ${all === null ? html`<p class="muted">Asking the node…</p>` : all.length === 0 ? html`<p class="message">There is no take yet: arm one above.</p>` : html`
        <div class="columns">
          <nav aria-label="Takes"><ol>${repeat(all, take => take.id, take => this.#line(take))}</ol></nav>
          ${this.#shown ? this.#detail(this.#shown) : nothing}
        </div>`}`;
  }

  /** @returns {Take | null} The one of the address, or the newest. */
  get #shown() {
    const [id] = route.value.segments;
    return takes.value?.find(take => take.id === id) ?? takes.value?.[0] ?? null;
  }

  /** @param {Take} take */
  #line(take) {
    const { rating } = take.slate;
    return html`
      <li><a href=${hrefOf('takes', { segments: [take.id] })} aria-current=${take === this.#shown ? 'true' : nothing}>
        <strong>${nameOf(take)}</strong>
        <span>${isOpen(take) ? html`<span class="badge ${take.state === 'armed' ? 'waiting' : 'rec'}">${take.state.toUpperCase()}</span>` : this.#rated(rating)}</span>
        <span class="muted">${formatDateTime(take.at ?? take.armedAt)}</span>
        <span class="muted mono">${take.at === undefined ? 'not recorded' : formatDuration(lengthOf(take, Date.now() + clockAhead))}</span>
      </a></li>`;
  }

  /** @param {Take['slate']['rating']} rating */
  #rated(rating) {
    return rating === 'none' ? nothing : html`<span class="badge ${rating === 'noGood' ? 'bad' : 'ok'}">${Ratings[rating].toUpperCase()}</span>`;
  }

  /** @param {Take} take */
  #detail(take) {
    const { slate } = take;
    return html`
      <section class="card detail" aria-label="Take ${slate.take}">
        <div class="row">
          <h2 class="grow">${nameOf(take)}</h2>
          ${take.at === undefined ? nothing : html`<a class="button" href=${hrefOf('review', { params: { take: take.id } })} title="Shift+V">Review</a>`}
        </div>
        <dl>
          ${take.timeCode ? html`<dt>Time code</dt><dd class="mono">${take.timeCode} at ${take.rate}</dd>` : nothing}
          <dt>Began</dt><dd>${take.at === undefined ? 'not recorded' : formatDateTime(take.at)}</dd>
          ${take.marks.length === 0 ? nothing : html`
            <dt>Marks</dt><dd>${take.marks.map(mark => html`<a href=${hrefOf('review', { params: { take: take.id, at: mark.at } })}>${mark.name}</a> <span class="muted">${formatDuration(Date.parse(mark.at) - Date.parse(take.at ?? mark.at))}</span><br>`)}</dd>`}
        </dl>
        <angle-list .take=${take}></angle-list>
        ${mayAll('operator') ? this.#forms(take) : slate.notes ? html`<p>${slate.notes}</p>` : nothing}
        ${this.problem ? html`<p class="message bad" role="alert">${this.problem}</p>` : nothing}
        ${take.at === undefined ? nothing : html`<take-export .take=${take}></take-export>`}
        ${take.history.length === 0 ? nothing : html`
          <details><summary>What was changed</summary>
            <ul>${take.history.map(change => html`<li>${formatDateTime(change.at)}: ${change.what} from “${change.from}” to “${change.to}”</li>`)}</ul>
          </details>`}
      </section>`;
  }

  /** @param {Take} take */
  #forms({ id, slate }) {
    return html`
      <div class="row" role="group" aria-label="Rating">
        ${/** @type {const} */ (['none', 'good', 'noGood', 'circled']).map(rating => html`
          <button aria-pressed=${slate.rating === rating} @click=${() => this.#change(id, { rating })}>${Ratings[rating]}</button>`)}
      </div>
      <div class="field">
        <label for="notes">Notes</label>
        <textarea id="notes" maxlength="4000" .value=${slate.notes} @change=${(/** @type {Event} */ event) => this.#change(id, { notes: /** @type {HTMLTextAreaElement} */ (event.target).value })}></textarea>
      </div>`;
  }

  /** @param {string} id @param {Record<string, unknown>} slate */
  async #change(id, slate) {
    try {
      this.problem = '';
      await changeSlate(id, slate);
    } catch (failed) {
      this.problem = sentenceOf(failed);
    }
  }

  /** @param {number} by */
  #step(by) {
    const all = takes.value ?? [];
    const next = all[all.findIndex(take => take === this.#shown) + by];
    if (next) go(hrefOf('takes', { segments: [next.id] }), { replace: true });
  }

  #export() {
    void /** @type {import('./take-export.js').TakeExport | null} */ (this.renderRoot.querySelector('take-export'))?.exportTake();
  }
}

customElements.define('takes-page', TakesPage);

import { css, html, nothing } from '../../vendor/lit.js';
import { sentenceOf, shareOut } from '../api/errors.js';
import { may, mayAll, session } from '../api/session.js';
import { clockAhead, tiles, watchWall } from '../api/wall-stream.js';
import { hrefOf } from '../router.js';
import { announce } from '../ui/announce.js';
import { formatCount, formatDuration } from '../ui/format.js';
import { registerKeys } from '../ui/keys.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import './angle-list.js';
import { isMissing, isOpen, isRecording, lengthOf, nameOf, Ratings, readinessOf } from './take.js';
import { armTake, changeSlate, commandTake, followTakes, takes } from './take-store.js';

/** @typedef {import('./take.js').Take} Take */

const Kept = 'recorder.take';

/** Arms, records, marks, ends and rates a take: many recorders as one. By pointer, or by keys alone. */
export class TakeBar extends Part {
  static properties = { errors: { state: true }, isBusy: { state: true }, isChoosing: { state: true } };

  static styles = [shared, css`
    :host { display: block; }
    .card { padding: var(--space-2) var(--space-3); display: grid; gap: var(--space-2); }
    .field { margin: 0; }
    .field label { font-size: var(--size-s); color: var(--muted); }
    .field input { width: 10rem; }
    .field input.short { width: 5rem; }
    .line { display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-3); align-items: end; }
    .line.level { align-items: center; }
    section:focus { outline: none; }
    .time { font-size: var(--size-l); font-weight: 600; }
    .rec { background: var(--rec); color: var(--on-rec); border-color: var(--rec); font-weight: 700; }
    .rec:disabled { background: var(--raised); color: var(--muted); border-color: var(--line); }
    fieldset { border: 1px solid var(--line); border-radius: var(--radius); display: flex; flex-wrap: wrap; gap: 0 var(--space-3); margin: 0; max-height: 14rem; overflow: auto; }
    fieldset label { display: inline-flex; align-items: center; gap: var(--space-1); min-height: 28px; }
    .problem { color: var(--danger); margin: 0; }
    [aria-pressed="true"] { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); }
  `];

  /** @type {{ project: string, scene: string, shot: string, left: string[] }} Left are the recorders that are left out. */
  #kept = { project: '', scene: '1', shot: '', left: [] };
  /** @type {Element | null} */
  #hadFocus = null;
  #said = '';

  constructor() {
    super();
    /** @type {{ fields: Record<string, string>, form: string }} */
    this.errors = { fields: {}, form: '' };
    this.isBusy = false;
    this.isChoosing = false;
    try {
      this.#kept = { ...this.#kept, ...JSON.parse(localStorage.getItem(Kept) ?? '{}') };
    } catch {
      // What another version kept is not needed.
    }
  }

  begin() {
    this.redrawOn(takes, tiles, session);
    this.endWith(followTakes());
    this.endWith(watchWall());
    const clock = setInterval(() => this.#showTime(), 250);
    this.endWith(() => clearInterval(clock));
    const mayRun = () => mayAll('operator');
    const armed = () => mayRun() && this.#open?.state === 'armed';
    const running = () => mayRun() && this.#open !== null && isRecording(this.#open);
    const ended = () => mayRun() && this.#open === null && this.#last !== null;
    this.endWith(registerKeys('Take', [
      { keys: 's', label: 'Write the scene', run: () => this.#write('scene'), when: () => mayRun() && this.#open === null },
      { keys: 'Shift+A', label: 'Arm a take', run: () => void this.#arm(), when: () => mayRun() && this.#open === null },
      { keys: 'Shift+R', label: 'Record the take that is armed', run: () => void this.#start(), when: armed },
      { keys: 'Shift+S', label: 'Stop the take', run: () => void this.#stop(), when: () => mayRun() && this.#open !== null },
      { keys: 'm', label: 'Mark this moment of the take', run: () => void this.#mark(), when: running },
      { keys: 'Shift+G', label: 'The last take is good', run: () => void this.#rate('good'), when: ended },
      { keys: 'Shift+N', label: 'The last take is no good', run: () => void this.#rate('noGood'), when: ended },
      { keys: 'Shift+C', label: 'Circle the last take', run: () => void this.#rate('circled'), when: ended },
    ]));
  }

  render() {
    if (!session.value?.role || takes.value === null) return nothing;
    const open = this.#open;
    if (!mayAll('operator')) return open ? html`<section class="card" aria-label="Take">${this.#state(open)}<angle-list .take=${open}></angle-list></section>` : nothing;
    return html`
      <section class="card" aria-label="Take" tabindex="-1">
        ${open === null ? this.#slate() : open.state === 'armed' ? this.#armed(open) : this.#recording(open)}
        ${this.errors.form ? html`<p class="problem" role="alert">${this.errors.form}</p>` : nothing}
      </section>`;
  }

  willUpdate() {
    this.#hadFocus = this.shadowRoot?.activeElement ?? null;
  }

  /** It changes more often than the rest, which is not drawn again for it. */
  #showTime() {
    const text = this.renderRoot.querySelector('.time');
    if (text && this.#open) text.textContent = formatDuration(lengthOf(this.#open, Date.now() + clockAhead));
  }

  updated() {
    this.#showTime();
    // A button that goes with its state leaves the focus where the next one is.
    if (this.#hadFocus && !this.#hadFocus.isConnected) /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('section'))?.focus();
    const open = this.#open;
    const says = open === null ? '' : readinessOf(open);
    if (says !== this.#said && says) announce(says);
    this.#said = says;
  }

  /** The take that is under way, if any. */
  get #open() {
    return takes.value?.find(isOpen) ?? null;
  }

  get #last() {
    return takes.value?.find(take => take.at !== undefined) ?? null;
  }

  #slate() {
    const last = this.#last;
    const chosen = this.#chosen();
    return html`
      <div class="line">
        ${this.#field('project', 'Project', '')}
        ${this.#field('scene', 'Scene', 'short')}
        ${this.#field('shot', 'Shot', 'short')}
        <button @click=${() => { this.isChoosing = !this.isChoosing; }} aria-expanded=${this.isChoosing}>${formatCount(chosen.length, 'recorder')}</button>
        <button class="primary" ?disabled=${this.isBusy || chosen.length === 0} @click=${this.#arm} title="Shift+A">ARM</button>
        ${last ? this.#rating(last) : nothing}
      </div>
      ${this.isChoosing ? this.#choice() : nothing}`;
  }

  /** @param {'project' | 'scene' | 'shot'} name @param {string} label @param {string} size */
  #field(name, label, size) {
    const error = this.errors.fields[name];
    return html`
      <div class="field">
        <label for=${name}>${label}</label>
        <input id=${name} class=${size} .value=${this.#kept[name]} autocomplete="off" maxlength="200"
          aria-invalid=${error ? 'true' : 'false'} aria-describedby=${error ? `${name}-error` : nothing}
          @input=${(/** @type {Event} */ event) => this.#keep({ [name]: /** @type {HTMLInputElement} */ (event.target).value })}
          @keydown=${this.#leave}>
        ${error ? html`<p class="error" id="${name}-error">${error}</p>` : nothing}
      </div>`;
  }

  /** @param {'project' | 'scene' | 'shot'} name What is there is written over. */
  #write(name) {
    const field = /** @type {HTMLInputElement | null} */ (this.renderRoot.querySelector(`#${name}`));
    field?.focus();
    field?.select();
  }

  /** @param {KeyboardEvent} event */
  #leave = event => {
    if (event.key === 'Enter') void this.#arm();
    // The keys of the page work again.
    else if (event.key === 'Escape') /** @type {HTMLElement} */ (event.target).blur();
  };

  #choice() {
    const chosen = new Set(this.#chosen());
    return html`
      <fieldset>
        <legend class="hidden">Recorders of the take</legend>
        ${this.#mine().map(({ id, name }) => html`
          <label><input type="checkbox" .checked=${chosen.has(id)} @change=${(/** @type {Event} */ event) => this.#choose(id, /** @type {HTMLInputElement} */ (event.target).checked)}> ${name ?? id}</label>`)}
      </fieldset>`;
  }

  /** @param {Take} take */
  #rating(take) {
    const { rating } = take.slate;
    return html`
      <span class="row">
        <a href=${hrefOf('takes', { segments: [take.id] })}>${nameOf(take)}</a>
        ${/** @type {const} */ (['good', 'noGood', 'circled']).map(value => html`
          <button aria-pressed=${rating === value} @click=${() => this.#rate(rating === value ? 'none' : value)}>${Ratings[value].toUpperCase()}</button>`)}
        <a class="button" href=${hrefOf('review', { params: { take: take.id } })}>Review</a>
      </span>`;
  }

  /** @param {Take} take */
  #armed(take) {
    const ready = take.angles.filter(angle => angle.state === 'ready').length;
    return html`
      <div class="line level">
        ${this.#state(take)}
        <span>${ready === take.angles.length ? `All ${ready} are ready.` : `${ready} of ${take.angles.length} are ready.`}</span>
        <button class="rec" ?disabled=${this.isBusy || ready === 0} @click=${this.#start} title="Shift+R">● REC</button>
        <button ?disabled=${this.isBusy} @click=${this.#stop}>Cancel</button>
      </div>
      <angle-list .take=${take}></angle-list>`;
  }

  /** @param {Take} take */
  #recording(take) {
    const missing = take.angles.filter(isMissing).length;
    return html`
      <div class="line level">
        ${this.#state(take)}
        <span class="time mono"></span>
        ${missing > 0 ? html`<span class="problem">${formatCount(missing, 'recorder')} missing</span>` : nothing}
        <button ?disabled=${this.isBusy} @click=${this.#mark} title="M">MARK${take.marks.length > 0 ? ` (${take.marks.length})` : ''}</button>
        <button class="danger" ?disabled=${this.isBusy || take.state === 'ending'} @click=${this.#stop} title="Shift+S">■ STOP</button>
      </div>
      <angle-list .take=${take}></angle-list>`;
  }

  /** @param {Take} take */
  #state(take) {
    const word = take.state === 'armed' ? 'ARMED' : take.state === 'ending' ? 'ENDING' : 'REC';
    return html`<span class="badge ${word === 'REC' ? 'rec' : 'waiting'}">${word}</span> <strong>${nameOf(take)}</strong>`;
  }

  /** The recorders that the user may run, each with its name. */
  #mine() {
    return Array.from(tiles.value.values()).filter(tile => may('operator', tile.id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  }

  #chosen() {
    const left = new Set(this.#kept.left);
    return this.#mine().map(tile => tile.id).filter(id => !left.has(id));
  }

  /** @param {string} id @param {boolean} isIn */
  #choose(id, isIn) {
    const left = this.#kept.left.filter(each => each !== id);
    this.#keep({ left: isIn ? left : [...left, id] });
  }

  /** @param {Partial<{ project: string, scene: string, shot: string, left: string[] }>} change */
  #keep(change) {
    this.#kept = { ...this.#kept, ...change };
    localStorage.setItem(Kept, JSON.stringify(this.#kept));
    this.requestUpdate();
  }

  #arm = () => this.#do(async () => {
    const { project, scene, shot } = this.#kept;
    const take = await armTake({ project, scene, shot, angles: this.#chosen().map(recorder => ({ recorder })) });
    this.#said = readinessOf(take);
    announce(`${nameOf(take)} is armed. ${this.#said}`);
  });

  #start = () => this.#doOpen(async take => {
    await commandTake(take.id, 'start');
    // In one sentence: what is said next takes the place of what was not heard yet.
    this.#said = this.#open ? readinessOf(this.#open) : '';
    announce(`${nameOf(take)} records. ${this.#said}`.trim());
  });

  #stop = () => this.#doOpen(async take => {
    await commandTake(take.id, 'stop');
    announce(`${nameOf(take)} has ended.`);
  });

  #mark = () => this.#doOpen(async take => {
    await commandTake(take.id, 'mark', { label: `Mark ${take.marks.length + 1}` });
    announce('Marked.');
  });

  /** @param {'none' | 'good' | 'noGood' | 'circled'} rating */
  #rate(rating) {
    return this.#do(async () => {
      const take = this.#last;
      if (!take) return;
      await changeSlate(take.id, { rating });
      announce(`${nameOf(take)}: ${Ratings[rating].toLowerCase()}.`);
    });
  }

  /** @param {(take: Take) => Promise<void>} work */
  #doOpen(work) {
    return this.#do(async () => {
      if (this.#open) await work(this.#open);
    });
  }

  /** @param {() => Promise<void>} work */
  async #do(work) {
    if (this.isBusy) return;
    this.isBusy = true;
    this.errors = { fields: {}, form: '' };
    try {
      await work();
    } catch (failed) {
      this.errors = this.#open === null ? shareOut(failed, ['project', 'scene', 'shot']) : { fields: {}, form: sentenceOf(failed) };
      announce(sentenceOf(failed), { urgent: true });
    } finally {
      this.isBusy = false;
    }

    await this.updateComplete;
    /** @type {HTMLElement | null} */ (this.renderRoot.querySelector('input[aria-invalid="true"]'))?.focus();
  }
}

customElements.define('take-bar', TakeBar);

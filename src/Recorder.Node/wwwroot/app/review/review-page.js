import { css, html, nothing, repeat } from '../../vendor/lit.js';
import { api, part } from '../api/client.js';
import { ApiError, sentenceOf } from '../api/errors.js';
import { mayAll, session } from '../api/session.js';
import { clockAhead, tiles, watchWall } from '../api/wall-stream.js';
import { MOST_ANGLES, WallPlayer } from '../player/wall-player.js';
import { go, hrefOf, route } from '../router.js';
import '../timeline/lane-timeline.js';
import { readLanes } from '../timeline/lanes.js';
import { reveal, zoom } from '../timeline/scale.js';
import { announce } from '../ui/announce.js';
import { formatDuration, formatTime } from '../ui/format.js';
import { registerKeys } from '../ui/keys.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import './interval-export.js';
import './lane-notes.js';
import './picture-box.js';

/** @typedef {import('../timeline/lanes.js').LaneData} LaneData */
/** @typedef {import('../timeline/scale.js').View} View */
/** @typedef {import('../timeline/lane-timeline.js').Pointed} Pointed */

const Minute = 60_000;
const Hour = 60 * Minute;
const Views = /** @type {const} */ ({ '10 s': 10_000, '1 min': Minute, '10 min': 10 * Minute, '1 h': Hour, '1 d': 24 * Hour, '7 d': 7 * 24 * Hour, '31 d': 31 * 24 * Hour });

/** What goes on now is asked for again, and what was looked at is asked for when it has been looked at for a moment. Milliseconds. */
const Growth = 5000;
const Settled = 120;

/** Recordings of up to nine angles on one wall clock, over a timeline of all recorders. */
export class ReviewPage extends Part {
  static properties = {
    lanes: { state: true }, view: { state: true }, chosen: { state: true }, from: { state: true }, to: { state: true }, pointed: { state: true }, problem: { state: true }, text: { state: true },
  };

  static styles = [shared, css`
    :host { display: grid; gap: var(--space-3); grid-template-columns: minmax(0, 1fr); }
    .videos { display: grid; gap: var(--space-2); grid-template-columns: repeat(var(--columns, 1), minmax(0, 1fr)); grid-auto-rows: minmax(0, 1fr); height: 54vh; min-height: 240px; }
    .videos[data-columns="2"] { --columns: 2; }
    .videos[data-columns="3"] { --columns: 3; }
    .angle { position: relative; background: #000; border-radius: var(--radius); overflow: hidden; display: grid; place-items: center; min-height: 0; }
    @media (max-width: 640px) {
      .videos { height: auto; min-height: 0; } .videos[data-columns="3"] { --columns: 2; }
      .angle { aspect-ratio: 16 / 9; } }
    .angle.loud { box-shadow: 0 0 0 2px var(--accent); }
    video { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
    .angle.hole video { visibility: hidden; }
    .angle .say { position: relative; background: rgb(0 0 0 / 72%); color: #fff; padding: var(--space-2) var(--space-3); border-radius: var(--radius); text-align: center; margin: var(--space-3); overflow-wrap: anywhere; }
    .angle .name { position: absolute; left: 6px; top: 6px; background: rgb(0 0 0 / 72%); color: #fff; padding: 0 6px; border-radius: 4px; border: 0; min-height: 24px; font-size: var(--size-s); }
    .bar { display: flex; flex-wrap: wrap; gap: var(--space-2); align-items: center; }
    .now { font-size: var(--size-l); font-weight: 600; min-width: 13ch; }
    input[type="search"] { width: 14rem; }
  `];

  #player = new WallPlayer();
  /** @type {AbortController | null} */
  #reading = null;
  #readTimer = 0;
  #isFollowing = true;
  #shownParams = '';

  constructor() {
    super();
    /** @type {readonly LaneData[]} */
    this.lanes = [];
    const now = Date.now();
    /** @type {View} */
    this.view = { from: now - Hour, to: now + Minute };
    /** @type {readonly string[]} */
    this.chosen = [];
    /** @type {number | null} */
    this.from = null;
    /** @type {number | null} */
    this.to = null;
    /** @type {Pointed | null} */
    this.pointed = null;
    this.problem = '';
    this.text = '';
  }

  begin() {
    this.redrawOn(session);
    this.endWith(watchWall());
    this.#player = new WallPlayer();
    this.endWith(() => this.#player.dispose());
    this.listen(this.#player, 'time', () => this.#showTime());
    this.listen(this.#player, 'state', () => this.requestUpdate());
    this.listen(this.#player, 'failed', () => { this.problem = this.#player.sentence; });
    let known = '';
    const named = () => {
      const now = Array.from(tiles.value.keys()).join('\n');
      if (now === known) return;
      known = now;
      this.#readSoon(0);
    };
    this.endWith(tiles.watch(named));
    this.endWith(route.watch(() => void this.#readRoute()));
    const growing = setInterval(() => {
      if (!document.hidden && this.view.to > Date.now() - Growth) this.#readSoon(0);
    }, Growth);
    this.endWith(() => clearInterval(growing));
    this.endWith(() => this.#reading?.abort());
    this.endWith(registerKeys('Review', this.#keys()));
    void this.#readRoute();
    named();
  }

  #keys() {
    const player = () => this.#player;
    const isOpen = () => this.chosen.length > 0;
    return [
      { keys: 'k', label: 'Play or pause', run: () => player().toggle(), when: isOpen },
      { keys: 'Space', label: 'Play or pause', run: () => player().toggle(), when: () => isOpen() && !this.#isOnButton() },
      { keys: 'j', label: 'Play backwards; again is faster', run: () => player().shuttle('j'), when: isOpen },
      { keys: 'l', label: 'Play; again is faster', run: () => player().shuttle('l'), when: isOpen },
      { keys: 'ArrowLeft', label: 'The frame before', run: () => void player().step(-1), when: isOpen },
      { keys: 'ArrowRight', label: 'The frame after', run: () => void player().step(1), when: isOpen },
      { keys: 'Shift+ArrowLeft', label: 'Ten seconds back', run: () => this.#seek(player().wall - 10_000) },
      { keys: 'Shift+ArrowRight', label: 'Ten seconds on', run: () => this.#seek(player().wall + 10_000) },
      { keys: 'ArrowUp', label: 'Look nearer', run: () => this.#zoom(0.5) },
      { keys: 'ArrowDown', label: 'Look from farther away', run: () => this.#zoom(2) },
      { keys: 'n', label: 'To the next media behind a gap', run: () => this.#skipGap(), when: isOpen },
      { keys: 'm', label: 'Mark this moment of the take', run: () => void this.#mark(), when: () => mayAll('operator') },
      { keys: 'i', label: 'The selection begins here', run: () => this.#select('from') },
      { keys: 'o', label: 'The selection ends here', run: () => this.#select('to') },
      { keys: 'Shift+O', label: 'Select nothing', run: () => { [this.from, this.to] = [null, null]; } },
      { keys: 'Shift+X', label: 'Export the selection', run: () => void this.#export?.run(), when: () => this.from !== null && this.to !== null },
      { keys: 'Shift+L', label: 'Copy a link to this moment', run: () => void this.#copyLink() },
      ...Array.from({ length: MOST_ANGLES }, (_, index) => ({
        keys: String(index + 1), label: `Show angle ${index + 1}, or not any more`, run: () => this.#choose(this.lanes[index]?.recorder), when: () => index < this.lanes.length,
      })),
    ];
  }

  render() {
    const { chosen } = this;
    const columns = chosen.length <= 1 ? 1 : chosen.length <= 4 ? 2 : 3;
    const player = this.#player;
    return html`
      <div class="bar">
        <h1>Review</h1>
        <span class="grow"></span>
        <input type="search" aria-label="Find recorders" placeholder="Find recorders" .value=${this.text} @input=${this.#find}>
        ${Object.entries(Views).map(([label, length]) => html`<button class="quiet" @click=${() => this.#showLength(length)}>${label}</button>`)}
      </div>
      ${this.problem ? html`<p class="message bad" role="alert">${this.problem}</p>` : nothing}
      ${chosen.length === 0 ? html`<p class="message">Choose the angles to play: by their names on the left of the timeline, or with 1 to 9.</p>` : html`
        <div class="videos" data-columns=${columns}>${repeat(chosen, recorder => recorder, recorder => this.#angle(recorder))}</div>
        <div class="bar">
          <button @click=${() => player.shuttle('j')} aria-label="Backwards" title="J">◀◀</button>
          <button class="primary" @click=${() => player.toggle()} aria-label=${player.isPlaying ? 'Pause' : 'Play'} title="K">${player.isPlaying ? '❚❚' : '▶'}</button>
          <button @click=${() => player.shuttle('l')} aria-label="Forwards" title="L">▶▶</button>
          <span class="now mono"></span>
          <span class="muted">${player.isWaiting ? 'loading…' : player.rate === 1 ? '' : `${player.rate}×`}</span>
          <button @click=${() => this.#skipGap()} title="N">Next media</button>
          <button @click=${() => this.#select('from')} title="I">In</button>
          <button @click=${() => this.#select('to')} title="O">Out</button>
          ${mayAll('operator') ? html`<button @click=${() => void this.#mark()} title="M">Mark</button>` : nothing}
          <button class="quiet" @click=${() => void this.#copyLink()} title="Shift+L">Link</button>
        </div>`}
      <lane-timeline .lanes=${this.lanes} .view=${this.view} .at=${player.wall} .from=${this.from} .to=${this.to} .chosen=${chosen} .names=${this.#names}
        @view=${this.#viewed} @seek=${(/** @type {CustomEvent<number>} */ event) => this.#seek(event.detail)} @chosen=${(/** @type {CustomEvent<string>} */ event) => this.#choose(event.detail)}
        @pointed=${(/** @type {CustomEvent<Pointed | null>} */ event) => { this.pointed = event.detail; }}></lane-timeline>
      <interval-export .recorders=${chosen} .from=${this.from} .to=${this.to}></interval-export>
      <lane-notes .lanes=${this.lanes} .names=${this.#names} @seek=${(/** @type {CustomEvent<number>} */ event) => this.#seek(event.detail)}></lane-notes>
      <picture-box .pointed=${this.pointed} hidden></picture-box>`;
  }

  /** @param {string} recorder */
  #angle(recorder) {
    const angle = this.#player.angles.find(each => each.recorder === recorder);
    const isHole = angle !== undefined && (angle.state === 'gap' || angle.state === 'empty' || angle.state === 'failed');
    const isLoud = this.#player.loud === recorder;
    return html`
      <div class="angle ${isHole ? 'hole' : ''} ${isLoud ? 'loud' : ''}">
        <video playsinline muted data-recorder=${recorder} aria-label="Recorded picture of ${this.#nameOf(recorder)}"></video>
        <button class="name" aria-pressed=${isLoud} title="Hear it, or not" @click=${() => this.#hear(recorder)}>${isLoud ? '🔊 ' : ''}${this.#nameOf(recorder)}</button>
        ${isHole && (angle.notice || angle.sentence) ? html`<p class="say"><strong>${angle.notice}</strong>${angle.sentence ? html`<br>${angle.sentence}` : nothing}</p>` : nothing}
      </div>`;
  }

  updated() {
    this.#giveAngles();
    this.#showTime();
  }

  /** @type {ReadonlyMap<string, string>} */
  get #names() {
    return new Map(Array.from(tiles.value.values(), tile => [tile.id, tile.name ?? tile.id]));
  }

  /** @param {string} recorder */
  #nameOf(recorder) {
    return tiles.value.get(recorder)?.name ?? recorder;
  }

  get #export() {
    return /** @type {import('./interval-export.js').IntervalExport | null} */ (this.renderRoot.querySelector('interval-export'));
  }

  #isOnButton() {
    return this.shadowRoot?.activeElement instanceof HTMLButtonElement;
  }

  /** The elements are there only after the page is drawn. */
  #giveAngles() {
    const videos = Array.from(this.renderRoot.querySelectorAll('video'));
    const wanted = videos.map(video => ({ recorder: video.dataset.recorder ?? '', video }));
    const known = this.#player.angles;
    if (wanted.length === known.length && wanted.every(({ recorder, video }, index) => known[index]?.recorder === recorder && known[index].video === video)) return;
    this.#player.setAngles(wanted);
    for (const angle of this.#player.angles) {
      if (!known.includes(angle)) angle.addEventListener('change', () => this.requestUpdate());
    }
  }

  #showTime() {
    const { wall } = this.#player;
    const now = this.renderRoot.querySelector('.now');
    if (now) now.textContent = `${formatTime(wall)}.${String(Math.floor(wall % 1000)).padStart(3, '0')}`;
    const timeline = /** @type {import('../timeline/lane-timeline.js').LaneTimeline | null} */ (this.renderRoot.querySelector('lane-timeline'));
    if (timeline) timeline.at = wall;
    if (this.#player.isPlaying && this.#isFollowing) {
      const next = reveal(this.view, wall);
      if (next !== this.view) this.#show(next);
    }
  }

  /** @param {number} wall */
  async #seek(wall) {
    this.#isFollowing = true;
    this.#show(wall < this.view.from || wall > this.view.to ? reveal(this.view, wall) : this.view);
    await this.#player.seek(wall);
  }

  #skipGap() {
    const next = this.#player.nextMedia(this.#player.wall + 1);
    if (next === null) announce('No later media is known here.');
    else void this.#seek(next);
  }

  /** @param {'from' | 'to'} which */
  #select(which) {
    this[which] = this.#player.wall;
    if (this.from !== null && this.to !== null && this.to <= this.from) this[which === 'from' ? 'to' : 'from'] = null;
    announce(which === 'from' ? 'The selection begins here.' : `The selection ends here${this.from === null ? '' : `, after ${formatDuration(this.#player.wall - this.from)}`}.`);
  }

  /** @param {string | undefined} recorder */
  #choose(recorder) {
    if (recorder === undefined) return;
    this.problem = '';
    if (this.chosen.includes(recorder)) this.chosen = this.chosen.filter(each => each !== recorder);
    else if (this.chosen.length >= MOST_ANGLES) this.problem = `At most ${MOST_ANGLES} angles are played at a time: take one away first.`;
    else this.chosen = [...this.chosen, recorder];
    this.#writeRoute();
  }

  /** @param {string} recorder */
  #hear(recorder) {
    this.#player.loud = this.#player.loud === recorder ? null : recorder;
    this.requestUpdate();
  }

  /** A moment of a take, or of a recorder that records now: there is nothing else to write a mark to. */
  async #mark() {
    const { wall } = this.#player;
    const take = this.lanes.flatMap(lane => (this.chosen.includes(lane.recorder) ? lane.takes : [])).find(each => each.from <= wall && wall <= each.to);
    try {
      this.problem = '';
      if (!take) throw new ApiError({ status: 0, name: 'InvalidStateError', title: '', detail: 'This moment is in no take of the angles that are shown; only takes can be marked afterwards.' });
      await api.post(`/v1/takes/${part(take.id)}:mark`, { label: `Mark ${formatTime(wall)}`, at: new Date(wall).toISOString() });
      announce('Marked.');
      this.#readSoon(0);
    } catch (failed) {
      this.problem = sentenceOf(failed);
    }
  }

  async #copyLink() {
    this.#writeRoute();
    try {
      await navigator.clipboard.writeText(location.href);
      announce('The link to this moment is copied.');
    } catch {
      announce('The address of the page is the link to this moment.');
    }
  }

  /** @param {CustomEvent<View>} event */
  #viewed(event) {
    this.#isFollowing = false;
    this.#show(event.detail);
  }

  /** @param {number} factor */
  #zoom(factor) {
    const { wall } = this.#player;
    this.#show(zoom(this.view, wall >= this.view.from && wall <= this.view.to ? wall : (this.view.from + this.view.to) / 2, factor));
  }

  /** @param {number} length */
  #showLength(length) {
    const { wall } = this.#player;
    const now = Date.now() + clockAhead;
    // What goes on is at the right edge; what is looked at stays in the middle.
    const to = now - wall < length ? now + length * 0.02 : wall + length / 2;
    this.#show({ from: to - length, to });
  }

  /** @param {View} view */
  #show(view) {
    if (view === this.view) return;
    this.view = view;
    this.#readSoon(Settled);
  }

  /** @param {Event} event */
  #find(event) {
    this.text = /** @type {HTMLInputElement} */ (event.target).value;
    this.#readSoon(Settled);
  }

  /** @param {number} wait */
  #readSoon(wait) {
    clearTimeout(this.#readTimer);
    this.#readTimer = window.setTimeout(() => void this.#read(), wait);
  }

  async #read() {
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    const words = this.text.toLowerCase();
    const ids = Array.from(tiles.value.values()).filter(({ id, name }) => this.chosen.includes(id) || `${id} ${name ?? ''}`.toLowerCase().includes(words)).map(tile => tile.id);
    const shown = [...this.chosen, ...ids.toSorted().filter(id => !this.chosen.includes(id))].slice(0, 64);
    try {
      const timeline = /** @type {import('../timeline/lane-timeline.js').LaneTimeline | null} */ (this.renderRoot.querySelector('lane-timeline'));
      const lanes = shown.length === 0 ? [] : await readLanes(shown, this.view, timeline?.width ?? 800, reading.signal);
      if (reading.signal.aborted) return;
      this.lanes = this.lanes.length === 0 ? lanes : sortAs(lanes, this.lanes);
    } catch (failed) {
      if (!reading.signal.aborted && !(failed instanceof ApiError && failed.isAway)) this.problem = sentenceOf(failed);
    }
  }

  async #readRoute() {
    const { page, params } = route.value;
    if (page.name !== 'review' || params.toString() === this.#shownParams) return;
    this.#shownParams = params.toString();
    const at = Date.parse(params.get('at') ?? '');
    const take = params.get('take');
    try {
      if (take) {
        await this.#showTake(take, at);
        return;
      }
      const named = (params.get('recorder') ?? '').split(',').filter(Boolean);
      if (named.length > 0) this.chosen = named.slice(0, MOST_ANGLES);
      if (Number.isNaN(at)) {
        await this.#player.seek(Date.now() - 30_000);
      } else {
        const length = this.view.to - this.view.from;
        this.#show({ from: at - length / 2, to: at + length / 2 });
        await this.#player.seek(at);
      }
    } catch (failed) {
      this.problem = sentenceOf(failed);
    }
  }

  /** @param {string} id @param {number} at */
  async #showTake(id, at) {
    /** @type {import('../takes/take.js').Take} */
    const take = await api.get(`/v1/takes/${part(id)}`, { signal: this.signal });
    const from = Date.parse(take.at ?? take.armedAt);
    const to = take.endedAt === undefined ? Date.now() : Date.parse(take.endedAt);
    this.chosen = take.angles.map(angle => angle.recorder).slice(0, MOST_ANGLES);
    const margin = Math.max(2000, (to - from) * 0.1);
    this.#show({ from: from - margin, to: to + margin });
    await this.#player.seek(Number.isNaN(at) ? from : at);
  }

  #writeRoute() {
    const params = { recorder: this.chosen.join(','), at: new Date(this.#player.wall).toISOString() };
    this.#shownParams = new URLSearchParams(params).toString();
    go(hrefOf('review', { params }), { replace: true });
  }
}

/** Lanes stay where they are, so that the numbers of their keys stay: new ones come behind. @param {readonly LaneData[]} lanes @param {readonly LaneData[]} before */
function sortAs(lanes, before) {
  const places = new Map(before.map((lane, at) => [lane.recorder, at]));
  return lanes.toSorted((a, b) => (places.get(a.recorder) ?? Infinity) - (places.get(b.recorder) ?? Infinity) || 0);
}

customElements.define('review-page', ReviewPage);

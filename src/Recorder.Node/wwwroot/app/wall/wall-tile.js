import { css, html, nothing } from '../../vendor/lit.js';
import { api, part } from '../api/client.js';
import { sentenceOf } from '../api/errors.js';
import { may, session } from '../api/session.js';
import { clockAhead } from '../api/wall-stream.js';
import { liveSocket } from '../live/live-socket.js';
import { LiveVideo } from '../live/live-video.js';
import { hrefOf } from '../router.js';
import { announce } from '../ui/announce.js';
import { confirm } from '../ui/confirm.js';
import { formatBitRate, formatSpan, formatTime } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { statusBadge, statusWord } from '../ui/status.js';
import './level-meter.js';
import { everyTick } from './ticker.js';
import { timeCodeOf } from './tiles.js';

/** @typedef {import('../api/wall-stream.js').Tile} Tile */

/** How soon a picture that failed is asked for again, in milliseconds. */
const Again = 2000;

/** A recorder on the wall: its picture, and what an operator is to see at a glance. What nobody sees is not watched. */
export class WallTile extends Part {
  static properties = { tile: { attribute: false }, isArranged: { attribute: false }, isPreview: { state: true }, problem: { state: true }, failure: { state: true } };

  static styles = [shared, css`
    :host { display: grid; grid-template-rows: auto 1fr auto; background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; min-width: 0; }
    :host([data-status="lost"]), :host([data-status="disk"]), :host([data-status="away"]) { border-color: var(--danger); box-shadow: 0 0 0 1px var(--danger); }
    :host(:fullscreen) { border: 0; border-radius: 0; }
    header { display: flex; align-items: center; gap: var(--space-2); padding: var(--space-1) var(--space-2); min-width: 0; min-height: 34px; }
    h2 { margin: 0; font-size: var(--size); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .picture { position: relative; background: #000; aspect-ratio: 16 / 9; display: grid; place-items: center; min-height: 0; }
    :host(:fullscreen) .picture { aspect-ratio: auto; }
    video { width: 100%; height: 100%; object-fit: contain; display: block; position: absolute; inset: 0; }
    .say { position: relative; color: #fff; background: rgb(0 0 0 / 72%); padding: var(--space-2) var(--space-3); border-radius: var(--radius); margin: var(--space-3); text-align: center; max-height: 100%; overflow: auto; overflow-wrap: anywhere; }
    .code { position: absolute; left: 6px; bottom: 6px; background: rgb(0 0 0 / 72%); color: #fff; padding: 1px 6px; border-radius: 4px; font-size: var(--size-s); }
    .code:empty { display: none; }
    level-meter { position: absolute; right: 6px; bottom: 6px; top: 30%; height: auto; }
    footer { display: flex; flex-wrap: wrap; align-items: center; gap: 0 var(--space-3); padding: var(--space-1) var(--space-2); font-size: var(--size-s); color: var(--muted); min-height: 34px; }
    .bad { color: var(--danger); font-weight: 600; }
    .tools { display: flex; gap: 2px; margin-left: auto; }
    .tools a { border-color: transparent; background: transparent; color: var(--text); }
    svg { width: 14px; height: 14px; fill: currentcolor; display: block; }
    .tools button, .tools a { min-height: 26px; min-width: 26px; padding: 0 var(--space-1); font-size: var(--size-s); }
    .arrange { cursor: grab; }
  `];

  /** @type {LiveVideo | null} */
  #live = null;

  /** @type {import('../live/live-socket.js').LiveViewer | null} */
  #viewer = null;

  /** @type {(() => void) | null} */
  #ending = null;
  #isSeen = false;

  constructor() {
    super();
    /** @type {Tile} */
    this.tile = { id: '', labels: {}, node: '', state: 'inactive', status: 'idle', since: '', preview: false, bitRate: 0, dropsLastMinute: 0 };
    this.isArranged = false;
    this.isPreview = false;
    this.problem = '';
    this.failure = '';
  }

  begin() {
    this.redrawOn(session);
    this.setAttribute('role', 'group');
    const seen = new IntersectionObserver(([entry]) => {
      this.#isSeen = entry?.isIntersecting === true;
      this.#watch();
    });
    seen.observe(this);
    this.listen(document, 'visibilitychange', () => this.#watch());
    this.endWith(() => {
      seen.disconnect();
      this.#isSeen = false;
      this.#watch();
    });
  }

  /** The picture, for those that look at it. @returns {HTMLVideoElement | null} */
  get video() {
    return this.renderRoot.querySelector('video');
  }

  /** When the picture that is shown was captured; null while none is. */
  get shownAt() {
    return this.#live?.shownAt ?? null;
  }

  tick() {
    this.#live?.follow();
    const code = this.renderRoot.querySelector('.code');
    const at = this.shownAt;
    const text = at === null ? '' : timeCodeOf(at, this.tile.video?.frameRate ?? 0, -new Date(at).getTimezoneOffset());
    if (code && code.textContent !== text) {
      code.textContent = text;
      /** @type {HTMLElement} */ (code).title = at === null ? '' : `${((Date.now() + clockAhead - at) / 1000).toFixed(1)} s ago`;
    }
  }

  async togglePreview() {
    if (!this.tile.preview) return;
    this.isPreview = !this.isPreview;
    this.#stop();
    this.#watch();
    announce(`${this.#name} shows its ${this.isPreview ? 'preview' : 'main source'}.`);
  }

  toggleFullScreen() {
    if (document.fullscreenElement) void document.exitFullscreen();
    else void this.requestFullscreen().catch(() => {});
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('tile')) return;
    this.dataset.status = this.tile.status;
    this.setAttribute('aria-label', `${this.#name}: ${statusWord(this.tile.status)}`);
    const before = /** @type {Tile | undefined} */ (changed.get('tile'));
    if (!before) return;
    if (this.#viewer && this.#viewer.levels !== this.#hasSound) {
      this.#viewer.levels = this.#hasSound;
      liveSocket.changed();
    }
    const wasPreview = this.isPreview;
    if (!this.tile.preview) this.isPreview = false;
    if (before.id !== this.tile.id || wasPreview !== this.isPreview) {
      this.#stop();
      this.#watch();
    }
  }

  render() {
    const { tile } = this;
    const { status, detail, preview, recording } = tile;
    return html`
      <header class=${this.isArranged ? 'arrange' : ''}>
        ${statusBadge(status)}
        <h2 class="grow" title=${tile.id}>${this.#name}</h2>
        ${this.isArranged ? this.#arrangeButtons() : nothing}
        ${tile.take ? html`<span class="chip">take</span>` : nothing}
      </header>
      <div class="picture">
        <video muted playsinline disablepictureinpicture aria-label="Live picture of ${this.#name}"></video>
        ${this.#says(detail)}
        <span class="code mono"></span>
        ${tile.audio ? html`<level-meter .channels=${tile.audio.channels}></level-meter>` : nothing}
      </div>
      <footer>
        ${tile.state === 'inactive' ? nothing : html`<span class="mono">${formatBitRate(tile.bitRate)}</span>`}
        ${tile.dropsLastMinute > 0 ? html`<span class="mono bad">${tile.dropsLastMinute} lost/min</span>` : nothing}
        ${tile.secondsLeft === undefined ? nothing : html`<span class=${tile.secondsLeft < 3600 ? 'bad' : ''} title="Room on the volume at this rate">${formatSpan(tile.secondsLeft)} left</span>`}
        ${tile.video ? html`<span>${tile.video.width}×${tile.video.height}</span>` : nothing}
        ${this.failure ? html`<span class="bad" role="alert">${this.failure}</span>` : nothing}
        <span class="tools">
          ${this.#commands()}
          ${preview ? html`<button class="quiet" aria-pressed=${this.isPreview} @click=${this.togglePreview} title="Preview (p)">P</button>` : nothing}
          ${recording ? html`<a class="button quiet" href=${hrefOf('review', { params: { recorder: tile.id } })} aria-label="Review ${this.#name}" title="Review"><svg viewBox="0 0 14 14" aria-hidden="true"><path d="M1 2h12v2H1zM1 6h7v2H1zM10 6h3v2h-3zM1 10h3v2H1zM6 10h7v2H6z"></path></svg></a>` : nothing}
          <button class="quiet" @click=${this.toggleFullScreen} aria-label="Full screen of ${this.#name}" title="Full screen (f)"><svg viewBox="0 0 14 14" aria-hidden="true"><path d="M1 1h5v2H3v3H1zM8 1h5v5h-2V3H8zM1 8h2v3h3v2H1zM11 8h2v5H8v-2h3z"></path></svg></button>
        </span>
      </footer>`;
  }

  get #hasSound() {
    return this.tile.audio !== undefined;
  }

  get #name() {
    return this.tile.name ?? this.tile.id;
  }

  /** @param {string | undefined} detail */
  #says(detail) {
    const { status, since } = this.tile;
    if (status === 'lost' || status === 'disk' || status === 'away' || status === 'waiting') {
      return html`<p class="say"><strong>${statusWord(status)}</strong> since ${formatTime(since)}${detail ? html`<br>${detail}` : nothing}</p>`;
    }
    return this.problem ? html`<p class="say">${this.problem}</p>` : nothing;
  }

  #commands() {
    const { id, state, take } = this.tile;
    // A take's recorders begin and end with it.
    if (!may('operator', id) || take) return nothing;
    return state === 'inactive'
      ? html`<button class="quiet" @click=${() => this.#command('start')} aria-label="Record ${this.#name}" title="Record">●</button>`
      : html`<button class="quiet" @click=${() => this.#command(state === 'paused' ? 'resume' : 'pause')} aria-label="${state === 'paused' ? 'Resume' : 'Pause'} ${this.#name}" title=${state === 'paused' ? 'Resume' : 'Pause'}>${state === 'paused' ? '▶' : '❚❚'}</button>
             <button class="quiet" @click=${this.#askStop} aria-label="Stop ${this.#name}" title="Stop">■</button>`;
  }

  #arrangeButtons() {
    return html`
      <span class="tools">
        <button class="quiet" @click=${() => this.#move(-1)} aria-label="Move ${this.#name} forward" title="Forward (Alt + ←)">◀</button>
        <button class="quiet" @click=${() => this.#move(1)} aria-label="Move ${this.#name} back" title="Back (Alt + →)">▶</button>
      </span>`;
  }

  /** @param {number} by */
  #move(by) {
    this.dispatchEvent(new CustomEvent('move-tile', { detail: { id: this.tile.id, by }, bubbles: true, composed: true }));
  }

  async #askStop() {
    const isSure = await confirm({ title: `Stop ${this.#name}?`, text: 'Its recording ends. A new one begins when it is started again.', action: 'Stop', isDangerous: true });
    if (isSure) await this.#command('stop');
  }

  /** @param {string} verb */
  async #command(verb) {
    try {
      this.failure = '';
      await api.post(`/v1/recorders/${part(this.tile.id)}:${verb}`, {});
    } catch (failed) {
      this.failure = sentenceOf(failed);
    }
  }

  #watch() {
    const isWatched = this.#isSeen && !document.hidden && this.isConnected;
    if (!isWatched) this.#stop();
    else if (!this.#ending) this.#start();
  }

  #start() {
    const { video } = this;
    if (!video) {
      void this.updateComplete.then(() => this.#watch());
      return;
    }
    const live = new LiveVideo(video, (sentence, isLasting) => {
      if (!isLasting) this.#restart();
      this.problem = sentence;
    });
    this.#live = live;
    const viewer = {
      recorder: this.tile.id,
      preview: this.isPreview,
      // Only what has sound is listened to.
      levels: this.#hasSound,
      onHeader: (/** @type {string} */ type) => {
        this.problem = '';
        live.begin(type);
      },
      onMedia: (/** @type {Uint8Array<ArrayBuffer>} */ bytes) => live.add(bytes),
      onClock: (/** @type {number} */ media, /** @type {number} */ wall) => live.setClock(media, wall),
      onLevels: (/** @type {readonly number[]} */ levels) => /** @type {import('./level-meter.js').LevelMeter | null} */ (this.renderRoot.querySelector('level-meter'))?.show(levels),
      onEnd: (/** @type {string} */ sentence) => {
        this.problem = sentence;
        live.end();
      },
    };
    this.#viewer = viewer;
    const unwatch = liveSocket.watch(viewer);
    const still = everyTick(this);
    this.#ending = () => {
      unwatch();
      still();
      live.end();
    };
  }

  /** Asks for the picture anew, a little later: what broke it may last. */
  #restart() {
    this.#stop();
    const timer = setTimeout(() => {
      this.#ending = null;
      this.#watch();
    }, Again);
    this.#ending = () => clearTimeout(timer);
  }

  #stop() {
    this.#ending?.();
    [this.#ending, this.#live, this.#viewer] = [null, null, null];
    this.problem = '';
  }
}

customElements.define('wall-tile', WallTile);

import { css, html, nothing } from '../../vendor/lit.js';
import { part, urlOf } from '../api/client.js';
import { mediaTimeOf } from '../player/pieces.js';
import { loadLanes } from '../player/wall-source.js';
import { formatDateTime } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';

/** @typedef {import('../timeline/lane-timeline.js').Pointed} Pointed */

/** A picture is asked for when the pointer has rested, and looked for so near to it. Milliseconds. */
const Rest = 150;
const Near = 500;
const Width = 208;

/** What is at the moment under the pointer: its picture, when it was, and what is there. */
export class PictureBox extends Part {
  static properties = { pointed: { attribute: false }, picture: { state: true } };

  static styles = [shared, css`
    :host { position: fixed; z-index: 5; pointer-events: none; background: var(--surface); border: 1px solid var(--edge); border-radius: var(--radius); padding: 4px; width: 216px; font-size: var(--size-s); overflow-wrap: anywhere; }
    :host([hidden]) { display: none; }
    img { width: 100%; display: block; aspect-ratio: 16 / 9; object-fit: contain; background: #000; }
  `];

  #timer = 0;
  /** @type {AbortController | null} */
  #asking = null;

  constructor() {
    super();
    /** @type {Pointed | null} */
    this.pointed = null;
    this.picture = '';
  }

  begin() {
    this.endWith(() => this.#forget());
  }

  /** @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('pointed')) return;
    this.#forget();
    this.picture = '';
    this.hidden = !this.pointed?.lane;
    if (this.pointed?.lane) this.#timer = window.setTimeout(() => void this.#ask(), Rest);
  }

  render() {
    const { pointed, picture } = this;
    if (!pointed?.lane) return nothing;
    return html`
      ${picture ? html`<img src=${picture} alt="" @error=${() => { this.picture = ''; }}>` : nothing}
      <div class="mono">${formatDateTime(pointed.time)}</div>
      ${pointed.says ? html`<div>${pointed.says}</div>` : nothing}`;
  }

  updated() {
    const { pointed } = this;
    if (!pointed) return;
    this.style.left = `${Math.max(4, Math.min(document.documentElement.clientWidth - 220, pointed.x - 108))}px`;
    this.style.bottom = `${window.innerHeight - pointed.y + 14}px`;
  }

  /** Which recording has the moment is known only exactly: the lanes that are drawn are merged to what their pixels show. */
  async #ask() {
    const { pointed } = this;
    if (!pointed?.lane) return;
    const { recorder } = pointed.lane;
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const lanes = await loadLanes([recorder], pointed.time - Near, pointed.time + Near, asking.signal);
      const piece = lanes.get(recorder)?.pieces.find(({ from, to }) => from <= pointed.time && pointed.time < to);
      if (asking.signal.aborted || !piece) return;
      this.picture = urlOf(`/v1/recordings/${part(piece.key)}/thumbnail.jpg`, { at: mediaTimeOf(piece, pointed.time).toFixed(3), width: Width });
    } catch {
      // It is a help: the timeline says what went wrong, when it asks.
    }
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }
}

customElements.define('picture-box', PictureBox);

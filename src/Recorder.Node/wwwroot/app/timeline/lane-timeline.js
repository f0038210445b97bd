import { css, html } from '../../vendor/lit.js';
import { formatDateTime, formatTime } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { theme } from '../ui/theme.js';
import { causeOf } from './causes.js';
import { describe } from './lanes.js';
import { labelOf, placeOf, shift, ticksOf, timeAt, zoom } from './scale.js';

/** @typedef {import('./lanes.js').LaneData} LaneData */
/** @typedef {import('./scale.js').View} View */
/** @typedef {{ time: number, lane: LaneData | null, x: number, y: number, says: string }} Pointed */

const Axis = 22;
const LaneHeight = 30;
const Near = 4;

/**
 * A lane a recorder over one timeline, on a canvas: media, gaps by cause, marks, holds, takes, what is chosen, and where the clock is.
 * Fires `view` (a View), `seek` (a time), `pointed` (a Pointed, or null) and `chosen` (a recorder's id).
 */
export class LaneTimeline extends Part {
  static properties = {
    lanes: { attribute: false }, view: { attribute: false }, at: { attribute: false }, from: { attribute: false }, to: { attribute: false },
    chosen: { attribute: false }, names: { attribute: false },
  };

  static styles = [shared, css`
    :host { display: grid; grid-template-columns: minmax(6rem, 11rem) minmax(0, 1fr); background: var(--surface); border: 1px solid var(--line); border-radius: var(--radius); overflow: hidden; }
    .names { border-right: 1px solid var(--line); padding-top: 22px; }
    .names button { display: flex; width: 100%; height: 30px; min-height: 30px; border: 0; border-radius: 0; background: transparent; justify-content: flex-start; overflow: hidden; text-overflow: ellipsis; padding: 0 var(--space-2); }
    .names button[aria-pressed="true"] { background: var(--raised); font-weight: 600; box-shadow: inset 3px 0 0 var(--accent); }
    canvas { display: block; width: 100%; touch-action: none; cursor: crosshair; }
    .place { min-width: 0; outline: none; }
    .place:focus-visible { outline: 2px solid var(--focus); outline-offset: -2px; }
    @media (max-width: 640px) { :host { grid-template-columns: 5.5rem minmax(0, 1fr); } }
  `];

  constructor() {
    super();
    /** @type {readonly LaneData[]} */
    this.lanes = [];
    /** @type {View} */
    this.view = { from: Date.now() - 3_600_000, to: Date.now() };
    /** Where the clock is. */
    this.at = 0;
    /** The begin and end of what is selected. @type {number | null} */
    this.from = null;
    /** @type {number | null} */
    this.to = null;
    /** Those that are played. @type {readonly string[]} */
    this.chosen = [];
    /** @type {ReadonlyMap<string, string>} */
    this.names = new Map();
  }

  /** @type {{ x: number, view: View, isMoved: boolean, id: number } | null} */
  #drag = null;
  /** @type {{ clientX: number, clientY: number } | null} */
  #pointer = null;

  begin() {
    this.redrawOn(theme);
    const sized = new ResizeObserver(() => this.#draw());
    sized.observe(this);
    this.endWith(() => sized.disconnect());
  }

  firstUpdated() {
    // Lit listens passively to nothing, but the page would scroll with the wheel.
    this.listen(this.#canvas, 'wheel', (/** @type {WheelEvent} */ event) => this.#wheel(event), { passive: false });
  }

  /** @param {Map<string, unknown>} changed */
  updated(changed) {
    this.#draw();
    // The pointer rests while the wheel turns: what is under it is another moment then.
    if (changed.has('view') && this.#pointer && !this.#drag) this.#point(this.#pointer);
  }

  /** How wide the lanes are, in pixels. */
  get width() {
    return Math.max(100, this.renderRoot.querySelector('canvas')?.clientWidth ?? 800);
  }

  render() {
    const names = this.names;
    return html`
      <div class="names" role="group" aria-label="Angles that are played">
        ${this.lanes.map(({ recorder }) => html`
          <button aria-pressed=${this.chosen.includes(recorder)} title=${recorder} @click=${() => this.#fire('chosen', recorder)}>${names.get(recorder) ?? recorder}</button>`)}
      </div>
      <div class="place" tabindex="0" role="slider" aria-label="Time" aria-valuemin=${Math.round(this.view.from / 1000)} aria-valuemax=${Math.round(this.view.to / 1000)}
        aria-valuenow=${Math.round(Math.min(this.view.to, Math.max(this.view.from, this.at)) / 1000)} aria-valuetext=${formatDateTime(this.at)}>
        <canvas @pointerdown=${this.#down} @pointermove=${this.#move} @pointerup=${this.#up} @pointercancel=${this.#up} @pointerleave=${this.#leave}></canvas>
      </div>`;
  }

  get #canvas() {
    return /** @type {HTMLCanvasElement} */ (this.renderRoot.querySelector('canvas'));
  }

  #draw() {
    const canvas = this.renderRoot.querySelector('canvas');
    if (!canvas) return;
    const width = this.width;
    const height = Axis + Math.max(1, this.lanes.length) * LaneHeight;
    const scale = window.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale);
      canvas.height = Math.round(height * scale);
      canvas.style.height = `${height}px`;
    }
    const context = canvas.getContext('2d');
    if (!context) return;
    const style = getComputedStyle(this);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    this.#drawAxis(context, width, height, colour);
    for (const [index, lane] of this.lanes.entries()) this.#drawLane(context, lane, Axis + index * LaneHeight, width, colour);
    this.#drawSelection(context, width, height, colour);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height @param {(name: string) => string} colour */
  #drawAxis(context, width, height, colour) {
    context.font = `11px ${getComputedStyle(this).fontFamily}`;
    context.textBaseline = 'middle';
    for (const tick of ticksOf(this.view, width, -new Date(this.view.from).getTimezoneOffset())) {
      const x = Math.round(placeOf(this.view, width, tick.at)) + 0.5;
      context.strokeStyle = colour('--line');
      context.beginPath();
      context.moveTo(x, Axis - 4);
      context.lineTo(x, height);
      context.stroke();
      context.fillStyle = colour('--muted');
      context.fillText(labelOf(tick), x + 3, Axis / 2);
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {LaneData} lane @param {number} top @param {number} width @param {(name: string) => string} colour */
  #drawLane(context, lane, top, width, colour) {
    const bar = (/** @type {{ from: number, to: number }} */ { from, to }, /** @type {number} */ y, /** @type {number} */ h) => {
      const left = Math.max(-2, placeOf(this.view, width, from));
      const right = Math.min(width + 2, placeOf(this.view, width, to));
      // What is shorter than a pixel is seen all the same.
      if (right >= 0 && left <= width) context.fillRect(left, top + y, Math.max(1, right - left), h);
    };
    context.fillStyle = colour('--line');
    context.fillRect(0, top + LaneHeight - 1, width, 1);
    context.fillStyle = this.chosen.includes(lane.recorder) ? colour('--accent') : colour('--edge');
    for (const piece of lane.pieces) bar(piece, 9, 12);
    for (const gap of lane.gaps) {
      context.fillStyle = causeOf(gap.cause).colour;
      bar(gap, 7, 16);
    }
    context.fillStyle = colour('--ok');
    for (const take of lane.takes) bar(take, 3, 3);
    context.fillStyle = colour('--wait');
    for (const hold of lane.holds) bar(hold, 24, 2);
    context.fillStyle = colour('--focus');
    for (const mark of lane.marks) {
      const x = placeOf(this.view, width, mark.at);
      context.beginPath();
      context.moveTo(x - 4, top + 3);
      context.lineTo(x + 4, top + 3);
      context.lineTo(x, top + 10);
      context.fill();
    }
  }

  /** @param {CanvasRenderingContext2D} context @param {number} width @param {number} height @param {(name: string) => string} colour */
  #drawSelection(context, width, height, colour) {
    if (this.from !== null || this.to !== null) {
      const left = this.from === null ? 0 : placeOf(this.view, width, this.from);
      const right = this.to === null ? width : placeOf(this.view, width, this.to);
      context.fillStyle = colour('--accent');
      context.globalAlpha = 0.18;
      context.fillRect(left, 0, right - left, height);
      context.globalAlpha = 1;
      if (this.from !== null) context.fillRect(left - 1, 0, 2, height);
      if (this.to !== null) context.fillRect(right - 1, 0, 2, height);
    }
    const x = placeOf(this.view, width, this.at);
    context.fillStyle = colour('--danger');
    context.fillRect(x - 1, 0, 2, height);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    const by = event.deltaX || event.deltaY;
    const { x, width } = this.#place(event);
    this.#fire('view', sideways
      ? shift(this.view, (by / width) * (this.view.to - this.view.from))
      : zoom(this.view, timeAt(this.view, width, x), Math.exp(Math.max(-1, Math.min(1, event.deltaY / 300)))));
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    this.#drag = { x: event.clientX, view: this.view, isMoved: false, id: event.pointerId };
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const drag = this.#drag;
    if (drag && drag.id === event.pointerId) {
      const { width } = this.#place(event);
      const by = event.clientX - drag.x;
      drag.isMoved ||= Math.abs(by) > Near;
      if (drag.isMoved) this.#fire('view', shift(drag.view, (-by / width) * (drag.view.to - drag.view.from)));
      return;
    }
    this.#pointer = { clientX: event.clientX, clientY: event.clientY };
    this.#point(event);
  }

  #leave = () => {
    this.#pointer = null;
    this.#fire('pointed', null);
  };

  /** @param {{ clientX: number, clientY: number }} pointer */
  #point(pointer) {
    const { x, y, width } = this.#place(pointer);
    const time = timeAt(this.view, width, x);
    const lane = this.lanes[Math.floor((y - Axis) / LaneHeight)] ?? null;
    const near = timeAt(this.view, width, Near) - this.view.from;
    const says = lane ? describe(lane, time, near, cause => causeOf(cause).words) : '';
    this.#canvas.title = says ? `${formatTime(time)} ${says}` : formatDateTime(time);
    this.#fire('pointed', { time, lane, x: pointer.clientX, y: pointer.clientY, says });
  }

  /** @param {PointerEvent} event */
  #up(event) {
    const drag = this.#drag;
    this.#drag = null;
    if (!drag || drag.isMoved || event.type !== 'pointerup') return;
    const { x, width } = this.#place(event);
    this.#fire('seek', timeAt(this.view, width, x));
  }

  /** @param {{ clientX: number, clientY: number }} pointer */
  #place({ clientX, clientY }) {
    const box = this.#canvas.getBoundingClientRect();
    return { x: clientX - box.left, y: clientY - box.top, width: box.width };
  }

  /** @param {string} name @param {unknown} detail */
  #fire(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

customElements.define('lane-timeline', LaneTimeline);

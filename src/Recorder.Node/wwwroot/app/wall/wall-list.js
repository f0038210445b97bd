import { css, html, nothing, repeat } from '../../vendor/lit.js';
import { hrefOf } from '../router.js';
import { formatBitRate, formatSpan, formatTime } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { statusBadge } from '../ui/status.js';

/** @typedef {import('../api/wall-stream.js').Tile} Tile */

/** Lines that are drawn at first; the others follow when these are seen. */
const First = 60;

/** Recorders as lines, for many: a browser lays out only the lines that are seen. */
export class WallList extends Part {
  static properties = { tiles: { attribute: false }, isWhole: { state: true } };

  static styles = [shared, css`
    ul { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); }
    li { display: grid; grid-template-columns: 6.5rem minmax(8rem, 1.2fr) minmax(0, 2fr) 7rem 6rem 7rem; gap: var(--space-2); align-items: center; padding: 0 var(--space-3); min-height: 38px; border-bottom: 1px solid var(--line); content-visibility: auto; contain-intrinsic-size: auto 38px; }
    li:last-child { border-bottom: 0; }
    .name, .detail { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .detail { color: var(--muted); }
    .number { text-align: right; }
    .bad { color: var(--danger); font-weight: 600; }
    @media (max-width: 760px) {
      li { grid-template-columns: 6.5rem 1fr auto; padding: var(--space-1) var(--space-2); contain-intrinsic-size: auto 62px; }
      .detail { grid-column: 1 / -1; white-space: normal; }
      .detail:empty, .wide { display: none; }
    }
  `];

  constructor() {
    super();
    /** @type {readonly Tile[]} */
    this.tiles = [];
    this.isWhole = false;
  }

  firstUpdated() {
    // After the frame that shows the first lines.
    requestAnimationFrame(() => setTimeout(() => {
      this.isWhole = true;
    }));
  }

  render() {
    return html`<ul aria-label="Recorders">${repeat(this.isWhole ? this.tiles : this.tiles.slice(0, First), tile => tile.id, tile => this.#line(tile))}</ul>`;
  }

  /** @param {Tile} tile */
  #line({ id, name, status, detail, since, bitRate, dropsLastMinute, secondsLeft, state }) {
    return html`
      <li>
        <span>${statusBadge(status)}</span>
        <a class="name" href=${hrefOf('review', { params: { recorder: id } })} title=${id}>${name ?? id}</a>
        <span class="detail" title=${detail ?? ''}>${detail ?? (status === 'idle' ? '' : `since ${formatTime(since)}`)}</span>
        <span class="number mono">${state === 'inactive' ? nothing : formatBitRate(bitRate)}</span>
        <span class="number mono wide ${dropsLastMinute > 0 ? 'bad' : ''}">${dropsLastMinute > 0 ? `${dropsLastMinute} lost` : nothing}</span>
        <span class="number mono wide">${secondsLeft === undefined ? nothing : `${formatSpan(secondsLeft)}`}</span>
      </li>`;
  }
}

customElements.define('wall-list', WallList);

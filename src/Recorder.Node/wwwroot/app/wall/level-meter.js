import { css, html } from '../../vendor/lit.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';

const Floor = -60;

/** The audio level of each channel, as bars. Only transforms change, so that nothing is laid out anew ten times a second. */
export class LevelMeter extends Part {
  static properties = { channels: { type: Number } };

  static styles = [shared, css`
    :host { display: flex; gap: 2px; width: calc(var(--n, 2) * 6px); height: 100%; min-height: 24px; }
    .bar { width: 4px; background: rgb(255 255 255 / 18%); position: relative; overflow: hidden; border-radius: 1px; }
    .fill { position: absolute; inset: 0; transform-origin: bottom; transform: scaleY(0); background: linear-gradient(to top, #3aa856 0 66%, #e6b422 66% 88%, #ff5a4f 88%); }
    .none { width: auto; }
  `];

  constructor() {
    super();
    this.channels = 0;
  }

  /** @param {readonly number[]} levels In dB of full scale. */
  show(levels) {
    if (levels.length !== this.channels) this.channels = levels.length;
    const bars = this.renderRoot.querySelectorAll('.fill');
    for (const [at, bar] of bars.entries()) {
      const level = Math.max(0, Math.min(1, 1 - (levels[at] ?? Floor) / Floor));
      /** @type {HTMLElement} */ (bar).style.transform = `scaleY(${level.toFixed(3)})`;
    }
    const loudest = Math.max(...levels);
    this.setAttribute('aria-label', loudest <= Floor ? 'Sound: silent' : `Sound: ${Math.round(loudest)} dB`);
  }

  begin() {
    this.setAttribute('role', 'img');
    this.setAttribute('aria-label', 'Sound: not measured');
  }

  render() {
    return html`${Array.from({ length: Math.min(8, this.channels) }, () => html`<div class="bar"><div class="fill"></div></div>`)}`;
  }
}

customElements.define('level-meter', LevelMeter);

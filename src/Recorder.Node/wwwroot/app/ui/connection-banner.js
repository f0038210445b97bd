import { css, html, nothing } from '../../vendor/lit.js';
import { connection, dismiss } from '../api/connection.js';
import { formatTime } from './format.js';
import { Part } from './part.js';
import { shared } from './shared-styles.js';

/** Says that the node is away, and what happened when it is back. */
export class ConnectionBanner extends Part {
  static styles = [shared, css`
    div { display: flex; align-items: center; gap: var(--space-3); padding: var(--space-2) var(--space-4); }
    .away { background: var(--lost-bg); color: var(--lost); font-weight: 600; }
    .back { background: var(--ok-bg); color: var(--ok); }
    span { flex: 1 1 auto; }
  `];

  begin() {
    this.redrawOn(connection);
  }

  render() {
    const { isUp, since, sentence } = connection.value;
    if (!isUp) return html`<div class="away"><span>The node is away since ${formatTime(since)}; trying again.</span></div>`;
    return sentence ? html`<div class="back"><span>${sentence}</span><button @click=${dismiss}>Dismiss</button></div>` : nothing;
  }
}

customElements.define('connection-banner', ConnectionBanner);

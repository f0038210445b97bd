import { css, html, nothing, repeat } from '../../vendor/lit.js';
import { acknowledgeAlarms, alarms, allowNotifications, muted, notifications, toggleMuted } from './alarms.js';
import { formatTime } from './format.js';
import { Part } from './part.js';
import { shared } from './shared-styles.js';

const MostShown = 4;

/** The alarms that are raised. */
export class AlarmBar extends Part {
  static styles = [shared, css`
    section { background: var(--danger-bg); border-bottom: 2px solid var(--danger); padding: var(--space-2) var(--space-4); display: flex; flex-wrap: wrap; gap: var(--space-2) var(--space-4); }
    ul { list-style: none; margin: 0; padding: 0; flex: 1 1 20rem; }
    li { padding: 2px 0; overflow-wrap: anywhere; }
    li a { color: var(--text); }
    .unheard { font-weight: 700; }
    .tools { display: flex; flex-wrap: wrap; gap: var(--space-2); align-items: flex-start; }
  `];

  begin() {
    this.redrawOn(alarms, muted, notifications);
  }

  render() {
    const raised = alarms.value;
    if (raised.length === 0) return nothing;
    return html`
      <section aria-label="Alarms">
        <ul>
          ${repeat(raised.slice(0, MostShown), alarm => alarm.id, alarm => html`
            <li class=${alarm.isHeard ? '' : 'unheard'}>
              <span class="badge rec">ALARM</span> <span class="mono">${formatTime(alarm.since)}</span>
              ${alarm.link ? html`<a href=${alarm.link}>${alarm.text}</a>` : alarm.text}
            </li>`)}
          ${raised.length > MostShown ? html`<li>and ${raised.length - MostShown} more</li>` : nothing}
        </ul>
        <div class="tools">
          ${raised.some(alarm => !alarm.isHeard) ? html`<button @click=${acknowledgeAlarms}>Acknowledge</button>` : nothing}
          <button @click=${toggleMuted} aria-pressed=${String(muted.value)}>${muted.value ? 'Sound is off' : 'Sound is on'}</button>
          ${notifications.value === 'default' ? html`<button @click=${allowNotifications}>Notify me</button>` : nothing}
        </div>
      </section>`;
  }
}

customElements.define('alarm-bar', AlarmBar);

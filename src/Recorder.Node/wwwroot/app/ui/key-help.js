import { css, html } from '../../vendor/lit.js';
import { keyGroups, readableKeys } from './keys.js';
import { Part } from './part.js';
import { shared } from './shared-styles.js';
import { Store } from './store.js';

/** Whether the list of keys is shown. */
export const keyHelp = new Store(false);

/** The keys that work now, as `?` lists them. */
export class KeyHelp extends Part {
  static styles = [shared, css`
    .groups { columns: 2 18rem; column-gap: var(--space-6); }
    section { break-inside: avoid; margin-bottom: var(--space-4); }
    dl { display: grid; grid-template-columns: auto 1fr; gap: var(--space-1) var(--space-3); margin: 0; }
    dt { text-align: right; }
    dd { margin: 0; align-self: center; }
    kbd { font-family: var(--mono); font-size: var(--size-s); border: 1px solid var(--edge); border-radius: 4px; padding: 1px 6px; background: var(--raised); }
    .head { display: flex; justify-content: space-between; align-items: center; margin-bottom: var(--space-3); }
  `];

  begin() {
    this.redrawOn(keyHelp, keyGroups);
  }

  updated() {
    const dialog = /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
    if (keyHelp.value && !dialog.open) dialog.showModal();
    else if (!keyHelp.value && dialog.open) dialog.close();
  }

  render() {
    return html`
      <dialog aria-labelledby="title" @close=${() => keyHelp.set(false)}>
        <div class="head"><h1 id="title">Keys</h1><button @click=${() => keyHelp.set(false)}>Close</button></div>
        <div class="groups">
          ${keyHelp.value ? keyGroups.value.map(group => html`
            <section>
              <h2>${group.title}</h2>
              <dl>
                ${group.bindings.filter(binding => binding.when?.() !== false).map(binding => html`
                  <dt>${readableKeys(binding.keys === 'Shift+?' ? '?' : binding.keys).map((press, at) => html`${at > 0 ? ' then ' : ''}<kbd>${press}</kbd>`)}</dt>
                  <dd>${binding.label}</dd>`)}
              </dl>
            </section>`) : ''}
        </div>
      </dialog>`;
  }
}

customElements.define('key-help', KeyHelp);

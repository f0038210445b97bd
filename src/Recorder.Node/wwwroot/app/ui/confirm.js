import { html, render } from '../../vendor/lit.js';
import { Part } from './part.js';

/** @typedef {{ title: string, text: string, action: string, isDangerous?: boolean }} Question */

/** Asks a yes-or-no question; see {@link confirm}. */
export class ConfirmDialog extends Part {
  /** @type {Question} */
  question = { title: '', text: '', action: 'OK' };

  firstUpdated() {
    this.#dialog.showModal();
  }

  /** @returns {HTMLDialogElement} */
  get #dialog() {
    return /** @type {HTMLDialogElement} */ (this.renderRoot.querySelector('dialog'));
  }

  render() {
    const { title, text, action, isDangerous } = this.question;
    return html`
      <dialog aria-labelledby="title" aria-describedby="text" @close=${this.#close}>
        <h1 id="title">${title}</h1>
        <p id="text">${text}</p>
        <div class="row">
          <button autofocus @click=${() => this.#dialog.close('')}>Cancel</button>
          <button class=${isDangerous ? 'danger' : 'primary'} @click=${() => this.#dialog.close('yes')}>${action}</button>
        </div>
      </dialog>`;
  }

  #close() {
    this.dispatchEvent(new CustomEvent('answered', { detail: this.#dialog.returnValue === 'yes' }));
  }
}

customElements.define('confirm-dialog', ConfirmDialog);

/**
 * Asks before something that cannot be undone.
 * @param {Question} question
 * @returns {Promise<boolean>}
 */
export function confirm(question) {
  return new Promise(resolve => {
    const place = document.createElement('div');
    const answered = (/** @type {CustomEvent<boolean>} */ event) => {
      place.remove();
      resolve(event.detail);
    };
    document.body.append(place);
    render(html`<confirm-dialog .question=${question} @answered=${answered}></confirm-dialog>`, place);
  });
}

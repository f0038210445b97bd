import { css, html, nothing } from '../../vendor/lit.js';
import { sentenceOf } from '../api/errors.js';
import { logIn } from '../api/session.js';
import { announce } from './announce.js';
import { Part } from './part.js';
import { shared } from './shared-styles.js';

/** Asks for an API key. */
export class LogIn extends Part {
  static properties = { _error: { state: true }, _isBusy: { state: true } };

  static styles = [shared, css`
    form { max-width: 26rem; margin: 8vh auto 0; }
    h1 { margin-bottom: var(--space-3); }
    button { width: 100%; min-height: 40px; }
  `];

  constructor() {
    super();
    this._error = '';
    this._isBusy = false;
  }

  firstUpdated() {
    this.renderRoot.querySelector('input')?.focus();
  }

  render() {
    return html`
      <form class="card" @submit=${this.#submit}>
        <h1>Log in</h1>
        <div class="field">
          <label for="key">API key</label>
          <input id="key" name="key" type="password" autocomplete="current-password" required spellcheck="false"
            aria-invalid=${this._error ? 'true' : nothing} aria-describedby="hint error">
          <p class="hint" id="hint"><span class="mono">recorder keys add</span> on the node's machine makes one. This browser keeps a session, not the key.</p>
          <p class="error" id="error">${this._error}</p>
        </div>
        <button class="primary" ?disabled=${this._isBusy}>${this._isBusy ? 'Logging in…' : 'Log in'}</button>
      </form>`;
  }

  /** @param {SubmitEvent} event */
  async #submit(event) {
    event.preventDefault();
    const input = /** @type {HTMLInputElement} */ (this.renderRoot.querySelector('input'));
    [this._error, this._isBusy] = ['', true];
    try {
      await logIn(input.value);
      announce('You are logged in.');
    } catch (failed) {
      this._error = sentenceOf(failed);
      announce(this._error, { urgent: true });
      input.select();
    } finally {
      this._isBusy = false;
    }
  }
}

customElements.define('log-in', LogIn);

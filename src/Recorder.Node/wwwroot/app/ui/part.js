import { LitElement } from '../../vendor/lit.js';
import { shared } from './shared-styles.js';

/** @template T @typedef {import('./store.js').Store<T>} Store */

/**
 * The base of every component of the page: shared styles, stores that redraw it, and listeners that end with it.
 * A subclass with styles of its own writes `static styles = [shared, css`…`]`.
 */
export class Part extends LitElement {
  static styles = [shared];

  /** @type {Array<() => void>} */
  #endings = [];

  /** Ends when the component leaves the page: give its signal to fetches. @type {AbortController} */
  #life = new AbortController();

  /** A signal that aborts when the component leaves the page. */
  get signal() {
    return this.#life.signal;
  }

  connectedCallback() {
    if (this.#life.signal.aborted) this.#life = new AbortController();
    super.connectedCallback();
    this.begin();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#life.abort();
    for (const end of this.#endings.splice(0)) end();
  }

  /** For subclasses: the component is in the page. What it begins with the methods below ends by itself. */
  begin() {}

  /**
   * Draws the component again when one of the stores changes.
   * @param {...Store<any>} stores
   */
  redrawOn(...stores) {
    for (const store of stores) this.endWith(store.watch(() => this.requestUpdate()));
  }

  /**
   * Listens until the component leaves the page.
   * @template {Event} E
   * @param {EventTarget} target
   * @param {string} type
   * @param {(event: E) => void} handler
   * @param {AddEventListenerOptions} [options]
   */
  listen(target, type, handler, options) {
    target.addEventListener(type, /** @type {EventListener} */ (/** @type {unknown} */ (handler)), { ...options, signal: this.signal });
  }

  /** @param {() => void} end Called when the component leaves the page. */
  endWith(end) {
    this.#endings.push(end);
  }
}

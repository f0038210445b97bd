import { css, html, nothing } from '../../vendor/lit.js';
import { connection } from '../api/connection.js';
import { loadSession, logOut, mayAll, session } from '../api/session.js';
import { watchNodes } from '../nodes/node-watch.js';
import { go, hrefOf, pages, route } from '../router.js';
import { acknowledgeAlarms, alarms, setTitle } from './alarms.js';
import { announce, announcement } from './announce.js';
import './alarm-bar.js';
import './connection-banner.js';
import './key-help.js';
import { keyHelp } from './key-help.js';
import { registerKeys } from './keys.js';
import './log-in.js';
import { Part } from './part.js';
import { watchForAlarms } from './recorder-alarms.js';
import { shared } from './shared-styles.js';
import { theme, toggleTheme } from './theme.js';

/** The frame of the page: header, navigation, banners, and the page that the address names. */
export class ControlRoom extends Part {
  static styles = [shared, css`
    :host { display: grid; grid-template-rows: auto auto 1fr; min-height: 100vh; }
    header { display: flex; flex-wrap: wrap; align-items: center; gap: 0 var(--space-3); padding: 0 var(--space-4); background: var(--surface); border-bottom: 1px solid var(--line); }
    .brand { display: flex; align-items: center; gap: var(--space-2); font-weight: 700; min-height: 44px; }
    .brand .dot { width: 10px; height: 10px; border-radius: 50%; background: var(--rec); box-shadow: 0 0 0 3px var(--surface), 0 0 0 4.5px var(--text); margin: 0 4px; }
    nav { display: flex; overflow-x: auto; flex: 1 1 auto; }
    nav a {
      display: flex; align-items: center; min-height: 44px; padding: 0 var(--space-3); color: var(--muted); text-decoration: none; border-bottom: 3px solid transparent; white-space: nowrap;
    }
    nav a:hover { color: var(--text); }
    nav a[aria-current="page"] { color: var(--text); border-bottom-color: var(--accent); font-weight: 600; }
    nav a:focus-visible { outline-offset: -3px; }
    .tools { display: flex; align-items: center; gap: var(--space-1); }
    .who { color: var(--muted); font-size: var(--size-s); margin-right: var(--space-2); max-width: 22ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    main { padding: var(--space-4); min-width: 0; outline: none; }
    main:focus-visible { outline: none; }
    .skip { position: absolute; left: -999px; top: 0; background: var(--surface); padding: var(--space-2) var(--space-3); z-index: 10; }
    .skip:focus { left: var(--space-2); }
    @media (max-width: 640px) {
      header { padding: 0 var(--space-2); }
      nav { order: 3; flex: 1 0 100%; border-top: 1px solid var(--line); }
      nav a { flex: 1 1 auto; justify-content: center; padding: 0 var(--space-2); }
      .tools { margin-left: auto; }
      .who { display: none; }
      main { padding: var(--space-3) var(--space-2); }
    }
  `];

  /** The page of the route; null while it loads. @type {HTMLElement | null} */
  #page = null;
  #shown = '';
  #failure = '';

  /** Watches while somebody is logged in. @type {(() => void) | null} */
  #endAlarms = null;

  begin() {
    this.redrawOn(session, route, theme, announcement, alarms);
    this.endWith(route.watch(() => this.#show()));
    this.endWith(session.watch(() => this.#show()));
    this.endWith(connection.watch(({ isUp }) => {
      if (isUp && session.value === null) void loadSession().catch(() => {});
    }));
    this.endWith(registerKeys('Everywhere', [
      ...pages.map(page => ({ keys: `g ${page.key}`, label: `Go to ${page.title}`, run: () => go(hrefOf(page.name)), when: () => this.#isShown(page.name) })),
      { keys: 'g l', label: 'Show the other theme', run: toggleTheme },
      { keys: 'a', label: 'Acknowledge the alarms', run: acknowledgeAlarms, when: () => alarms.value.length > 0 },
      { keys: 'Shift+?', label: 'Show the keys', run: () => keyHelp.set(true) },
    ]));
    void loadSession().catch(() => {});
    void this.#show();
  }

  render() {
    const now = session.value;
    const said = announcement.value;
    return html`
      <header>
        <a class="skip" href="#main" @click=${this.#skip}>Skip to the content</a>
        <div class="brand"><span class="dot"></span>Recorder</div>
        ${now?.role ? html`
          <nav aria-label="Pages">
            ${pages.filter(page => this.#isShown(page.name)).map(page => html`
              <a href=${hrefOf(page.name)} aria-current=${route.value.page === page ? 'page' : nothing}>${page.title}</a>`)}
          </nav>` : html`<span class="grow"></span>`}
        <div class="tools">
          ${now?.role ? html`<span class="who" title=${this.#who()}>${this.#who()}</span>` : nothing}
          <button class="quiet" @click=${() => keyHelp.set(true)} aria-label="Keys" title="Keys (?)">?</button>
          <button class="quiet" @click=${toggleTheme} aria-label=${theme.value === 'dark' ? 'Light theme' : 'Dark theme'} title="Theme (g l)">
            ${theme.value === 'dark' ? '☀' : '☾'}
          </button>
          ${now?.role && now.keys ? html`<button class="quiet" @click=${logOut}>Log out</button>` : nothing}
        </div>
      </header>
      <div>
        <connection-banner></connection-banner>
        ${now?.role ? html`<alarm-bar></alarm-bar>` : nothing}
      </div>
      <main id="main" tabindex="-1">${this.#content()}</main>
      <div class="hidden" role="status" aria-live="polite">${said.urgent ? '' : said.text}</div>
      <div class="hidden" role="alert" aria-live="assertive">${said.urgent ? said.text : ''}</div>
      <key-help></key-help>`;
  }

  #content() {
    const now = session.value;
    if (now === null) return html`<p class="muted">Asking the node…</p>`;
    if (!now.role) return html`<log-in></log-in>`;
    if (this.#failure) return html`<h1>${route.value.page.title}</h1><p class="message bad">${this.#failure}</p>`;
    return this.#page ?? html`<p class="muted">Loading…</p>`;
  }

  #who() {
    const now = session.value;
    return now?.keys ? `${now.key} (${now.role}) on ${now.node}` : `${now?.node} (no keys)`;
  }

  /** A key of some recorders, or of no admin, hears nothing of nodes. @param {string} name */
  #isShown(name) {
    return session.value?.role !== undefined && (name !== 'nodes' || mayAll('admin'));
  }

  async #show() {
    const { page } = route.value;
    this.#watchAlarms(session.value?.role !== undefined);
    if (!session.value?.role) {
      [this.#page, this.#shown, this.#failure] = [null, '', ''];
      setTitle(session.value ? 'Log in' : '');
      this.requestUpdate();
      return;
    }

    if (!this.#isShown(page.name)) {
      go(hrefOf('wall'), { replace: true });
      return;
    }

    setTitle(page.title);
    if (this.#shown === page.name) return;
    // Whoever went on hears where, and the next Tab goes into the page that is there.
    const isMoved = this.#shown !== '';
    [this.#page, this.#shown, this.#failure] = [null, page.name, ''];
    this.requestUpdate();
    try {
      await import(new URL(page.module, new URL('../router.js', import.meta.url)).href);
      if (this.#shown !== page.name) return;
      this.#page = document.createElement(page.tag);
      if (isMoved) {
        announce(page.title);
        this.renderRoot.querySelector('main')?.focus({ preventScroll: true });
      }
    } catch (failed) {
      if (this.#shown !== page.name) return;
      this.#shown = '';
      this.#failure = `This page could not be loaded (${failed instanceof Error ? failed.message : failed}).`;
    }
    this.requestUpdate();
  }

  /** @param {boolean} isIn */
  #watchAlarms(isIn) {
    if (isIn === (this.#endAlarms !== null)) return;
    this.#endAlarms?.();
    if (!isIn) {
      this.#endAlarms = null;
      return;
    }
    const ends = mayAll('admin') ? [watchForAlarms(), watchNodes()] : [watchForAlarms()];
    this.#endAlarms = () => ends.forEach(end => end());
  }

  /** @param {Event} event The address stays: it names the page. */
  #skip(event) {
    event.preventDefault();
    this.renderRoot.querySelector('main')?.focus();
  }
}

customElements.define('control-room', ControlRoom);

import { Store } from './ui/store.js';

/**
 * @typedef {object} RouteDefinition
 * @property {string} name The first part of the address behind '#/'.
 * @property {string} title As the navigation calls it.
 * @property {string} tag The custom element of the page.
 * @property {string} module Where that element is defined.
 * @property {string} key The second key of its shortcut, after 'g'.
 */

/**
 * @typedef {object} Route Where the page is: '#/review/hall?at=…'.
 * @property {RouteDefinition} page
 * @property {readonly string[]} segments What follows the name: ['hall'].
 * @property {URLSearchParams} params
 */

/** The pages, in the order of the navigation. @type {readonly RouteDefinition[]} */
export const pages = [
  { name: 'wall', title: 'Wall', tag: 'wall-page', module: './wall/wall-page.js', key: 'w' },
  { name: 'takes', title: 'Takes', tag: 'takes-page', module: './takes/takes-page.js', key: 't' },
  { name: 'review', title: 'Review', tag: 'review-page', module: './review/review-page.js', key: 'v' },
  { name: 'recorders', title: 'Recorders', tag: 'recorders-page', module: './recorders/recorders-page.js', key: 'r' },
  { name: 'nodes', title: 'Nodes', tag: 'nodes-page', module: './nodes/nodes-page.js', key: 'n' },
];

/** @type {Store<Route>} */
export const route = new Store(read());

window.addEventListener('hashchange', () => route.set(read()));

/**
 * The address of a place of the page, for links and {@link go}.
 * @param {string} name
 * @param {{ segments?: readonly string[], params?: Record<string, string | null | undefined> }} [more] Parameters that are null or undefined are left out.
 */
export function hrefOf(name, more) {
  const path = [name, ...(more?.segments ?? [])].map(encodeURIComponent).join('/');
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(more?.params ?? {})) {
    if (value !== null && value !== undefined) params.set(key, value);
  }
  const query = params.toString();
  return `#/${path}${query ? `?${query}` : ''}`;
}

/**
 * Goes to a place of the page.
 * @param {string} href As {@link hrefOf} makes it.
 * @param {{ replace?: boolean }} [options] Replace: the back button leaves this place out.
 */
export function go(href, options) {
  if (options?.replace) {
    history.replaceState(null, '', href);
    route.set(read());
  } else {
    location.hash = href;
  }
}

/** @returns {Route} */
function read() {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [name, ...segments] = path.split('/').map(decode);
  return {
    page: pages.find(page => page.name === name) ?? /** @type {RouteDefinition} */ (pages[0]),
    segments: segments.filter(segment => segment.length > 0),
    params: new URLSearchParams(query),
  };
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

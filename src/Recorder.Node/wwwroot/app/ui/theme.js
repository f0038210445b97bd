import { Store } from './store.js';

const Key = 'recorder.theme';
const light = matchMedia('(prefers-color-scheme: light)');

/** The theme that is shown: the system's, unless the user chose one. @type {Store<'dark' | 'light'>} */
export const theme = new Store(read());

light.addEventListener('change', () => theme.set(read()));

/** Shows the other theme, and keeps it. */
export function toggleTheme() {
  const next = theme.value === 'dark' ? 'light' : 'dark';
  localStorage.setItem(Key, next);
  document.documentElement.dataset.theme = next;
  theme.set(next);
}

/** @returns {'dark' | 'light'} */
function read() {
  const chosen = localStorage.getItem(Key);
  return chosen === 'dark' || chosen === 'light' ? chosen : light.matches ? 'light' : 'dark';
}

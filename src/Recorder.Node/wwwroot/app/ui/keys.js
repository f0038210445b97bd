import { tinykeys } from '../../vendor/tinykeys.js';
import { Store } from './store.js';

/**
 * @typedef {object} Binding
 * @property {string} keys As tinykeys writes them: 'r', 'Shift+R', '$mod+k', 'g w', '?', 'ArrowLeft'.
 * @property {string} label What it does, in the imperative: 'Start the take'.
 * @property {(event: KeyboardEvent) => void} run
 * @property {() => boolean} [when] Whether it works now; those that do not are not listed.
 * @property {boolean} [inFields] Also while the user writes in a field.
 */

/** @typedef {{ title: string, bindings: readonly Binding[] }} KeyGroup */

/** What `?` lists. @type {Store<readonly KeyGroup[]>} */
export const keyGroups = new Store(/** @type {readonly KeyGroup[]} */ ([]));

/** The key that begins sequences, as in 'g w', and for how long it waits for the next one: tinykeys waits as long. */
const Prefix = 'g';
const Waiting = 1000;

/** The press before the one that is being handled. */
let before = { key: '', at: -Infinity };
let latest = before;
window.addEventListener('keydown', event => {
  [before, latest] = [latest, { key: isWriting(event) ? '' : event.key, at: event.timeStamp }];
}, { capture: true });

/** Whether this press ends a sequence, so that it is no key of its own. @param {KeyboardEvent} event */
function endsSequence(event) {
  return before.key === Prefix && event.timeStamp - before.at < Waiting;
}

/**
 * Registers the keys of a page or a part, until the function that it returns is called: `this.endWith(registerKeys('Review', [...]))`.
 * @param {string} title The heading in the list of keys.
 * @param {readonly Binding[]} bindings
 * @returns {() => void}
 */
export function registerKeys(title, bindings) {
  const group = { title, bindings };
  const map = Object.fromEntries(bindings.map(binding => [binding.keys, (/** @type {KeyboardEvent} */ event) => {
    if (binding.when?.() === false || (!binding.inFields && isWriting(event)) || isInDialog(event)) return;
    if (!binding.keys.includes(' ') && endsSequence(event)) return;
    event.preventDefault();
    binding.run(event);
  }]));
  const end = tinykeys(window, map, { ignore: () => false });
  keyGroups.set([...keyGroups.value, group]);
  return () => {
    end();
    keyGroups.set(keyGroups.value.filter(each => each !== group));
  };
}

/** What a person reads: '$mod+k' as 'Ctrl + K'. @param {string} keys @returns {string[]} */
export function readableKeys(keys) {
  const names = /** @type {Record<string, string>} */ ({
    $mod: 'Ctrl', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Space: 'Space', Escape: 'Esc',
  });
  return keys.split(' ').map(press => press.split('+').map(key => names[key] ?? (key.length === 1 ? key.toUpperCase() : key)).join(' + '));
}

/** @param {KeyboardEvent} event The field may be in the shadow of components. */
function isWriting(event) {
  const target = event.composedPath()[0];
  return target instanceof HTMLElement && (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
    || (target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)));
}

/** @param {KeyboardEvent} event */
function isInDialog(event) {
  return event.composedPath().some(target => target instanceof HTMLDialogElement && target.open);
}

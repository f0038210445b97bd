import { Store } from './store.js';

/** What the live regions of the shell say. */
export const announcement = new Store(/** @type {{ text: string, urgent: boolean, count: number }} */ ({ text: '', urgent: false, count: 0 }));

/**
 * Tells a screen reader, without moving the focus.
 * @param {string} text A sentence.
 * @param {{ urgent?: boolean }} [options] Urgent ones interrupt: for failures and alarms only.
 */
export function announce(text, options) {
  announcement.set({ text, urgent: options?.urgent === true, count: announcement.value.count + 1 });
}

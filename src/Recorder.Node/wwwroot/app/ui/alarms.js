import { announce } from './announce.js';
import { Store } from './store.js';

/**
 * @typedef {object} Alarm
 * @property {string} id The same for the same trouble: raised again it only changes its text.
 * @property {string} text A sentence: what does not record, and since when.
 * @property {string} [link] Where to look: '#/recorders?find=hall'.
 * @property {number} since As Date.now() has it.
 * @property {boolean} isHeard The user has acknowledged it: no sound any more.
 */

const Interval = 4000;
const TitleOf = document.title;
const MutedKey = 'recorder.muted';

/** The alarms that are raised, the newest first. @type {Store<readonly Alarm[]>} */
export const alarms = new Store(/** @type {readonly Alarm[]} */ ([]));

/** Whether alarms make no sound here. */
export const muted = new Store(localStorage.getItem(MutedKey) === '1');

/** Whether this browser shows notifications. @type {Store<NotificationPermission | 'unsupported'>} */
export const notifications = new Store('Notification' in window ? Notification.permission : 'unsupported');

/** @type {AudioContext | null} */
let audio = null;
let timer = 0;
let title = '';

/**
 * Raises an alarm: the banner, the sound, the title of the window and a notification tell of it until it is cleared.
 * @param {{ id: string, text: string, link?: string }} alarm
 */
export function raiseAlarm({ id, text, link }) {
  const known = alarms.value.find(alarm => alarm.id === id);
  if (known) {
    if (known.text !== text || known.link !== link) alarms.set(alarms.value.map(alarm => (alarm === known ? { ...alarm, text, link } : alarm)));
    return;
  }

  alarms.set([{ id, text, link, since: Date.now(), isHeard: false }, ...alarms.value]);
  announce(text, { urgent: true });
  notify(id, text);
  update();
}

/** The trouble is over. @param {string} id */
export function clearAlarm(id) {
  const left = alarms.value.filter(alarm => alarm.id !== id);
  if (left.length === alarms.value.length) return;
  alarms.set(left);
  update();
}

/** Clears those whose id begins so, but for the ones named: for who knows all of a kind at once. @param {string} prefix @param {ReadonlySet<string>} stay */
export function clearAlarmsExcept(prefix, stay) {
  for (const alarm of alarms.value) {
    if (alarm.id.startsWith(prefix) && !stay.has(alarm.id)) clearAlarm(alarm.id);
  }
}

/** The user has heard: the alarms stay, and are silent. */
export function acknowledgeAlarms() {
  alarms.set(alarms.value.map(alarm => ({ ...alarm, isHeard: true })));
  update();
}

export function toggleMuted() {
  muted.set(!muted.value);
  localStorage.setItem(MutedKey, muted.value ? '1' : '0');
  update();
}

/** Asks the browser to allow notifications; call it from a click. */
export async function allowNotifications() {
  if (notifications.value !== 'unsupported') notifications.set(await Notification.requestPermission());
}

/** Sets what the window is called when there is no alarm. @param {string} text */
export function setTitle(text) {
  title = text;
  showTitle();
}

// Browsers make no sound before the user has touched the page.
for (const type of ['pointerdown', 'keydown']) {
  window.addEventListener(type, () => {
    audio ??= new AudioContext();
    void audio.resume();
  }, { once: true, capture: true });
}

function update() {
  showTitle();
  const sounds = !muted.value && alarms.value.some(alarm => !alarm.isHeard);
  if (sounds && timer === 0) {
    beep();
    timer = window.setInterval(beep, Interval);
  } else if (!sounds && timer !== 0) {
    clearInterval(timer);
    timer = 0;
  }
}

function showTitle() {
  const count = alarms.value.length;
  const text = title ? `${title} · ${TitleOf}` : TitleOf;
  document.title = count > 0 ? `(${count}!) ${text}` : text;
}

/** Two short tones, which differ from those of mail and telephones. */
function beep() {
  if (audio?.state !== 'running') return;
  for (const [at, frequency] of /** @type {const} */ ([[0, 880], [0.22, 660]])) {
    const begin = audio.currentTime + at;
    const tone = new OscillatorNode(audio, { type: 'triangle', frequency });
    const volume = new GainNode(audio, { gain: 0 });
    volume.gain.setValueAtTime(0, begin);
    volume.gain.linearRampToValueAtTime(0.25, begin + 0.02);
    volume.gain.setValueAtTime(0.25, begin + 0.15);
    volume.gain.linearRampToValueAtTime(0, begin + 0.18);
    tone.connect(volume).connect(audio.destination);
    tone.start(begin);
    tone.stop(begin + 0.2);
  }
}

/** @param {string} id @param {string} text */
function notify(id, text) {
  if (notifications.value !== 'granted' || !document.hidden) return;
  try {
    const shown = new Notification('Recorder', { body: text, tag: id, icon: '/app/ui/icon.svg' });
    shown.addEventListener('click', () => window.focus());
  } catch {
    // Some browsers show notifications from service workers only; the banner, the title and the sound remain.
  }
}

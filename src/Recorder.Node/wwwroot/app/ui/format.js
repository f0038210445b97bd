// How the page writes numbers and times.

const ByteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** @param {number} bytes @returns {string} '1.2 GB' */
export function formatBytes(bytes) {
  let at = 0;
  while (bytes >= 999.5 && at < ByteUnits.length - 1) {
    bytes /= 1000;
    at++;
  }
  return `${bytes < 10 && at > 0 ? bytes.toFixed(1) : Math.round(bytes)} ${ByteUnits[at]}`;
}

/** @param {number} bitsPerSecond @returns {string} '4.2 Mbit/s' */
export function formatBitRate(bitsPerSecond) {
  return bitsPerSecond < 999_500 ? `${Math.round(bitsPerSecond / 1000)} kbit/s` : `${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
}

/** @param {number} seconds @returns {string} '3 d 4 h', '4 h 10 min', '12 min', '40 s' */
export function formatSpan(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

/** @param {number} milliseconds @returns {string} '1:02:03' or '02:03' */
export function formatDuration(milliseconds) {
  const s = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0');
  const rest = `${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${rest}` : rest;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** @param {Date | string | number} time @returns {string} '12:03:05', by this machine's time zone */
export function formatTime(time) {
  return clock.format(new Date(time));
}

/** @param {Date | string | number} time @returns {string} '1 Dec 2026, 12:03:05' */
export function formatDateTime(time) {
  const date = new Date(time);
  return `${day.format(date)}, ${clock.format(date)}`;
}

/** @param {number} count @param {string} one @param {string} [many] @returns {string} '1 recorder', '2 recorders' */
export function formatCount(count, one, many = `${one}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

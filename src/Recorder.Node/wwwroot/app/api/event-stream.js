import { urlOf } from './client.js';
import { connection, reportAway } from './connection.js';
import { loadSession } from './session.js';

const Shortest = 2000;
const Longest = 60_000;

/**
 * Reads server-sent events until the signal aborts, across absences of the node: each time the node is back the stream begins anew.
 * Over HTTP/1.1 a browser opens six connections to a node, for all its windows together, and each stream is one: share streams.
 * @param {string} path
 * @param {Record<string, (data: any) => void>} handlers By the name of the event; each gets its JSON.
 * @param {{ signal: AbortSignal, query?: Record<string, string | number | readonly string[] | null | undefined>, opened?: () => void }} options
 */
export function readEvents(path, handlers, { signal, query, opened }) {
  /** @type {EventSource | null} */
  let source = null;
  let timer = 0;
  let wait = Shortest;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    if (signal.aborted) return;
    const made = new EventSource(urlOf(path, query));
    source = made;
    made.addEventListener('open', () => {
      wait = Shortest;
      opened?.();
    });
    for (const [name, handle] of Object.entries(handlers)) {
      made.addEventListener(name, event => handle(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    }
    made.addEventListener('error', () => {
      void reportAway();
      // The browser tries again by itself, but not after an answer that is no stream: the session may be over, or there are too many readers.
      if (made.readyState !== EventSource.CLOSED || source !== made) return;
      close();
      timer = window.setTimeout(open, wait);
      wait = Math.min(Longest, wait * 2);
      void loadSession().catch(() => {});
    });
  };
  const end = connection.watch(({ isUp }) => {
    if (isUp && source === null) open();
  });
  signal.addEventListener('abort', () => {
    end();
    close();
  });
  open();
}

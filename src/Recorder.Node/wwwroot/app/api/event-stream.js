import { connection, reportAway } from './connection.js';
import { urlOf } from './client.js';

/**
 * Reads server-sent events until the signal aborts, across absences of the node: each time the node is back the stream begins anew.
 * @param {string} path
 * @param {Record<string, (data: any) => void>} handlers By the name of the event; each gets its JSON.
 * @param {{ signal: AbortSignal, query?: Record<string, string | number | readonly string[] | null | undefined>, opened?: () => void }} options
 */
export function readEvents(path, handlers, { signal, query, opened }) {
  /** @type {EventSource | null} */
  let source = null;
  const close = () => {
    source?.close();
    source = null;
  };
  const open = () => {
    close();
    if (signal.aborted) return;
    const made = new EventSource(urlOf(path, query));
    source = made;
    if (opened) made.addEventListener('open', () => opened());
    for (const [name, handle] of Object.entries(handlers)) {
      made.addEventListener(name, event => handle(JSON.parse(/** @type {MessageEvent} */ (event).data)));
    }
    made.addEventListener('error', () => {
      // The browser tries again by itself, but not after an answer that is no stream.
      void reportAway();
      if (made.readyState === EventSource.CLOSED) close();
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

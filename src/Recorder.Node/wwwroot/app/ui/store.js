/**
 * A value that components watch.
 * @template T
 */
export class Store {
  /** @type {T} */
  #value;

  /** @type {Set<(value: T) => void>} */
  #watchers = new Set();

  /** @param {T} value */
  constructor(value) {
    this.#value = value;
  }

  get value() {
    return this.#value;
  }

  /** @param {T} value */
  set(value) {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of Array.from(this.#watchers)) watcher(value);
  }

  /**
   * @param {(value: T) => void} watcher Called with each later value.
   * @returns {() => void} Ends it.
   */
  watch(watcher) {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }
}

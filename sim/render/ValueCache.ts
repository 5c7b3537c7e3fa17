/** Scenes drawn with ever new sizes and colours must not grow the memory for ever. */
const maxEntries = 1024;

/**
 * Remembers what was built from a list of numbers: found at once for the same list object, and by
 * content for an equal one, so that callers may make new lists every frame.
 */
export class ValueCache<K extends readonly number[], V> {
  readonly #build: (key: K) => V;
  readonly #byIdentity = new WeakMap<K, V>();
  readonly #byContent = new Map<string, V>();

  constructor(build: (key: K) => V) {
    this.#build = build;
  }

  get(key: K): V {
    const known = this.#byIdentity.get(key);
    if (known !== undefined) return known;
    const content = key.join();
    let value = this.#byContent.get(content);
    if (value === undefined) {
      value = this.#build(key);
      if (this.#byContent.size >= maxEntries) this.#byContent.clear();
      this.#byContent.set(content, value);
    }
    this.#byIdentity.set(key, value);
    return value;
  }
}

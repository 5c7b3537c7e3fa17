/** How long a contradiction is shown, and how long after the last one the next is news. */
const SHOWN_SEC = 10;

/** Heartbeats in a node's name that are not believed. */
export class Contradictions {
  #count = 0;
  #last: { readonly text: string; readonly sec: number } | undefined;
  #isNews = false;

  /** How many there were. */
  get count(): number {
    return this.#count;
  }

  add(text: string, nowSec: number): void {
    this.#isNews ||= this.shown(nowSec) === undefined;
    this.#count += 1;
    this.#last = { text, sec: nowSec };
  }

  /** What was wrong with the last one; `undefined` where that is some time ago. */
  shown(nowSec: number): string | undefined {
    return this.#last && nowSec - this.#last.sec <= SHOWN_SEC ? this.#last.text : undefined;
  }

  /** The same, once: a flood of them is told of at its beginning alone. */
  news(nowSec: number): string | undefined {
    if (!this.#isNews) return undefined;
    this.#isNews = false;
    return this.shown(nowSec);
  }
}

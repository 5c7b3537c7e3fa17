/** How much before each deadline the loop is left; it may be busy for as long without harm. */
const LEAD_MS = 3;

/**
 * Calls back with a steady period, more punctually than the event loop can: the loop wakes early,
 * and what is left is slept with it standing still. A period that was missed altogether is left
 * out; those after it are where they would have been.
 */
export class PunctualTimer {
  readonly #periodMs: number;
  readonly #callback: () => void;
  readonly #nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  #deadlineMs = 0;
  #timeout: NodeJS.Timeout | undefined;

  constructor(periodMs: number, callback: () => void) {
    this.#periodMs = periodMs;
    this.#callback = callback;
  }

  /** The first call comes a period from now. */
  start(): void {
    this.stop();
    this.#deadlineMs = performance.now() + this.#periodMs;
    this.#sleep();
  }

  stop(): void {
    clearTimeout(this.#timeout);
    this.#timeout = undefined;
  }

  #sleep(): void {
    const leadMs = Math.min(LEAD_MS, this.#periodMs / 2);
    const sleepMs = Math.max(0, this.#deadlineMs - leadMs - performance.now());
    this.#timeout = setTimeout(() => this.#wake(), sleepMs);
  }

  #wake(): void {
    const restMs = this.#deadlineMs - performance.now();
    if (restMs > 0) Atomics.wait(this.#nobodyWakes, 0, 0, restMs);
    const missed = Math.max(0, Math.floor(-restMs / this.#periodMs));
    this.#deadlineMs += (missed + 1) * this.#periodMs;
    this.#sleep();
    this.#callback();
  }
}

import type { FollowingMonitor } from './FollowingMonitor.ts';

/** What keeps the controller from moving the arm until someone has looked: it stays until `clear`. */
export class FaultLatch {
  readonly #following: FollowingMonitor | undefined;
  #fault: string | undefined;
  /** Comes and goes; every time it comes it is latched. */
  #ofDriver: string | undefined;

  constructor(following: FollowingMonitor | undefined) {
    this.#following = following;
  }

  /** The first one; undefined if there is none. */
  get fault(): string | undefined {
    return this.#fault;
  }

  raise(reason: string): string {
    this.#fault ??= reason;
    return this.#fault;
  }

  /** What the driver says; undefined: nothing is wrong with it any more. */
  report(reason: string | undefined): void {
    this.#ofDriver = reason;
    // At once: between two periods, or while there are none, it may come and go.
    this.#fault ??= reason;
  }

  clear(): void {
    this.#fault = undefined;
  }

  /** Call it once a period. Following begins again whenever the arm need not follow. */
  check(mustFollow: boolean, commanded: Float64Array, measured: Float64Array): void {
    this.#fault ??= this.#ofDriver;
    if (mustFollow && this.#fault === undefined) {
      this.#fault = this.#following?.check(commanded, measured);
    } else this.#following?.restart();
  }
}

/** Enough for more than a minute of ticks: older observations answer to nothing any more. */
const HISTORY = 256;

/**
 * Counts ticks by the actions that were executed, and remembers when each began.
 *
 * A tick is consumed when its action starts. While there is nothing to execute no tick passes: the
 * arm stands still, and an observation of it belongs to the tick that is yet to begin.
 */
export class TickClock {
  readonly #tickNs: bigint;
  readonly #startsNs: bigint[] = [];
  #next = 0;
  #endNs: bigint | undefined;

  constructor(tickSec: number) {
    this.#tickNs = BigInt(Math.round(tickSec * 1e9));
  }

  /** The tick that begins next; as many have been consumed. */
  get next(): number {
    return this.#next;
  }

  /** When the running tick ends; undefined where none runs. */
  get endNs(): bigint | undefined {
    return this.#endNs;
  }

  /** Begins the next tick; the end of the one before is its start where `nowNs` is about then. */
  begin(nowNs: bigint): void {
    const late = this.#endNs === undefined ? this.#tickNs : nowNs - this.#endNs;
    const inTime = late < this.#tickNs / 2n && late > -this.#tickNs / 2n;
    const startNs = inTime && this.#endNs !== undefined ? this.#endNs : nowNs;
    this.#startsNs.push(startNs);
    if (this.#startsNs.length > HISTORY) this.#startsNs.shift();
    this.#next += 1;
    this.#endNs = startNs + this.#tickNs;
  }

  /** No tick runs any more; the next one begins whenever there is an action for it. */
  idle(): void {
    this.#endNs = undefined;
  }

  /** Forgets when ticks began, as after a jump of the clock; the count goes on. */
  forgetTimes(): void {
    this.#startsNs.length = 0;
    this.#endNs = undefined;
  }

  /** The tick whose beginning is nearest to the stamp; at most the next one. */
  tickOfStamp(stampNs: bigint): number {
    const oldest = this.#next - this.#startsNs.length;
    for (let i = this.#startsNs.length - 1; i >= 0; i--) {
      const sinceStart = stampNs - (this.#startsNs[i] as bigint);
      if (sinceStart >= 0n) return oldest + i + (2n * sinceStart >= this.#tickNs ? 1 : 0);
    }
    return oldest;
  }
}

import { nsOf } from '../math/time.ts';

/** Enough for more than a minute of ticks: older observations answer to nothing any more. */
const HISTORY = 256;

type Tick = { readonly startNs: bigint; readonly lengthNs: bigint };

/**
 * Counts ticks by the actions that were executed, and remembers when each began.
 *
 * A tick is consumed when its action starts. While there is nothing to execute no tick passes: the
 * arm stands still, and an observation of it belongs to the tick that is yet to begin.
 */
export class TickClock {
  readonly #fullSpeedNs: bigint;
  #tickNs: bigint;
  #ticks: Tick[] = [];
  #next = 0;
  #endNs: bigint | undefined;

  constructor(tickSec: number) {
    this.#fullSpeedNs = nsOf(tickSec);
    this.#tickNs = this.#fullSpeedNs;
  }

  /** The tick that begins next; as many have been consumed. */
  get next(): number {
    return this.#next;
  }

  /** When the running tick ends; undefined where none runs. */
  get endNs(): bigint | undefined {
    return this.#endNs;
  }

  /** From now on ticks last 1 / `scale` as long, and so does what is left of the running one. */
  setSpeed(scale: number, nowNs: bigint): void {
    const before = this.#tickNs;
    this.#tickNs = BigInt(Math.round(Number(this.#fullSpeedNs) / scale));
    const running = this.#ticks.at(-1);
    if (this.#endNs === undefined || running === undefined || this.#endNs <= nowNs) return;
    this.#endNs = nowNs + ((this.#endNs - nowNs) * this.#tickNs) / before;
    const lengthNs = this.#endNs - running.startNs;
    this.#ticks[this.#ticks.length - 1] = { startNs: running.startNs, lengthNs };
  }

  /** Begins the next tick; the end of the one before is its start where `nowNs` is about then. */
  begin(nowNs: bigint): void {
    const late = this.#endNs === undefined ? this.#tickNs : nowNs - this.#endNs;
    const inTime = late < this.#fullSpeedNs / 2n && late > -this.#fullSpeedNs / 2n;
    const startNs = inTime && this.#endNs !== undefined ? this.#endNs : nowNs;
    this.#ticks.push({ startNs, lengthNs: this.#tickNs });
    if (this.#ticks.length > HISTORY) this.#ticks.shift();
    this.#next += 1;
    this.#endNs = startNs + this.#tickNs;
  }

  /** No tick runs any more; the next one begins whenever there is an action for it. */
  idle(): void {
    this.#endNs = undefined;
  }

  /** Forgets when ticks began, as after a jump of the clock; the count continues. */
  forgetTimes(): void {
    this.#ticks = [];
    this.#endNs = undefined;
  }

  /** The tick whose beginning is nearest to the stamp; at most the next one. */
  tickOfStamp(stampNs: bigint): number {
    const oldest = this.#next - this.#ticks.length;
    for (let i = this.#ticks.length - 1; i >= 0; i--) {
      const { startNs, lengthNs } = this.#ticks[i] as Tick;
      const sinceStart = stampNs - startNs;
      if (sinceStart >= 0n) return oldest + i + (2n * sinceStart >= lengthNs ? 1 : 0);
    }
    return oldest;
  }
}

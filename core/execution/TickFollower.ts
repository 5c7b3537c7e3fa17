/**
 * Knows of another's count of ticks what its reports say: which tick a stamp belongs to.
 *
 * The controller counts ticks by the actions that it executes (`TickClock`); this follows it from
 * afar, where only the number of ticks consumed and the time of the report are known.
 */
export class TickFollower {
  readonly #fullSpeedNs: number;
  #tickNs: number;
  #consumed = 0;
  /** When the newest tick began; undefined before the first. */
  #startNs: bigint | undefined;

  constructor(tickSec: number) {
    this.#fullSpeedNs = tickSec * 1e9;
    this.#tickNs = this.#fullSpeedNs;
  }

  /**
   * Returns true where a tick has begun since the last report.
   *
   * @param speedScale share of the full speed, >0…1: ticks last longer by as much
   */
  follow(ticksConsumed: number, nowNs: bigint, speedScale = 1): boolean {
    if (speedScale > 0) this.#tickNs = this.#fullSpeedNs / speedScale;
    const hasBegun = ticksConsumed > this.#consumed;
    if (hasBegun) this.#startNs = nowNs;
    this.#consumed = ticksConsumed;
    return hasBegun;
  }

  /** The tick whose beginning is nearest to the stamp; at most the next one. */
  tickOfStamp(stampNs: bigint): number {
    if (this.#startNs === undefined) return this.#consumed;
    const newest = this.#consumed - 1;
    const periods = Math.round(Number(stampNs - this.#startNs) / this.#tickNs);
    return Math.min(newest + periods, this.#consumed);
  }
}

/** Where an arm truly was in the last periods: arm joints, then the finger joint. */
export class TruthWindow {
  readonly #kept: number;
  readonly #places: Float64Array[] = [];

  /** @param kept periods that are remembered */
  constructor(kept: number) {
    this.#kept = kept;
  }

  get isEmpty(): boolean {
    return this.#places.length === 0;
  }

  push(positions: ArrayLike<number>): void {
    this.#places.push(Float64Array.from(positions));
    if (this.#places.length > this.#kept) this.#places.shift();
  }

  /** The place of this many periods ago, or the oldest that is known; 0: the latest. */
  ago(periods: number): Float64Array {
    return this.#places[Math.max(0, this.#places.length - 1 - periods)]!;
  }

  /** Least and greatest position of a joint in the last periods, this many. */
  range(joint: number, periods: number): { readonly lower: number; readonly upper: number } {
    const values = this.#places.slice(-periods).map((place) => place[joint]!);
    return { lower: Math.min(...values), upper: Math.max(...values) };
  }

  /** How far a position of a joint is outside of where that was in the last periods, this many. */
  distance(joint: number, position: number, periods: number): number {
    const { lower, upper } = this.range(joint, periods);
    return Math.max(0, lower - position, position - upper);
  }

  /**
   * Whether the first joints, this many, kept within `most` of one place for some `periods` on end, or
   * are not known for as long.
   */
  rested(joints: number, periods: number, most: number): boolean {
    const count = this.#places.length;
    if (count <= periods) return true;
    for (let end = periods; end <= count; end++) {
      const places = this.#places.slice(end - periods, end);
      const isStill = Array.from({ length: joints }, (_, i) => {
        const values = places.map((place) => place[i]!);
        return Math.max(...values) - Math.min(...values) <= most;
      }).every(Boolean);
      if (isStill) return true;
    }
    return false;
  }
}

import type { JointSample } from '../observation/Observation.ts';

export type JointReading =
  { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/** Picks joints out of samples by name; anything else in them is left alone. */
export class JointReader {
  readonly #names: readonly string[];

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** Writes the positions in this reader's order; leaves `out` untouched on refusal. */
  read(sample: JointSample, out: Float64Array): JointReading {
    const { names, positions } = sample;
    if (names.length !== positions.length) {
      return refuse(`${names.length} names but ${positions.length} positions`);
    }
    const indices = this.#names.map((name) => names.indexOf(name));
    const missing = this.#names.filter((_, i) => indices[i] === -1);
    if (missing.length > 0) return refuse(`missing ${missing.join(', ')}`);
    const twice = this.#names.filter((name, i) => names.lastIndexOf(name) !== indices[i]);
    if (twice.length > 0) return refuse(`named twice: ${twice.join(', ')}`);
    const bad = this.#names.filter((_, i) => !Number.isFinite(positions[indices[i] as number]));
    if (bad.length > 0) return refuse(`not finite: ${bad.join(', ')}`);
    indices.forEach((index, i) => (out[i] = positions[index] as number));
    return { accepted: true };
  }
}

function refuse(what: string): JointReading {
  return { accepted: false, reason: `joint state: ${what}` };
}

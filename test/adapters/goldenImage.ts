import { readFileSync } from 'node:fs';

type ResizeCase = {
  readonly seed: number;
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly rgb: string;
};
type EncodingCase = {
  readonly seed: number;
  readonly encoding: string;
  readonly channels: number;
  readonly size: readonly [number, number];
  readonly rgb: string;
};
type CompressedCase = {
  readonly name: string;
  readonly tolerance: number;
  readonly size: readonly [number, number];
  readonly data: string;
  readonly rgb: string;
};

/** What OpenCV answers; `generator` says how it was made. */
export const goldenImage = JSON.parse(
  readFileSync(new URL('../../../test/adapters/golden/image.json', import.meta.url), 'utf8'),
) as {
  readonly resize: {
    readonly tolerance: number;
    readonly integer_factor_tolerance: number;
    readonly cases: readonly ResizeCase[];
  };
  readonly encodings: { readonly tolerance: number; readonly cases: readonly EncodingCase[] };
  readonly compressed: { readonly cases: readonly CompressedCase[] };
};

/** The pseudo-random bytes of the generator: a linear congruential generator's high bytes. */
export function noise(seed: number, count: number): Uint8Array {
  const values = new Uint8Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state >>> 24;
  }
  return values;
}

export function bytes(base64: string): Uint8Array {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

/** The largest difference between two pictures, or infinity when their lengths differ. */
export function maxDifference(a: Uint8Array, b: Uint8Array): number {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

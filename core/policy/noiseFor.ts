import { Random } from '../math/random.ts';

/** Standard normal numbers that depend on nothing but seed and observation, so runs repeat. */
export function noiseFor(seed: bigint, observationId: bigint, length: number): Float32Array {
  const random = new Random(`${seed}/noise/${observationId}`);
  return Float32Array.from({ length }, () => random.normal());
}

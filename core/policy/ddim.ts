import type { DiffusionSpec } from './ModelSpec.ts';

/** One step of the reverse process: from ᾱ at `timestep` to ᾱ at the next, less noisy one. */
export type DdimStep = {
  readonly timestep: number;
  readonly alphaBar: number;
  readonly nextAlphaBar: number;
};

/**
 * ᾱ for each training step of the squared-cosine schedule (Nichol and Dhariwal 2021), as diffusers'
 * `squaredcos_cap_v2`: β_i = min(1 − f((i+1)/T) / f(i/T), 0.999), f(s) = cos²((s + 0.008)/1.008 · π/2).
 */
export function squaredCosAlphaBars(trainSteps: number): Float64Array {
  const f = (s: number) => Math.cos(((s + 0.008) / 1.008) * (Math.PI / 2)) ** 2;
  const alphaBars = new Float64Array(trainSteps);
  let product = 1;
  for (let i = 0; i < trainSteps; i++) {
    product *= 1 - Math.min(1 - f((i + 1) / trainSteps) / f(i / trainSteps), 0.999);
    alphaBars[i] = product;
  }
  return alphaBars;
}

/** The steps of a run in their order, from the noisiest on; after the last one ᾱ is 1. */
export function ddimSteps(spec: DiffusionSpec): readonly DdimStep[] {
  const alphaBars = squaredCosAlphaBars(spec.trainSteps);
  const stride = spec.trainSteps / spec.inferenceSteps;
  const first =
    spec.timestepSpacing === 'trailing' ? spec.trainSteps - 1 : spec.trainSteps - stride;
  return Array.from({ length: spec.inferenceSteps }, (_, i) => {
    const timestep = first - i * stride;
    return {
      timestep,
      alphaBar: alphaBars[timestep]!,
      nextAlphaBar: alphaBars[timestep - stride] ?? 1,
    };
  });
}

/**
 * Deterministic DDIM update (Song et al. 2021, η = 0), in place:
 * x = √ᾱ·x̂₀ + √(1−ᾱ)·e gives the one of x̂₀ and e that the network does not predict, then
 * x ← √ᾱₙ·x̂₀ + √(1−ᾱₙ)·e.
 */
export function ddimUpdate(
  x: Float32Array,
  predicted: Float32Array,
  { alphaBar, nextAlphaBar }: DdimStep,
  prediction: DiffusionSpec['prediction'],
): void {
  if (predicted.length !== x.length) {
    throw new RangeError(`DDIM: ${x.length} numbers in the sample, ${predicted.length} predicted`);
  }
  const signal = Math.sqrt(alphaBar);
  const noise = Math.sqrt(1 - alphaBar);
  const nextSignal = Math.sqrt(nextAlphaBar);
  const nextNoise = Math.sqrt(1 - nextAlphaBar);
  for (let i = 0; i < x.length; i++) {
    const value = predicted[i]!;
    const isSample = prediction === 'sample';
    const x0 = isSample ? value : (x[i]! - noise * value) / signal;
    const e = isSample ? (x[i]! - signal * value) / noise : value;
    x[i] = nextSignal * x0 + nextNoise * e;
  }
}

/** Seeds from here on belong to evaluation; training data is made from smaller ones. */
export const FIRST_EVALUATION_SEED = 1_000_000;

/** Refuses seeds that would leak evaluation scenes into training data. */
export function assertTrainingSeed(seed: number): number {
  if (!Number.isSafeInteger(seed) || seed < 0 || seed >= FIRST_EVALUATION_SEED) {
    throw new RangeError(
      `training seeds are integers in 0…${FIRST_EVALUATION_SEED - 1}, found ${seed}`,
    );
  }
  return seed;
}

/** The seed of episode `episode` in an evaluation started with `--seed seed`. */
export function evaluationSeed(seed: number, episode: number): bigint {
  return BigInt(FIRST_EVALUATION_SEED) + BigInt(seed) * 10_000n + BigInt(episode);
}

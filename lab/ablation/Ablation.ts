import type { EvalResults } from '../evaluation/resultFiles.ts';
import type { AblationSpec } from './AblationSpec.ts';
import { type Condition, CONDITIONS, FULL, isVanilla } from './conditions.ts';
import { type AblationJobs, type Job, type Training, trainingName } from './jobs.ts';

/** Runs a job unless it was done before; resolves to the seconds that it took then. */
export type RunJob = (job: Job) => Promise<number>;

/** What a training and an evaluation leave behind. */
export type ReadFigures = {
  /** The last figures on held-out data in a training's log. */
  heldOut(trainingName: string): Promise<Readonly<Record<string, number>>>;
  evaluation(trainingName: string): Promise<Evaluated>;
};

type Evaluated = Pick<EvalResults, 'tasks' | 'mean'>;

export type TrainedResult = Evaluated & {
  readonly condition: string;
  readonly seed: number;
  readonly rate: number;
  readonly heldOut: Readonly<Record<string, number>>;
  /** Of both stages, without trials of learning rates. */
  readonly trainingSec: number;
};

/** By which of the held-out figures a learning rate is chosen: lower is better. */
const CHOSEN_BY = 'translation';

/**
 * All conditions with the first training seed; then the strongest vanilla one and the full one with
 * the others. Asks for all jobs that do not wait for another one: `run` decides how many at once.
 */
export async function runAblation(
  plan: AblationSpec,
  jobs: AblationJobs,
  run: RunJob,
  read: ReadFigures,
): Promise<TrainedResult[]> {
  for (const job of jobs.data()) await run(job);
  const [firstSeed, ...otherSeeds] = plan.trainingSeeds as [number, ...number[]];
  const rates = new Map<Condition, number>();
  const firsts = await Promise.all(
    CONDITIONS.map(async (condition) => {
      const rate = await bestRate(condition, firstSeed);
      rates.set(condition, rate);
      return train(condition, firstSeed, rate);
    }),
  );
  const contenders = [strongestVanilla(firsts), FULL];
  const others = otherSeeds.flatMap((seed) =>
    contenders.map((condition) => train(condition, seed, rates.get(condition)!)),
  );
  return [...firsts, ...(await Promise.all(others))];

  async function bestRate(condition: Condition, seed: number): Promise<number> {
    if (plan.rates.length === 1) return plan.rates[0]!;
    const before = jobs.pretraining(condition, seed);
    if (before) await run(before);
    const errors = await Promise.all(
      plan.rates.map(async (rate) => {
        const trial: Training = { condition, seed, rate, share: plan.trialShare };
        await run(jobs.actions(trial));
        const { [CHOSEN_BY]: error = NaN } = await read.heldOut(trainingName(trial));
        return Number.isNaN(error) ? Infinity : error;
      }),
    );
    return plan.rates[errors.indexOf(Math.min(...errors))]!;
  }

  async function train(condition: Condition, seed: number, rate: number): Promise<TrainedResult> {
    const training: Training = { condition, seed, rate, share: 1 };
    const name = trainingName(training);
    const before = jobs.pretraining(condition, seed);
    const beforeSec = before ? await run(before) : 0;
    const actionsSec = await run(jobs.actions(training));
    await run(jobs.exporting(training));
    await run(jobs.evaluation(training));
    const { tasks, mean } = await read.evaluation(name);
    return {
      condition: condition.name,
      seed,
      rate,
      tasks,
      mean,
      heldOut: await read.heldOut(name),
      trainingSec: beforeSec + actionsSec,
    };
  }
}

/** Of those with the first seed; the earlier one where two are equal. */
export function strongestVanilla(results: readonly TrainedResult[]): Condition {
  const meanOf = ({ name }: Condition) =>
    results.find(({ condition }) => condition === name)?.mean ?? -1;
  return CONDITIONS.filter(isVanilla).reduce((best, next) =>
    meanOf(next) > meanOf(best) ? next : best,
  );
}

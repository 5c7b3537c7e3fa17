import { variantsOf } from '../../sim/suites/variants.ts';
import { evaluationSeed } from '../../sim/tasks/seeds.ts';
import type { EpisodeJob, EpisodeResult } from './EpisodeRunner.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import type { SceneSetting } from './SceneSetting.ts';
import { EvalWorkerProcess } from './EvalWorkerProcess.ts';

export type EvaluationSpec = {
  readonly suite: string;
  readonly setting: SceneSetting;
  readonly tasks: readonly string[];
  readonly episodes: number;
  readonly seed: number;
  readonly workers: number;
};

export type JudgedEpisode = EpisodeJob & EpisodeResult;

export type Evaluation = {
  readonly policyName: string;
  /** In the order of tasks, variants, seeds, whichever worker ran them. */
  readonly episodes: readonly JudgedEpisode[];
  readonly wallSec: number;
  /** What the workers spent their time on, added up. */
  readonly secondsByPart: ReadonlyMap<string, number>;
};

/** Of every variant of a task this many episodes have pictures: there are many variants. */
const PICTURED_OF_VARIANT = 2;

/** The variants that each episode is run over; undefined where scenes are as they are. */
export function variantNames(
  { setting }: EvaluationSpec,
  robot: string,
): readonly string[] | undefined {
  if (setting === 'visual-matching') return undefined;
  return variantsOf(robot).map(({ name }) => name);
}

/**
 * Every task, and every variant of it, with the same seeds: episode i has the seed
 * `evaluationSeed(seed, i)`.
 */
export function episodeJobs(plan: EvaluationSpec, robot: string): EpisodeJob[] {
  const { suite, tasks, episodes, seed } = plan;
  const variants = variantNames(plan, robot);
  return tasks.flatMap((task) =>
    (variants ?? [undefined]).flatMap((variant) =>
      Array.from({ length: episodes }, (_, i) => ({
        suite,
        task,
        variant,
        seed: evaluationSeed(seed, i),
        isPictured: variant === undefined || i < PICTURED_OF_VARIANT,
      })),
    ),
  );
}

/** Runs all episodes; which worker runs which makes no difference to any of them. */
export async function evaluate(
  settings: LoopSettings,
  plan: EvaluationSpec,
  onEpisode: (episode: JudgedEpisode) => void,
): Promise<Evaluation> {
  const jobs = episodeJobs(plan, settings.robot);
  const episodes: JudgedEpisode[] = [];
  const workers = await startWorkers(settings, Math.min(plan.workers, jobs.length));
  const startMs = performance.now();
  let next = 0;
  const work = async (worker: EvalWorkerProcess) => {
    for (let i = next++; i < jobs.length; i = next++) {
      const job = jobs[i] as EpisodeJob;
      const episode = { ...job, ...(await worker.run(job)) };
      episodes[i] = episode;
      onEpisode(episode);
    }
  };
  try {
    await Promise.all(workers.map(work));
    const wallSec = (performance.now() - startMs) / 1000;
    const parts = await Promise.all(workers.map((worker) => worker.close()));
    const policyName = workers[0]?.policyName ?? '';
    return { policyName, episodes, wallSec, secondsByPart: sum(parts) };
  } catch (error) {
    for (const worker of workers) worker.kill();
    throw error;
  }
}

async function startWorkers(settings: LoopSettings, count: number): Promise<EvalWorkerProcess[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, () => EvalWorkerProcess.start(settings)),
  );
  const failed = started.find((result) => result.status === 'rejected');
  const workers = started.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
  if (failed === undefined) return workers;
  for (const worker of workers) worker.kill();
  throw failed.reason;
}

function sum(parts: readonly ReadonlyMap<string, number>[]): ReadonlyMap<string, number> {
  const total = new Map<string, number>();
  for (const part of parts) {
    for (const [name, seconds] of part) total.set(name, (total.get(name) ?? 0) + seconds);
  }
  return total;
}

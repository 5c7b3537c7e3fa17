import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contactSheet, type ContactSheetCell } from '../../adapters/image/ContactSheet.ts';
import { writePng } from '../../adapters/image/encodeImage.ts';
import type { Provenance } from '../provenance.ts';
import type { EvalArguments } from './evalArguments.ts';
import type { Evaluation, JudgedEpisode } from './evaluate.ts';

/** `results.json`: nothing but what the command determines, so that it repeats bit for bit. */
export type EvalResults = {
  readonly robot: string;
  readonly suite: string;
  readonly model: string;
  readonly delay_ticks: number;
  readonly tasks: readonly {
    readonly name: string;
    readonly episodes: number;
    readonly successes: number;
  }[];
  /** Mean over the tasks of the share of successes. */
  readonly mean: number;
};

export function resultsOf(
  { suite, settings, plan }: EvalArguments,
  { policyName, episodes }: Evaluation,
): EvalResults {
  const tasks = plan.tasks.map((name) => {
    const own = episodes.filter(({ task }) => task === name);
    const successes = own.filter(({ outcome }) => outcome === 'success').length;
    return { name, episodes: own.length, successes };
  });
  const shares = tasks.map(({ episodes: count, successes }) => successes / count);
  return {
    robot: settings.robot,
    suite,
    model: policyName,
    delay_ticks: settings.delayTicks,
    tasks,
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}

/**
 * Writes `results.json`, `episodes.json` (how each one ended), `run.json` (what made them, and how
 * fast), `<task>.png` (beginning and end of every episode) and `failures.png`.
 */
export async function writeResults(
  parsed: EvalArguments,
  evaluation: Evaluation,
  from: Provenance,
): Promise<EvalResults> {
  const { outFolder, plan, settings } = parsed;
  const { episodes, wallSec, secondsByPart } = evaluation;
  const results = resultsOf(parsed, evaluation);
  const path = (name: string) => join(outFolder, name);
  await mkdir(outFolder, { recursive: true });
  await writeJson(path('results.json'), results);
  await writeJson(path('episodes.json'), episodes.map(withoutPictures));
  const steps = episodes.reduce((sum, { ticks }) => sum + ticks, 0);
  await writeJson(path('run.json'), {
    ...from,
    settings,
    plan,
    timing: {
      wall_sec: wallSec,
      steps,
      steps_per_sec: steps / wallSec,
      worker_sec_by_part: Object.fromEntries(secondsByPart),
    },
  });
  for (const task of plan.tasks) {
    const own = episodes.filter((episode) => episode.task === task);
    await writePng(contactSheet(own.flatMap(endsOf), 6), path(`${task}.png`));
  }
  const failed = episodes.filter(({ outcome }) => outcome !== 'success').flatMap(filmOf);
  if (failed.length > 0) await writePng(contactSheet(failed, 8), path('failures.png'));
  else await rm(path('failures.png'), { force: true });
  return results;
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

function withoutPictures({ task, seed, outcome, ticks, executedTicks }: JudgedEpisode) {
  return { task, seed: Number(seed), outcome, ticks, executed_ticks: executedTicks };
}

function endsOf({ seed, outcome, pictures }: JudgedEpisode): ContactSheetCell[] {
  const [first, last] = [pictures[0], pictures.at(-1)];
  if (first === undefined || last === undefined) return [];
  const frame = outcome === 'success' ? 'good' : 'bad';
  return [
    { image: first.image, caption: `seed ${seed}, tick ${first.tick}` },
    { image: last.image, caption: `${outcome}, tick ${last.tick}`, frame },
  ];
}

function filmOf({ task, seed, outcome, pictures }: JudgedEpisode): ContactSheetCell[] {
  const short = task.replace(/^[^_]+_/, '');
  return pictures.map(({ tick, image }, i) => ({
    image,
    caption: i === 0 ? `${short} ${seed}` : `tick ${tick}`,
    ...(i === pictures.length - 1 && { caption: outcome, frame: 'bad' as const }),
  }));
}

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contactSheet, type ContactSheetCell } from '../../adapters/image/ContactSheet.ts';
import { writePng } from '../../adapters/image/encodeImage.ts';
import type { Provenance } from '../provenance.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import {
  type EvaluationSpec,
  type Evaluation,
  type JudgedEpisode,
  variantNames,
} from './evaluate.ts';
import type { SceneSetting } from './SceneSetting.ts';

type Count = {
  readonly name: string;
  readonly episodes: number;
  readonly successes: number;
};

/** What is evaluated and how. */
type EvalRun = {
  readonly settings: LoopSettings;
  readonly plan: EvaluationSpec;
  readonly outFolder: string;
};

/** `results.json`: nothing but what the command determines, so that it repeats bit for bit. */
export type EvalResults = {
  readonly robot: string;
  readonly suite: string;
  /** Absent where scenes look as in training. */
  readonly setting?: SceneSetting;
  readonly model: string;
  readonly delay_ticks: number;
  /** With a variant aggregation, sums over the variants and what each of them came to. */
  readonly tasks: readonly (Count & { readonly variants?: readonly Count[] })[];
  /** Mean over the tasks of the share of successes. */
  readonly mean: number;
};

export function resultsOf(
  { settings, plan }: EvalRun,
  { policyName, episodes }: Evaluation,
): EvalResults {
  const { suite, setting } = plan;
  const variants = variantNames(plan, settings.robot);
  const tasks = plan.tasks.map((name) => {
    const own = episodes.filter(({ task }) => task === name);
    return {
      ...countOf(name, own),
      ...(variants !== undefined && {
        variants: variants.map((variant) =>
          countOf(
            variant,
            own.filter((episode) => episode.variant === variant),
          ),
        ),
      }),
    };
  });
  const shares = tasks.map(({ episodes: count, successes }) => successes / count);
  return {
    robot: settings.robot,
    suite,
    ...(variants !== undefined && { setting }),
    model: policyName,
    delay_ticks: settings.delayTicks,
    tasks,
    mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
  };
}

function countOf(name: string, episodes: readonly JudgedEpisode[]): Count {
  const successes = episodes.filter(({ outcome }) => outcome === 'success').length;
  return { name, episodes: episodes.length, successes };
}

/**
 * Writes `results.json`, `episodes.json` (how each one ended), `run.json` (what made them, and how
 * fast), `<task>.png` (beginning and end of every episode), `failures.png`, and of variants
 * `variants.png` (each one's first pictures).
 */
export async function writeResults(
  parsed: EvalRun,
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
    await writeSheet(own.flatMap(endsOf), 6, path(`${task}.png`));
  }
  const failed = episodes.filter(({ outcome }) => outcome !== 'success').flatMap(filmOf);
  await writeSheet(failed, 8, path('failures.png'));
  const variants = variantNames(plan, settings.robot) ?? [];
  const firsts = variants.flatMap((variant) =>
    plan.tasks.flatMap((task) =>
      episodes
        .filter((episode) => episode.task === task && episode.variant === variant)
        .slice(0, 1)
        .flatMap(firstOf),
    ),
  );
  await writeSheet(firsts, plan.tasks.length, path('variants.png'));
  return results;
}

/** No sheet of an earlier run is left where there is nothing to show. */
async function writeSheet(
  cells: readonly ContactSheetCell[],
  columns: number,
  path: string,
): Promise<void> {
  if (cells.length > 0) await writePng(contactSheet(cells, columns), path);
  else await rm(path, { force: true });
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
}

/** What the plain suite has, and where scenes are others, what these are. */
function withoutPictures(episode: JudgedEpisode) {
  const { suite, task, variant, seed, outcome, ticks, executedTicks, course } = episode;
  return {
    task,
    ...(variant !== undefined && { variant }),
    seed: Number(seed),
    outcome,
    ticks,
    executed_ticks: executedTicks,
    ...(suite !== 'simpler' && { course }),
  };
}

function firstOf({ variant, task, pictures: [first] }: JudgedEpisode): ContactSheetCell[] {
  if (first === undefined) return [];
  return [{ image: first.image, caption: `${variant ?? ''}: ${shortName(task)}` }];
}

function endsOf({ seed, variant, outcome, pictures }: JudgedEpisode): ContactSheetCell[] {
  const [first, last] = [pictures[0], pictures.at(-1)];
  if (first === undefined || last === undefined) return [];
  const frame = outcome === 'success' ? 'good' : 'bad';
  const scene = variant === undefined ? `seed ${seed}` : `${variant}, ${seed}`;
  return [
    { image: first.image, caption: `${scene}, tick ${first.tick}` },
    { image: last.image, caption: `${outcome}, tick ${last.tick}`, frame },
  ];
}

function filmOf(episode: JudgedEpisode): ContactSheetCell[] {
  const { task, seed, variant, outcome, course, pictures } = episode;
  const scene = `${shortName(task)} ${variant === undefined ? seed : `${variant} ${seed}`}`;
  return pictures.map(({ tick, image }, i) => ({
    image,
    caption: i === 0 ? scene : i === 1 ? saidAt(course, tick) : `tick ${tick}`,
    ...(i === pictures.length - 1 && { caption: outcome, frame: 'bad' as const }),
  }));
}

/** The sentence of a tick, since it may not be the benchmark's. */
function saidAt(course: JudgedEpisode['course'], tick: number): string {
  const said = course.flatMap((entry) => ('says' in entry && entry.tick <= tick ? entry.says : []));
  return said.at(-1) ?? `tick ${tick}`;
}

function shortName(task: string): string {
  return task.replace(/^(widowx|google_robot)_/, '');
}

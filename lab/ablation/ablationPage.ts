import type { Provenance } from '../provenance.ts';
import type { AblationSpec } from './AblationSpec.ts';
import { strongestVanilla, type TrainedResult } from './Ablation.ts';
import { CONDITIONS, FULL } from './conditions.ts';

/** Results of one condition over its training seeds. */
type Summary = {
  readonly name: string;
  readonly title: string;
  readonly runs: readonly TrainedResult[];
  readonly meanPercent: number;
  /** Between the worst and the best training seed; NaN for a single one. */
  readonly spreadPercent: readonly [number, number] | undefined;
};

/** Full minus strongest vanilla, in points of success. */
export function marginPoints(results: readonly TrainedResult[]): number {
  const all = summaries(results);
  const of = (name: string) => all.find((summary) => summary.name === name)?.meanPercent ?? NaN;
  return of(FULL.name) - of(strongestVanilla(results).name);
}

function summaries(results: readonly TrainedResult[]): Summary[] {
  return CONDITIONS.flatMap(({ name, title }) => {
    const runs = results.filter(({ condition }) => condition === name);
    if (runs.length === 0) return [];
    const means = runs.map(({ mean }) => 100 * mean);
    const spreadPercent =
      runs.length > 1 ? ([Math.min(...means), Math.max(...means)] as const) : undefined;
    return [{ name, title, runs, meanPercent: average(means), spreadPercent }];
  });
}

/** A Markdown page: the table, what it rests on, and how to make it again. */
export function ablationPage(
  robot: string,
  plan: AblationSpec,
  results: readonly TrainedResult[],
  from: Provenance,
): string {
  const all = summaries(results);
  const tasks = (results[0]?.tasks ?? []).map(({ name }) => name);
  const episodes = results[0]?.tasks[0]?.episodes ?? 0;
  return [
    `# What spatial guidance pays: ${robot}`,
    '',
    'The same networks, episodes and numbers of training steps; only what teaches the planner differs.',
    `Success in closed loop, ${episodes} unseen scenes a task, judged at the last tick, in percent.`,
    '',
    row(['trained', 'seeds', ...tasks.map(shortName), 'mean', 'worst and best seed', 'minutes']),
    row(['---', ...Array.from({ length: tasks.length + 4 }, () => '---:')]),
    ...all.map((summary) => row(cells(summary, tasks))),
    '',
    `Spatially guided training minus the strongest vanilla: **${marginPoints(results).toFixed(1)} points**` +
      ' (the paper: 18.5 on both arms, on SimplerEnv with a model of 3.9 B parameters).',
    '',
    '## What the plans are worth',
    '',
    'On held-out episodes; points and waypoints in pixels of the model’s picture (median).',
    '',
    ...spatialTable(all),
    '',
    '## Budget',
    '',
    `- ${plan.episodes.count} episodes of the scripted expert (seed ${plan.episodes.seed}); ` +
      `${plan.static.count} static scenes (seed ${plan.static.seed}) for stage (i) and beside guided actions.`,
    `- Stage (i): ${plan.pretraining.steps} steps of ${plan.pretraining.batch}. ` +
      `Stage (ii): ${plan.actions.steps} steps of ${plan.actions.batch} + ${plan.actions.staticBatch}; ` +
      'without stage (i) as many more as its frames make. Where no place is taught, frames of episodes take the place of scenes.',
    `- Learning rates tried for each: ${plan.rates.join(', ')}, for ${100 * plan.trialShare} % of the steps; ` +
      'the one with the smallest error of translation on held-out episodes was taken: ' +
      `${all.map(({ name, runs }) => `${name} ${runs[0]?.rate}`).join(', ')}.`,
    '- Minutes are those of both stages of one training, without the trials.',
    '',
    '```sh',
    from.command,
    '```',
    '',
    `Commit ${from.commit}, ${from.machine}, Node.js ${from.node}, begun ${from.startedAt}.`,
    '',
  ].join('\n');
}

function cells({ title, runs, meanPercent, spreadPercent }: Summary, tasks: string[]): string[] {
  const shareOf = (task: string) =>
    average(
      runs.map(({ tasks: own }) => {
        const { successes = NaN, episodes = NaN } = own.find(({ name }) => name === task) ?? {};
        return (100 * successes) / episodes;
      }),
    );
  return [
    title,
    String(runs.length),
    ...tasks.map((task) => shareOf(task).toFixed(1)),
    meanPercent.toFixed(1),
    spreadPercent === undefined ? '' : spreadPercent.map((value) => value.toFixed(1)).join(' and '),
    average(runs.map(({ trainingSec }) => trainingSec / 60)).toFixed(0),
  ];
}

const SPATIAL_FIGURES = {
  pick_px: 'pick',
  place_px: 'place',
  grip_px: 'fingers',
  waypoint_px: 'waypoints',
  box_iou: 'IoU of boxes',
} as const;

function spatialTable(all: readonly Summary[]): string[] {
  const keys = Object.keys(SPATIAL_FIGURES);
  return [
    row(['trained', ...Object.values(SPATIAL_FIGURES)]),
    row(['---', ...keys.map(() => '---:')]),
    ...all
      .filter(({ runs }) => runs.some(({ heldOut }) => heldOut.pick_px !== undefined))
      .map(({ title, runs }) =>
        row([title, ...keys.map((key) => shown(average(runs.map((r) => r.heldOut[key] ?? NaN))))]),
      ),
  ];
}

const shown = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(2));
const row = (values: readonly string[]): string => `| ${values.join(' | ')} |`;
const average = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** `widowx_spoon_on_towel` → `spoon on towel`: the robot stands above. */
const shortName = (task: string): string =>
  task.replace(/^(widowx|google_robot)_/u, '').replaceAll('_', ' ');

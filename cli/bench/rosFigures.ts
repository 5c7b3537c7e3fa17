import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument, Scalar } from 'yaml';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { isolate, joinGraph, leaveGraph, sleep, waitUntilPresent } from '../operator/joinGraph.ts';
import { LaunchedNodes } from '../operator/LaunchedNodes.ts';
import { Operator } from '../operator/Operator.ts';
import { median, quantile, rateHz } from '../../core/math/statistics.ts';
import type { BareTimerReport } from './bareTimer.ts';
import type { Figure } from './Figure.ts';
import { NodeSamples } from './NodeSamples.ts';

const START_LIMIT_MS = 90_000;
/** Left out of all figures: compilation, first inferences, discovery. */
const WARM_UP_MS = 4_000;
const CONTROL_PERIOD_MS = 20;
const TASK = 'widowx_put_eggplant_in_basket';

type Bench = {
  readonly operator: Operator;
  readonly samples: NodeSamples;
  readonly folder: string;
  readonly seconds: number;
};

/** Times and rates of the running nodes, with inference running all the time. */
export async function rosFigures(seconds: number): Promise<Figure[]> {
  const leaveDomain = await isolate();
  const folder = await mkdtemp(join(tmpdir(), 'st4vla-bench-'));
  const { node, built } = await joinGraph('bench', (created) => ({
    operator: new Operator(created),
    samples: new NodeSamples(created),
  }));
  const bench: Bench = { ...built, folder, seconds };
  try {
    const figures = await listen(bench, [], asConfigured);
    const parameters = `params_file:=${await unhurriedByPeriods(folder)}`;
    return [...figures, ...(await listen(bench, [parameters], asFastAsTheyCan))];
  } finally {
    leaveGraph(node);
    leaveDomain();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts the nodes, gives an instruction, listens, and ends them. */
async function listen(
  { operator, samples, folder, seconds }: Bench,
  launchArguments: readonly string[],
  figuresOf: (samples: NodeSamples, bareJitterMs: readonly number[]) => Figure[],
): Promise<Figure[]> {
  const nodes = new LaunchedNodes(
    'sim.launch.yaml',
    ['robot:=widowx', ...launchArguments],
    join(folder, 'nodes.log'),
  );
  const measure = async () => {
    await waitUntilPresent(
      () => operator.missingNodes(),
      START_LIMIT_MS,
      () => undefined,
    );
    operator.instruct(await operator.beginEpisode(TASK, BigInt(FIRST_EVALUATION_SEED)));
    await sleep(WARM_UP_MS);
    samples.clear();
    const bareJitterMs = await jitterOfBareTimer(seconds);
    return figuresOf(samples, bareJitterMs);
  };
  try {
    return await Promise.race([nodes.failure(), measure()]);
  } finally {
    await nodes.stop();
  }
}

/** What the machine does to any timer meanwhile: no node can be steadier. */
async function jitterOfBareTimer(seconds: number): Promise<readonly number[]> {
  const periods = Math.round((seconds * 1000) / CONTROL_PERIOD_MS);
  const child = fork(new URL('./bareTimer.js', import.meta.url), [
    String(CONTROL_PERIOD_MS),
    String(periods),
  ]);
  const report = once(child, 'message') as Promise<[BareTimerReport]>;
  const failure = once(child, 'exit').then(([code]) => {
    throw new Error(`the bare timer ended with code ${code}`);
  });
  failure.catch(() => undefined);
  const [{ jitterMs }] = await Promise.race([report, failure]);
  return jitterMs;
}

/** The robot's parameters, but each half of the policy runs again as soon as it can. */
async function unhurriedByPeriods(folder: string): Promise<string> {
  const text = await readFile(join(packageRoot, 'config', 'widowx.yaml'), 'utf8');
  const parameters = parseDocument(text);
  const zero = new Scalar(0);
  zero.minFractionDigits = 1; // without a fraction ROS reads an integer
  parameters.setIn(['/**/policy', 'ros__parameters', 'planner', 'period'], zero);
  parameters.setIn(['/**/policy', 'ros__parameters', 'expert', 'period_ticks'], zero);
  const file = join(folder, 'fastest.yaml');
  await writeFile(file, parameters.toString());
  return file;
}

function asConfigured(samples: NodeSamples, bareJitterMs: readonly number[]): Figure[] {
  const { imageAgesMs, planNs, chunkNs, rows } = samples;
  const image = 'image stamp → observation published';
  return [
    {
      name: `${image}, p50`,
      value: quantile(imageAgesMs, 0.5),
      unit: 'ms',
      wanted: { atMost: 6 },
    },
    {
      name: `${image}, p99`,
      value: quantile(imageAgesMs, 0.99),
      unit: 'ms',
      wanted: { atMost: 15 },
    },
    {
      name: '50 Hz command jitter while inferring, p99',
      value: quantile(samples.jitterMs(CONTROL_PERIOD_MS), 0.99),
      unit: 'ms',
      wanted: { atMost: 2 },
    },
    {
      name: 'the same of a bare timer beside it, p99',
      value: quantile(bareJitterMs, 0.99),
      unit: 'ms',
    },
    { name: 'planner, as configured', value: rateHz(planNs), unit: 'Hz' },
    { name: 'expert, once a tick', value: rateHz(chunkNs), unit: 'Hz' },
    { name: 'delay from a frame to its action', value: median(rows), unit: 'ticks' },
  ];
}

function asFastAsTheyCan({ planNs, chunkNs }: NodeSamples): Figure[] {
  const name = (subsystem: string) => `${subsystem}, both as fast as they can`;
  return [
    { name: name('planner'), value: rateHz(planNs), unit: 'Hz', wanted: { atLeast: 1 } },
    { name: name('expert'), value: rateHz(chunkNs), unit: 'Hz', wanted: { atLeast: 5 } },
  ];
}

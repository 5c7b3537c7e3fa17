import { fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { embodimentByName, EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { metaOf, openDataset } from './meta.ts';
import type { DatasetSpec } from './DatasetSpec.ts';
import { PER_SHARD, sceneSeed } from './DatasetSpec.ts';
import { taskNamesOf } from '../../sim/arms/simArms.ts';
import { sceneSeeds } from './sceneSeeds.ts';
import { ProgressLine } from './ProgressLine.ts';
import type { WorkerReport, WorkerShare } from './worker.ts';
import { makeShards } from './worker.ts';

const USAGE = `usage: st4vla data static|episodes --out DIR [options]

Makes training data from the simulated arm. An interrupted run goes on where it stopped when it is
started again with the same settings.

  static         single pictures with points, boxes and trajectories
  episodes       the scripted expert at work, with action chunks

  --out DIR      where the data goes
  --robot NAME   widowx (default) or google_robot
  --count N      pictures (24000 unless told otherwise) or episodes (1200)
  --seed S       which scenes, 1 unless told otherwise; 0 to 9, others are for evaluation
  --instructions 2   episodes in which a second instruction follows on the first
  --tasks A,B    episodes of these tasks of the benchmark only; otherwise all that training has
  --workers W    processes, 2 unless told otherwise; the data does not depend on it
`;

type Arguments = {
  readonly plan: DatasetSpec;
  readonly workers: number;
  readonly share: WorkerShare | undefined;
};

async function main(args: readonly string[]): Promise<void> {
  if (args.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(USAGE);
    return;
  }
  const { plan, workers, share } = parseArguments(args);
  const embodiment = embodimentByName(plan.robot);
  const urdfFile = findUrdf(embodiment);
  if (share !== undefined) {
    await makeShards(plan, share, urdfFile, (report) => process.send?.(report));
    process.disconnect?.();
    return;
  }
  if (plan.tasks.length > 0) sceneSeeds(plan);
  else sceneSeed(plan, plan.count - 1);
  const urdf = parseUrdf(readFileSync(urdfFile, 'utf8'));
  const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  openDataset(plan.directory, metaOf(plan, chain.forward(embodiment.homeJoints)));
  const progress = new ProgressLine(plan.kind === 'static' ? 'pictures' : 'episodes', plan.count);
  const own = process.argv.slice(2);
  await Promise.all(
    Array.from({ length: workers }, (_, index) =>
      runWorker([...own, '--share', `${index}/${workers}`], (report) => progress.add(report)),
    ),
  );
  progress.end();
}

function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      robot: { type: 'string', default: 'widowx' },
      count: { type: 'string' },
      seed: { type: 'string', default: '1' },
      instructions: { type: 'string', default: '1' },
      tasks: { type: 'string' },
      workers: { type: 'string', default: '2' },
      share: { type: 'string' },
    },
  });
  const [kind] = positionals;
  if ((kind !== 'static' && kind !== 'episodes') || values.out === undefined)
    throw new Error(USAGE);
  const count = Number(values.count ?? (kind === 'static' ? 24_000 : 1200));
  const workers = Number(values.workers);
  if (!Number.isInteger(workers) || workers < 1 || workers > 64) {
    throw new Error(`--workers is an integer in 1…64, found ${values.workers}`);
  }
  const instructions = Number(values.instructions);
  if (instructions !== 1 && (instructions !== 2 || kind === 'static')) {
    const expected = kind === 'static' ? '1 for single pictures' : '1 or 2';
    throw new Error(`--instructions is ${expected}, found ${values.instructions}`);
  }
  const tasks = values.tasks?.split(',') ?? [];
  if (tasks.length > 0 && (kind === 'static' || instructions === 2)) {
    throw new Error('--tasks goes with episodes of one instruction');
  }
  const robots = EMBODIMENTS.map(({ name }) => name);
  if (!robots.includes(values.robot)) {
    throw new Error(`--robot is one of ${robots.join(', ')}, found "${values.robot}"`);
  }
  const unknown = tasks.filter((task) => !taskNamesOf({ name: values.robot }).includes(task));
  if (unknown.length > 0) {
    const known = taskNamesOf({ name: values.robot }).join(', ');
    throw new Error(`--tasks are of ${known}; found ${unknown.join(', ')}`);
  }
  const [index, of] = (values.share ?? '').split('/').map(Number);
  return {
    plan: {
      kind,
      robot: values.robot,
      directory: values.out,
      count,
      seed: Number(values.seed),
      instructions,
      tasks,
      perShard: PER_SHARD[kind],
    },
    workers,
    share: index === undefined || of === undefined ? undefined : { index, of },
  };
}

function runWorker(
  args: readonly string[],
  onReport: (report: WorkerReport) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), args);
    child.on('message', (message) => onReport(message as WorkerReport));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${signal ?? `code ${code}`}`));
    });
  });
}

/** `urdf/` lies beside `dist/`, or beside `sim/` when run from sources. */
function findUrdf({ urdfFile }: Embodiment): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'urdf', urdfFile);
    if (existsSync(file)) return file;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`urdf/${urdfFile} was not found`);
    folder = parent;
  }
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}

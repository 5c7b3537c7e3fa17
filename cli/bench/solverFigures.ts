import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { InverseKinematics } from '../../core/kinematics/InverseKinematics.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { quantile } from '../../core/math/statistics.ts';
import type { Figure } from './Figure.ts';

/** Targets one after the other on a way through the workspace, each solved from the one before. */
const TARGETS = 2000;
/** The whole way is gone so often; the first time does not count. */
const ROUNDS = 6;

type PinResult = { readonly times_us: readonly number[]; readonly solved: number };

/** Time of a solve in steady state, here and by pin called from Python on the same targets. */
export async function solverFigures(
  embodiment: Embodiment,
  urdf: UrdfModel,
  python: string | undefined,
): Promise<Figure[]> {
  const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  const targets = pathThroughJoints(embodiment, chain);
  const { timesUs, solved } = solveAll(embodiment, chain, targets);
  const p50 = quantile(timesUs, 0.5);
  const figures: Figure[] = [
    { name: 'solve, p50', value: p50, unit: 'µs', wanted: { atMost: 50 } },
    { name: 'solve, p99', value: quantile(timesUs, 0.99), unit: 'µs' },
    { name: 'solved', value: (100 * solved) / TARGETS, unit: '%', wanted: { atLeast: 100 } },
  ];
  if (python === undefined) return figures;
  const pin = await solveWithPin(embodiment, targets, python);
  const pinP50 = quantile(pin.times_us, 0.5);
  return [
    ...figures,
    { name: 'solve by pin from Python, p50', value: pinP50, unit: 'µs' },
    { name: 'solved by pin', value: (100 * pin.solved) / TARGETS, unit: '%' },
    { name: 'times as fast as pin', value: pinP50 / p50, unit: '', wanted: { atLeast: 1 } },
  ];
}

/** Up to 2 cm and 0.15 rad apart, with joints that swing about the home pose, within their limits. */
function pathThroughJoints(embodiment: Embodiment, chain: Chain): Pose[] {
  const swings = chain.joints.map(({ limit }, i) => {
    const home = embodiment.homeJoints[i]!;
    return Math.min(0.3, 0.9 * (limit.upper - home), 0.9 * (home - limit.lower));
  });
  return Array.from({ length: TARGETS }, (_, k) =>
    chain.forward(
      embodiment.homeJoints.map((q, i) => q + swings[i]! * Math.sin(0.05 * k * (1 + 0.3 * i))),
    ),
  );
}

function solveAll(embodiment: Embodiment, chain: Chain, targets: readonly Pose[]) {
  const solver = new InverseKinematics(chain, { posture: embodiment.homeJoints });
  const q = new Float64Array(chain.size);
  let timesUs: number[] = [];
  let solved = 0;
  for (let round = 0; round < ROUNDS; round++) {
    if (round === 1) timesUs = [];
    q.set(embodiment.homeJoints);
    solved = 0;
    for (const target of targets) {
      const startMs = performance.now();
      const { status } = solver.solve(q, target, q);
      timesUs.push((performance.now() - startMs) * 1000);
      if (status === 'ok') solved += 1;
    }
  }
  return { timesUs, solved };
}

async function solveWithPin(
  embodiment: Embodiment,
  targets: readonly Pose[],
  python: string,
): Promise<PinResult> {
  const folder = await mkdtemp(join(tmpdir(), 'st4vla-pin-'));
  try {
    const file = join(folder, 'targets.json');
    const task = {
      urdf: join(packageRoot, 'urdf', embodiment.urdfFile),
      joints: embodiment.armJoints,
      tip: embodiment.eeLink,
      start: embodiment.homeJoints,
      rounds: ROUNDS,
      targets: targets.map(({ position, orientation }) => [...position, ...orientation]),
    };
    await writeFile(file, JSON.stringify(task));
    const script = join(packageRoot, 'cli', 'bench', 'pin_ik.py');
    const run = promisify(execFile);
    const { stdout } = await run(python, [script, file], { maxBuffer: 1 << 26 });
    return JSON.parse(stdout) as PinResult;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

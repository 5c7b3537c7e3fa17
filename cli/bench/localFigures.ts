import { fuzzController } from '../../core/control/fuzz/fuzzController.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { InverseKinematics } from '../../core/kinematics/InverseKinematics.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { Random } from '../../core/math/random.ts';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { command } from '../eval/evalArguments.ts';
import { evaluate } from '../../lab/evaluation/evaluate.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { quantile } from '../../core/math/statistics.ts';
import type { Figure } from './Figure.ts';
import { printError } from '../../adapters/terminal/print.ts';
import { TraceFile } from './TraceFile.ts';

export type SafetyOptions = {
  /** For each arm. */
  readonly periods: number;
  readonly seed: number;
  readonly trace: string | undefined;
};

const SOLVES = 20_000;
const FRAMES = 200;

/** Time of one solve for a target as far away as one tick's step, from random joints. */
export async function kinematicsFigures(): Promise<Figure[]> {
  const urdf = parseUrdf(await readUrdf(widowx));
  const chain = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink);
  const solver = new InverseKinematics(chain);
  const random = new Random('bench/kinematics');
  const solved = new Float64Array(chain.size);
  const timesUs: number[] = [];
  for (let i = 0; i < SOLVES; i++) {
    const seed = widowx.homeJoints.map((q) => q + random.uniform(-0.5, 0.5));
    const target = chain.forward(seed.map((q) => q + random.uniform(-0.1, 0.1)));
    const startMs = performance.now();
    solver.solve(seed, target, solved);
    timesUs.push((performance.now() - startMs) * 1000);
  }
  const warm = timesUs.slice(SOLVES / 10);
  return [
    { name: 'inverse kinematics, p50', value: quantile(warm, 0.5), unit: 'µs' },
    { name: 'inverse kinematics, p99', value: quantile(warm, 0.99), unit: 'µs' },
  ];
}

/** Pictures of a moving arm at the camera's full size. */
export async function renderFigures(): Promise<Figure[]> {
  const world = await SimWorld.create({ embodiment: widowx, urdfText: await readUrdf(widowx) });
  const pixels = new Uint8Array(world.camera.width * world.camera.height * 3);
  const random = new Random('bench/render');
  let seconds = 0;
  for (let frame = -FRAMES / 10; frame < FRAMES; frame++) {
    const positions = widowx.homeJoints.map((q) => q + random.uniform(-0.1, 0.1));
    const { open } = widowx.gripper;
    world.step({ names: widowx.armJoints, positions, gripperJointPosition: open });
    const startMs = performance.now();
    world.renderInto(pixels);
    if (frame >= 0) seconds += (performance.now() - startMs) / 1000;
  }
  world.dispose();
  return [{ name: 'rendering at 640 × 480, one core', value: FRAMES / seconds, unit: 'frames/s' }];
}

/** Policy steps a second of `st4vla eval`, rendering included. */
export async function evalFigures(): Promise<Figure[]> {
  const parsed = command.parse([]);
  if (parsed.kind !== 'run') throw new Error('the defaults of eval are wrong');
  const { settings, plan } = parsed.arguments;
  const short = { ...plan, tasks: WIDOWX_TASK_NAMES.slice(0, 3), episodes: 8 };
  const { episodes, wallSec } = await evaluate(settings, short, () => undefined);
  const steps = episodes.reduce((sum, { ticks }) => sum + ticks, 0);
  const value = steps / wallSec;
  return [{ name: 'evaluation', value, unit: 'steps/s', wanted: { atLeast: 100 } }];
}

/**
 * Commands beyond a limit while controllers drive arms that are late and moved by others, with hostile
 * chunks, joint states, operators and clocks.
 *
 * @param traces files named like this, with the arm's name behind, get what a judge has to see
 */
export async function safetyFigures({ periods, seed, trace }: SafetyOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const embodiment of EMBODIMENTS) {
    const urdf = parseUrdf(await readUrdf(embodiment));
    const file = trace === undefined ? undefined : new TraceFile(`${trace}.${embodiment.name}`);
    const sink = file && ((record: Float64Array) => file.write(record));
    const result = fuzzController(embodiment, urdf, { periods, seed, trace: sink });
    file?.close();
    for (const violation of result.violations) printError(`${violation}\n`);
    const { commands, restarts, handovers, chunksOffered } = result;
    figures.push({
      name:
        `${embodiment.name}: violations in ${periods} periods, ${commands} commands, ` +
        `${chunksOffered} chunks, ${restarts} restarts, ${handovers} handovers`,
      value: result.violationCount,
      unit: '',
      wanted: { atMost: 0 },
    });
  }
  return figures;
}

import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { Random } from '../../core/math/random.ts';
import type { Vec3 } from '../../core/math/types.ts';
import { vec3Distance, vec3Dot, vec3Sub } from '../../core/math/vec3.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { quantile } from '../../core/math/statistics.ts';
import { DrivenArm } from './DrivenArm.ts';
import type { Figure } from './Figure.ts';
import { receivedFigures } from './receivedFigures.ts';
import { solverFigures } from './solverFigures.ts';
import { wave } from './wave.ts';

const TICKS = 300;
/** Noise of successive chunks about one straight way, m. */
const CHUNK_NOISE_M = 0.004;

/** How well the arms move, and what it costs; `python` is one that has pin, where there is any. */
export async function motionFigures(python: string | undefined): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const embodiment of EMBODIMENTS) {
    const urdf = parseUrdf(await readUrdf(embodiment));
    const named = [
      ...(await solverFigures(embodiment, urdf, python)),
      ...smoothnessFigures(embodiment, urdf),
      ...seamFigures(embodiment, urdf),
      ...receivedFigures(embodiment, urdf),
    ];
    figures.push(...named.map((f) => ({ ...f, name: `${embodiment.name}: ${f.name}` })));
  }
  return [...figures, await trackingFigure()];
}

/** Jerk, how exactly targets are met, and the time of a control period. */
function smoothnessFigures(embodiment: Embodiment, urdf: UrdfModel): Figure[] {
  const arm = new DrivenArm(embodiment, urdf);
  const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  const missesMm: number[] = [];
  const before = process.cpuUsage();
  for (let tick = 0; tick < TICKS; tick++) {
    arm.offer([wave(embodiment, tick), wave(embodiment, tick + 1)]);
    let last: ControllerOutput | undefined;
    arm.tick((output) => (last = output));
    const reached = chain.forward(last!.command!.positions).position;
    missesMm.push(1000 * vec3Distance(reached, last!.targetBaseFromEe!.position));
  }
  const { user, system } = process.cpuUsage(before);
  const busyUs = (user + system) / arm.outputs.length;
  const jerks = jerksOf(arm.outputs).flat();
  const share = Math.max(
    ...jerksOf(arm.outputs).map((joints) =>
      Math.max(...joints.map((jerk, i) => Math.abs(jerk) / embodiment.limits.jerk[i]!)),
    ),
  );
  const rms = Math.sqrt(jerks.reduce((sum, jerk) => sum + jerk * jerk, 0) / jerks.length);
  const warm = arm.stepTimesUs.slice(arm.stepTimesUs.length / 5);
  return [
    {
      name: 'target missed at the end of its tick, p99',
      value: quantile(missesMm, 0.99),
      unit: 'mm',
    },
    { name: 'jerk, root mean square', value: rms, unit: 'rad/s³' },
    {
      name: 'jerk, share of its limit',
      value: 100 * share,
      unit: '%',
      wanted: { atMost: 100.001 },
    },
    { name: 'control period, p50', value: quantile(warm, 0.5), unit: 'µs' },
    {
      name: 'control period, processor time with the checks of the benchmark',
      value: busyUs,
      unit: 'µs',
      wanted: { atMost: 1000 },
    },
  ];
}

/** Per period, of each joint; acceleration is linear within a period. */
function jerksOf(outputs: readonly ControllerOutput[]): number[][] {
  const commands = outputs.flatMap(({ command }) => command ?? []);
  return commands.slice(1).map(({ accelerations }, k) => {
    const before = commands[k]!.accelerations;
    return Array.from(accelerations, (a, i) => (a - before[i]!) / CONTROL_PERIOD_SEC);
  });
}

/** A new chunk each tick, about the same straight way but never quite the same: does it go back? */
function seamFigures(embodiment: Embodiment, urdf: UrdfModel): Figure[] {
  const random = new Random('bench/seams');
  const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  let back = 0;
  let periods = 0;
  for (let pathLength = 0; pathLength < 20; pathLength++) {
    const arm = new DrivenArm(embodiment, urdf);
    const sideways = pathLength % 2 === 0 ? 1 : -1;
    const direction: Vec3 = [0, sideways, 0];
    let before = chain.forward(embodiment.homeJoints).position;
    for (let tick = 0; tick < 6; tick++) {
      arm.offer(Array.from({ length: 8 }, () => noisyStep(random, sideways)));
      arm.tick(({ command, limitsActive }) => {
        const now = chain.forward(command!.positions).position;
        if (limitsActive.includes('self_collision')) return; // it may come to rest there
        periods += 1;
        if (vec3Dot(vec3Sub(now, before), direction) < -1e-6) back += 1;
        before = now;
      });
    }
  }
  return [
    {
      name: `periods of ${periods} that go back across chunk seams`,
      value: back,
      unit: '',
      wanted: { atMost: 0 },
    },
  ];
}

function noisyStep(random: Random, sideways: number): number[] {
  const noise = () => random.normal() * CHUNK_NOISE_M;
  return [noise(), 0.02 * sideways + noise(), noise(), 0, 0, 0, 1];
}

/** The simulated WidowX behind the same commands: how far is it from where it is commanded to be? */
async function trackingFigure(): Promise<Figure> {
  const urdfText = await readUrdf(widowx);
  const world = await SimWorld.create({ embodiment: widowx, urdfText });
  const urdf = parseUrdf(urdfText);
  const chain = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink);
  const arm = new DrivenArm(widowx, urdf);
  const errorsMm: number[] = [];
  for (let tick = 0; tick < TICKS; tick++) {
    arm.offer([wave(widowx, tick), wave(widowx, tick + 1)]);
    arm.tick(({ command }) => {
      world.step(command);
      const { positions } = world.jointSample();
      const commanded = chain.forward(command!.positions).position;
      const found = chain.forward(positions.subarray(0, chain.size)).position;
      errorsMm.push(1000 * vec3Distance(commanded, found));
    });
  }
  world.dispose();
  const value = quantile(errorsMm, 0.95);
  return { name: 'widowx: simulated arm behind its command, p95', value, unit: 'mm' };
}

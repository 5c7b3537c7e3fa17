import { ACTION_DIM } from '../action/ActionChunk.ts';
import type { ActionChunk } from '../action/ActionChunk.ts';
import type { Embodiment } from '../embodiment/Embodiment.ts';
import { ActionQueue } from '../execution/ActionQueue.ts';
import { movableJoint } from '../kinematics/UrdfModel.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import { Random } from '../math/random.ts';
import type { JointSample } from '../observation/Observation.ts';
import { CommandCheck } from './CommandCheck.ts';
import { Controller, SLOWEST } from './Controller.ts';
import type { JointCommand } from './ControllerOutput.ts';
import { CONTROL_PERIOD_NS, CONTROL_PERIOD_SEC } from './controlPeriod.ts';

export type FuzzResult = {
  readonly chunksOffered: number;
  readonly chunksAccepted: number;
  /** Actions executed, and commands that would have been sent. */
  readonly ticks: number;
  readonly commands: number;
  readonly violationCount: number;
  /** The first few, in words. */
  readonly violations: readonly string[];
};

const HOSTILE_NUMBERS = [NaN, Infinity, -Infinity, 1e30, -1e30, 3.4e38, 1e-42, 5e-324, -0];

/**
 * Feeds a controller with random chunks, joint states, stops and clock jumps, most of them hostile,
 * and checks everything that it would send. Deterministic for a seed; about 20 µs a chunk.
 */
export function fuzzController(
  embodiment: Embodiment,
  urdf: UrdfModel,
  options: { readonly chunks: number; readonly seed: bigint | number },
): FuzzResult {
  const random = new Random(`fuzz/${options.seed}`);
  const queue = new ActionQueue({
    dim: ACTION_DIM,
    mode: random.pick(['ensemble', 'receding']),
    ensembleHorizon: 7,
    executionHorizon: 4,
  });
  const controller = new Controller({ embodiment, urdf, queue, periodSec: CONTROL_PERIOD_SEC });
  const check = new CommandCheck(embodiment, urdf, CONTROL_PERIOD_SEC);
  let nowNs = 1_000_000_000n;
  let chunksAccepted = 0;
  let ticks = 0;
  let commands = 0;
  let lastCommand: JointCommand | undefined;

  for (let i = 0; i < options.chunks; i++) {
    const { epoch } = controller;
    const chunk = randomChunk(random, embodiment, nowNs, epoch, BigInt(i));
    if (controller.offerChunk(chunk, randomTick(random, controller, nowNs)).accepted) {
      chunksAccepted += 1;
    }
    if (random.uniform() < 0.02) {
      disturb(random, controller);
      check.allowReanchor();
    }
    for (let steps = random.int(5); steps > 0; steps--) {
      const sample = randomJointState(random, embodiment, urdf, nowNs, lastCommand);
      const answer = controller.onJointState(sample);
      if (answer.accepted) check.measured(sample);
      // states that are stale say nothing of where the arm is when fresh ones come
      if (answer.accepted && sample.stampNs !== nowNs) check.allowReanchor();
      const output = controller.step(nowNs);
      check.output(output);
      ticks = output.tick;
      if (output.command !== undefined) commands += 1;
      lastCommand = output.command ?? lastCommand;
      nowNs += CONTROL_PERIOD_NS;
    }
    if (random.uniform() < 0.002) {
      nowNs += BigInt(random.int(20) - 8) * 1_000_000_000n;
      check.allowReanchor();
    }
  }
  return {
    chunksOffered: options.chunks,
    chunksAccepted,
    ticks,
    commands,
    violationCount: check.violationCount,
    violations: check.violations,
  };
}

/** Half of the time a tick that may be right, else any number. */
function randomTick(random: Random, controller: Controller, nowNs: bigint): number {
  const now = controller.tickOfStamp(nowNs);
  if (random.uniform() < 0.9) return Math.max(0, now - random.int(2));
  return random.pick([NaN, -1, 0.5, now + 5, Infinity, random.int(1000)]);
}

function disturb(random: Random, controller: Controller): void {
  random.pick([
    () => controller.stop('fuzz'),
    () => controller.resume(),
    () => controller.resume(),
    () => controller.resume(),
    () => controller.resume(),
    () => controller.reset(),
    () => controller.setSpeedScale(random.pick([1, 1, 0.5, random.uniform(SLOWEST, 1)])),
    () => controller.newEpoch(random.pick([controller.epoch + 1, 0, NaN, -3])),
  ])();
}

function randomChunk(
  random: Random,
  embodiment: Embodiment,
  stampNs: bigint,
  epoch: number,
  id: bigint,
): ActionChunk {
  const horizon = 1 + random.int(16);
  // from plausible to absurd steps
  const scale = 10 ** random.uniform(-3, 3);
  const values = Array.from({ length: horizon * ACTION_DIM }, () => random.normal() * scale);
  const sound = {
    id,
    observationId: id,
    stampNs,
    planId: 1n,
    epoch,
    planAgeSec: 0,
    controlPeriodSec: embodiment.tickSec,
    horizon,
    dim: ACTION_DIM,
    actions: Float32Array.from(values),
    latencySec: 0,
  };
  switch (random.int(12)) {
    case 0:
      sound.actions[random.int(values.length)] = random.pick(HOSTILE_NUMBERS);
      return sound;
    case 1:
      return { ...sound, horizon: random.pick([0, -1, horizon + 1, 1e9, NaN, 2.5]) };
    case 2:
      return { ...sound, dim: random.pick([0, 6, 8, -7, NaN]) };
    case 3:
      return { ...sound, actions: sound.actions.subarray(random.int(values.length)) };
    case 4:
      return { ...sound, epoch: random.pick([epoch - 1, epoch + 1, NaN, 0.5, -1]) };
    case 5:
      return { ...sound, controlPeriodSec: random.pick([0, 0.1, NaN, -0.2, 3]) };
    default:
      return sound;
  }
}

/** Mostly the commanded pose with some noise; at times a teleport, garbage, or an odd stamp. */
function randomJointState(
  random: Random,
  embodiment: Embodiment,
  urdf: UrdfModel,
  nowNs: bigint,
  command: JointCommand | undefined,
): JointSample {
  const names = [...embodiment.armJoints, ...embodiment.fingerJoints, 'unrelated'];
  const near = [...(command?.positions ?? embodiment.homeJoints), 0.02, -0.02, 1];
  const positions = near.map((q) => q + random.normal() * 0.005);
  const sample = { stampNs: nowNs, names, positions: Float64Array.from(positions) };
  const velocities = new Float64Array(names.length);
  switch (random.int(40)) {
    case 0:
      names.forEach((name, i) => {
        const { lower, upper } =
          name === 'unrelated' ? { lower: -9, upper: 9 } : movableJoint(urdf, name).limit;
        sample.positions[i] = random.uniform(lower, upper) * random.pick([1, 1, 1.02, 5]);
      });
      break;
    case 1:
      sample.positions[random.int(names.length)] = random.pick(HOSTILE_NUMBERS);
      break;
    case 2:
      sample.names = random.shuffle(names);
      break;
    case 3:
      sample.names = names.slice(1);
      break;
    case 4:
      sample.names[random.int(names.length)] = random.pick(names);
      break;
    case 5:
      sample.stampNs = nowNs + BigInt(random.int(4_000_000_000) - 2_000_000_000);
      break;
    case 6:
      sample.positions = sample.positions.subarray(random.int(names.length));
      break;
    case 7:
      sample.positions.fill(random.pick(HOSTILE_NUMBERS));
      break;
    case 8: {
      const order = random.shuffle(names.map((_, i) => i));
      sample.names = order.map((i) => names[i]!);
      sample.positions = Float64Array.from(order, (i) => positions[i]!);
      break;
    }
    default:
  }
  return { ...sample, velocities };
}

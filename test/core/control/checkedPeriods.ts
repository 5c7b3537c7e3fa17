import 'node:assert/strict';
import { CommandCheck } from '../../../core/control/CommandCheck.ts';
import type { ControllerOutput, JointCommand } from '../../../core/control/ControllerOutput.ts';
import { gripperOpeningOf } from '../../../core/embodiment/Embodiment.ts';
import { widowx } from '../../../core/embodiment/widowx.ts';
import { widowxUrdf } from '../arm.ts';

export type Period = {
  readonly output: ControllerOutput | undefined;
  readonly truth?: readonly number[];
  readonly listens?: boolean;
  readonly restarts?: boolean;
};

export const DT = 0.02;
export const HOME = widowx.homeJoints;
export const POSE = { position: [0.3, 0, 0.15], orientation: [0, 0, 0, 1] } as const;

export function output(change: Partial<JointCommand> = {}, tick = 0): ControllerOutput {
  const { gripperJointPosition = 0.03 } = change;
  return {
    status: 'RUNNING',
    reason: '',
    limitsActive: [],
    tick,
    epoch: 0,
    chunkId: 1n,
    row: 0,
    leftover: 0,
    speedScale: 1,
    targetBaseFromEe: POSE,
    measuredBaseFromEe: POSE,
    targetGripperOpening: 1,
    command: {
      names: widowx.armJoints,
      positions: Float64Array.from(HOME),
      velocities: new Float64Array(6),
      accelerations: new Float64Array(6),
      gripperJointPosition,
      gripperJointVelocity: 0,
      gripperOpening: gripperOpeningOf(widowx.gripper, gripperJointPosition),
      ...change,
    },
  };
}

export const one = (value: number, index = 0): Float64Array =>
  new Float64Array(6).fill(value, index, index + 1);
export const home = (index: number, value: number): Float64Array =>
  Float64Array.from(HOME).with(index, value);
export const still = (positions: Float64Array, gripper = 0.03): ControllerOutput =>
  output({ positions, gripperJointPosition: gripper });
export const quiet = (periods: number): Period[] =>
  Array<Period>(periods).fill({ output: undefined });
export const with_ = (period: Period, periods: number): Period[] =>
  Array<Period>(periods).fill(period);

/** A motion of the waist from rest, in its first period: an acceleration and what it leads to. */
export const begun = output({
  positions: home(0, HOME[0]! + (20 * DT * DT) / 6),
  velocities: one((20 * DT) / 2),
  accelerations: one(20),
});

/** What it says of an arm that stands still, is told so, and then of these periods. */
export function judge(periods: readonly Period[], start = HOME): string {
  const check = new CommandCheck(widowx, widowxUrdf, DT);
  const first = { output: still(Float64Array.from(start)), truth: [...start, 0.03] };
  for (const { output: sent, truth = first.truth, listens = true, restarts } of [
    ...with_(first, 30),
    ...periods,
  ]) {
    if (restarts === true) check.restart();
    check.arm(truth, listens);
    check.output(sent);
  }
  return check.violations.join('; ');
}

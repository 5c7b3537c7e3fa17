import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { ArmCommand } from '../../sim/world/SimWorld.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { commandTopics } from '../shared/commandTopics.ts';
import { reliable } from '../shared/qos.ts';

/** Commands this near to the arm, rad, are believed to be meant for where it is. */
const NEAR_RAD = 0.1;

/** What is left of a trajectory: positions, and when they are due after its first point. */
type Later = { readonly positions: readonly number[]; readonly afterSec: number };

/**
 * The commands that the simulated arm follows, from either kind of ros2_control controller. It
 * keeps to a trajectory's first point, as if it were reached at once, and to the others as much
 * later as their times say.
 *
 * A reset puts the arm home, but whoever commands it does not know yet: its commands would throw
 * the arm back. So after a reset none is followed until one is near to where the arm is.
 */
export class ArmInput {
  readonly #embodiment: Embodiment;
  readonly #positions: Float64Array;
  #later: Later[] = [];
  #elapsedSec = 0;
  #gripper: number;
  #hasCommand = false;
  #waitsForNear = false;
  #received = 0;
  #refused = 0;
  #lastRefusal = '';

  constructor(node: ManagedNode, embodiment: Embodiment) {
    this.#embodiment = embodiment;
    const { armJoints, gripper } = embodiment;
    this.#positions = Float64Array.from(embodiment.homeJoints);
    this.#gripper = gripper.open;
    const { trajectory, forward } = commandTopics;
    for (const [topic, joints] of [
      [trajectory.arm, armJoints],
      [trajectory.gripper, [gripper.joint]],
    ] as const) {
      node.listenRaw(
        'trajectory_msgs/msg/JointTrajectory',
        topic,
        reliable(),
        ({ joint_names: names, points: [first, ...later] }) => {
          const isTaken = this.#take(topic, joints, names, first?.positions ?? []);
          if (!isTaken || joints.length === 1) return;
          const startSec = secondsOf(first!.time_from_start);
          this.#later = later.map(({ positions, time_from_start: time }) => ({
            positions: joints.map((joint) => positions[names.indexOf(joint)]!),
            afterSec: secondsOf(time) - startSec,
          }));
        },
      );
    }
    for (const [topic, joints] of [
      [forward.arm, armJoints],
      [forward.gripper, [gripper.joint]],
    ] as const) {
      node.listenRaw(
        'std_msgs/msg/Float64MultiArray',
        topic,
        reliable(),
        ({ data }) => void this.#take(topic, joints, joints, data),
      );
    }
  }

  get counts(): { received: number; refused: number; lastRefusal: string; waiting: boolean } {
    return {
      received: this.#received,
      refused: this.#refused,
      lastRefusal: this.#lastRefusal,
      waiting: this.#waitsForNear,
    };
  }

  /** The command to follow; `undefined` before the first. */
  get command(): ArmCommand | undefined {
    if (!this.#hasCommand) return undefined;
    return {
      names: this.#embodiment.armJoints,
      positions: this.#positions,
      gripperJointPosition: this.#gripper,
    };
  }

  /** So much time passes without another command. */
  advance(stepSec: number): void {
    this.#elapsedSec += stepSec;
    while (this.#later[0] !== undefined && this.#later[0].afterSec < this.#elapsedSec + stepSec / 2)
      this.#positions.set(this.#later.shift()!.positions);
  }

  /** The arm was put home. */
  reset(): void {
    this.#later = [];
    this.#hasCommand = false;
    this.#waitsForNear = true;
    this.#positions.set(this.#embodiment.homeJoints);
    this.#gripper = this.#embodiment.gripper.open;
  }

  #take(
    topic: string,
    joints: readonly string[],
    names: readonly string[],
    positions: ArrayLike<number>,
  ): boolean {
    this.#received++;
    const fault = faultOf(joints, names, positions);
    if (fault !== undefined) {
      this.#refused++;
      this.#lastRefusal = `${topic}: ${fault}`;
      return false;
    }
    const ordered = joints.map((joint) => positions[names.indexOf(joint)]!);
    const isArm = joints.length > 1;
    if (this.#waitsForNear) {
      if (!isArm || !this.#isNear(ordered)) return false;
      this.#waitsForNear = false;
    }
    if (isArm) {
      this.#positions.set(ordered);
      this.#later = [];
      this.#elapsedSec = 0;
    } else this.#gripper = ordered[0]!;
    this.#hasCommand = true;
    return true;
  }

  #isNear(positions: readonly number[]): boolean {
    return positions.every((q, i) => Math.abs(q - this.#embodiment.homeJoints[i]!) <= NEAR_RAD);
  }
}

function secondsOf({ sec, nanosec }: { sec: number; nanosec: number }): number {
  return sec + nanosec / 1e9;
}

/** Why a command cannot be followed. */
function faultOf(
  joints: readonly string[],
  names: readonly string[],
  positions: ArrayLike<number>,
): string | undefined {
  const missing = joints.filter((joint) => !names.includes(joint));
  if (missing.length > 0) return `missing ${missing.join(', ')}`;
  if (positions.length !== names.length) {
    return `expected ${names.length} positions, found ${positions.length}`;
  }
  return Array.from(positions).every(Number.isFinite) ? undefined : 'a position is not finite';
}

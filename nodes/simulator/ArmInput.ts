import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { ArmCommand } from '../../sim/world/ArmCommand.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { commandTopics } from '../../core/config/commandTopics.ts';
import type { TrajectoryMessage } from '../../adapters/messages/trajectory.ts';
import { reliable } from '../shared/node/qos.ts';
import { TrajectoryFollower } from './TrajectoryFollower.ts';

/** Commands this near to the arm, rad, are believed to be meant for where it is. */
const NEAR_RAD = 0.1;

/** The arm, or the gripper: its joints, and who leads them. */
type Part = {
  readonly joints: readonly string[];
  readonly follower: TrajectoryFollower;
};

/**
 * The commands that the simulated arm follows, from either kind of ros2_control controller: a position
 * at once, a trajectory as joint_trajectory_controller does.
 *
 * A reset puts the arm home, but the node that commands it does not know yet: its commands would throw
 * the arm back. So after a reset none is followed until one is near to where the arm is.
 */
export class ArmInput {
  readonly #embodiment: Embodiment;
  readonly #nowNs: () => bigint;
  readonly #arm: Part;
  readonly #gripper: Part;
  #hasCommand = false;
  #waitsForNear = false;
  #received = 0;
  #refused = 0;
  #lastRefusal = '';

  /**
   * @param updateSec between two calls of `update`, by the clock of the trajectories
   * @param nowNs that clock
   */
  constructor(node: ManagedNode, embodiment: Embodiment, updateSec: number, nowNs: () => bigint) {
    this.#embodiment = embodiment;
    this.#nowNs = nowNs;
    const { armJoints, homeJoints, gripper } = embodiment;
    const part = (joints: readonly string[], positions: readonly number[]): Part => {
      return { joints, follower: new TrajectoryFollower(joints, positions, updateSec) };
    };
    this.#arm = part(armJoints, homeJoints);
    this.#gripper = part([gripper.joint], [gripper.open]);
    const { trajectory, forward } = commandTopics;
    for (const [topic, which] of [
      [trajectory.arm, this.#arm],
      [trajectory.gripper, this.#gripper],
    ] as const) {
      node.listenRaw('trajectory_msgs/msg/JointTrajectory', topic, reliable(), (message) =>
        this.#takeTrajectory(topic, which, message),
      );
    }
    for (const [topic, which] of [
      [forward.arm, this.#arm],
      [forward.gripper, this.#gripper],
    ] as const) {
      node.listenRaw('std_msgs/msg/Float64MultiArray', topic, reliable(), ({ data }) =>
        this.#takePositions(topic, which, data),
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

  /** The command to follow from this time on; `undefined` before the first. */
  update(nowNs: bigint): ArmCommand | undefined {
    const positions = this.#arm.follower.update(nowNs);
    const [gripperJointPosition] = this.#gripper.follower.update(nowNs);
    if (!this.#hasCommand) return undefined;
    const names = this.#embodiment.armJoints;
    return { names, positions, gripperJointPosition: gripperJointPosition! };
  }

  /** The arm was put home. */
  reset(): void {
    const { homeJoints, gripper } = this.#embodiment;
    this.#hasCommand = false;
    this.#waitsForNear = true;
    this.#arm.follower.reset(homeJoints);
    this.#gripper.follower.reset([gripper.open]);
  }

  #takeTrajectory(topic: string, part: Part, message: TrajectoryMessage): void {
    this.#received++;
    const { joint_names: names, points } = message;
    const first = part.joints.map((joint) => points[0]?.positions[names.indexOf(joint)] ?? NaN);
    if (this.#waitsForNear && first.every(Number.isFinite) && !this.#isMeant(part, first)) return;
    const fault = part.follower.take(message, this.#nowNs());
    if (fault !== undefined) this.#refuse(topic, fault);
    else this.#hasCommand = true;
  }

  #takePositions(topic: string, part: Part, data: ArrayLike<number>): void {
    this.#received++;
    const positions = Array.from(data);
    if (positions.length !== part.joints.length) {
      this.#refuse(topic, `expected ${part.joints.length} positions, found ${positions.length}`);
    } else if (!positions.every(Number.isFinite)) {
      this.#refuse(topic, 'a position is not finite');
    } else if (this.#isMeant(part, positions)) {
      part.follower.reset(positions);
      this.#hasCommand = true;
    }
  }

  #refuse(topic: string, fault: string): void {
    this.#refused++;
    this.#lastRefusal = `${topic}: ${fault}`;
  }

  /** After a reset: whether a command begins near to where the arm is; the wait is over then. */
  #isMeant(part: Part, positions: readonly number[]): boolean {
    if (!this.#waitsForNear) return true;
    const { homeJoints } = this.#embodiment;
    if (part !== this.#arm) return false;
    if (!positions.every((q, i) => Math.abs(q - homeJoints[i]!) <= NEAR_RAD)) return false;
    this.#waitsForNear = false;
    return true;
  }
}

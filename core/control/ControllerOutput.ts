import type { ExecutionStatus } from '../execution/ExecutionStatus.ts';
import type { Pose } from '../math/types.ts';
import type { LimitName } from './LimitName.ts';

/** What the arm is commanded to do at the end of this period. */
export type JointCommand = {
  /** Arm joints, in the order of positions (rad), velocities (rad/s) and accelerations (rad/s²). */
  readonly names: readonly string[];
  readonly positions: Float64Array;
  readonly velocities: Float64Array;
  readonly accelerations: Float64Array;
  /** 0 closed … 1 open; the same as position of the finger joint (m), and its velocity (m/s). */
  readonly gripperOpening: number;
  readonly gripperJointPosition: number;
  readonly gripperJointVelocity: number;
};

/** Result of one controller period: the command, and what it came about by. */
export type ControllerOutput = {
  readonly status: ExecutionStatus;
  /** Empty while running freely. */
  readonly reason: string;
  readonly limitsActive: readonly LimitName[];
  /** Undefined until fresh joint states were seen. */
  readonly command: JointCommand | undefined;
  /** Ticks consumed; also the number of the next tick. */
  readonly tick: number;
  readonly epoch: number;
  /** Chunk (0n: none) and row (−1: none) of the action that is being executed. */
  readonly chunkId: bigint;
  readonly row: number;
  /** Rows still queued. */
  readonly leftover: number;
  readonly targetBaseFromEe: Pose | undefined;
  readonly measuredBaseFromEe: Pose | undefined;
  /** Share of the full speed that ticks pass at. */
  readonly speedScale: number;
  /** What the last action asked for; the command gets there within its limits. */
  readonly targetGripperOpening: number;
};

import type { Embodiment } from '../embodiment/Embodiment.ts';
import type { ActionQueue } from '../execution/ActionQueue.ts';
import type { UrdfModel } from '../kinematics/UrdfModel.ts';
import type { ArmKind } from './ArmAnchor.ts';
import type { FollowingLimits } from './FollowingMonitor.ts';

export type ControllerOptions = {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly queue: ActionQueue;
  /** What joint states come from; `real`, the default, takes nothing for granted. */
  readonly arm?: ArmKind;
  /** Time between calls of `step`; 0.02 s. */
  readonly periodSec?: number;
  /** Joint states older than this are stale; 0.25 s. */
  readonly staleAfterSec?: number;
  /** Where the clock leaps ahead, or the arm is held, for longer, queued actions are dropped; 1 s. */
  readonly forgetAfterSec?: number;
  /** Ticks for which a change of the gripper holds before another one counts; 0. */
  readonly gripperHoldTicks?: number;
  /** Rows of which the observation is older than this are not executed; 0 (the default): all are. */
  readonly maxBlindSec?: number;
  /** How well the arm has to follow; undefined where no arm does, as in a replay. */
  readonly following?: FollowingLimits | undefined;
};

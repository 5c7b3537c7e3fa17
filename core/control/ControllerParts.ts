import { nsOf } from '../math/time.ts';
import { ActionTicks } from './ActionTicks.ts';
import { ArmAnchor } from './ArmAnchor.ts';
import { ArmMotion } from './ArmMotion.ts';
import { ChunkGate } from './ChunkGate.ts';
import type { ControllerOptions } from './ControllerOptions.ts';
import { CONTROL_PERIOD_SEC } from './controlPeriod.ts';
import { FaultLatch } from './FaultLatch.ts';
import { FollowingMonitor } from './FollowingMonitor.ts';
import { HoldConditions } from './HoldConditions.ts';
import { JointMonitor } from './JointMonitor.ts';
import { TickClock } from './TickClock.ts';

/** What a controller is made of, from its input to its output. */
export type ControllerParts = {
  readonly gate: ChunkGate;
  readonly monitor: JointMonitor;
  readonly faults: FaultLatch;
  readonly holds: HoldConditions;
  readonly anchor: ArmAnchor;
  readonly clock: TickClock;
  readonly ticks: ActionTicks;
  readonly motion: ArmMotion;
};

export function controllerParts(options: ControllerOptions): ControllerParts {
  const { embodiment, urdf, queue, periodSec = CONTROL_PERIOD_SEC, following } = options;
  const { staleAfterSec = 0.25, gripperHoldTicks = 0, maxBlindSec = 0, arm = 'real' } = options;
  const motion = new ArmMotion(embodiment, urdf, periodSec);
  const { chain, bounds } = motion;
  const monitor = new JointMonitor(embodiment, chain, bounds, nsOf(staleAfterSec));
  const anchor = new ArmAnchor(arm, monitor, motion, periodSec);
  const clock = new TickClock(embodiment.tickSec);
  const faults = new FaultLatch(
    following && new FollowingMonitor(embodiment.armJoints, following, periodSec),
  );
  return {
    gate: new ChunkGate(embodiment.tickSec, maxBlindSec),
    monitor,
    faults,
    holds: new HoldConditions({ monitor, anchor, motion, faults }),
    anchor,
    clock,
    ticks: new ActionTicks({ queue, clock, motion, gripperHoldTicks, periodSec }),
    motion,
  };
}

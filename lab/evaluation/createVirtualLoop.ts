import { VirtualLoop, type VirtualLoopObserver } from '../../core/execution/VirtualLoop.ts';
import type { SimWorld } from '../../sim/world/SimWorld.ts';
import type { EvalPolicy } from './EvalPolicy.ts';
import { type LoopSettings, schedulingOptions } from '../LoopSettings.ts';
import type { SimulatedArm } from './SimulatedArm.ts';

export type VirtualLoopParts = {
  readonly world: SimWorld;
  readonly arm: SimulatedArm;
  readonly policy: Pick<EvalPolicy, 'planner' | 'expert' | 'execution' | 'viewName'>;
  readonly settings: LoopSettings;
  readonly observer: VirtualLoopObserver;
};

/** A policy at work on the simulated arm, with the delays that the settings say. */
export function createVirtualLoop(parts: VirtualLoopParts): VirtualLoop {
  const { world, arm, policy, settings, observer } = parts;
  const { embodiment, urdf } = world;
  const { planner, expert, execution, viewName } = policy;
  const { delayTicks, planDelayTicks } = settings;
  return new VirtualLoop({
    embodiment,
    urdf,
    viewNames: [viewName],
    world: arm,
    planner,
    expert,
    execution,
    scheduling: schedulingOptions(settings, embodiment.tickSec),
    delayTicks: (subsystem) => (subsystem === 'planner' ? planDelayTicks : delayTicks),
    observer,
  });
}

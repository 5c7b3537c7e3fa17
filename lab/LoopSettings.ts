import type { DualRateOptions } from '../core/execution/DualRateScheduler.ts';
import type { ExecutionReplacements } from '../core/execution/ExecutionSpec.ts';

export type ModelSettings = {
  readonly kind: 'model';
  readonly folder: string;
  /** Of the policy server, in place of the address in the manifest of a model that runs elsewhere. */
  readonly url?: string | undefined;
};

/** How a policy is run in virtual time: in an evaluation, a replay, or to make training data. */
export type LoopSettings = {
  readonly robot: string;
  /** A model package, or the scripted expert that the training data comes from. */
  readonly policy: ModelSettings | { readonly kind: 'scripted' };
  /** Ticks from the expert's frame to its chunk. */
  readonly delayTicks: number;
  /** Ticks from the planner's frame to its plan. */
  readonly planDelayTicks: number;
  readonly planPeriodSec: number;
  readonly maxPlanAgeSec: number;
  readonly lockStep: boolean;
  /** What replaces the model's own word on how its chunks are executed. */
  readonly execution: ExecutionReplacements;
};

/**
 * What `st4vla demo` measured over ROS on two busy cores (x64 EPYC): a chunk is there before the
 * tick after the one that its frame shows the beginning of, and so is a plan.
 */
export const MEASURED_DELAY_TICKS = 1;
export const MEASURED_PLAN_DELAY_TICKS = 1;

/** Shortest time between two plans, as the shipped parameter files have it, seconds. */
export const PLAN_PERIOD_SEC = 0.5;

export function schedulingOptions(settings: LoopSettings, tickSec: number): DualRateOptions {
  return {
    plannerPeriodSec: settings.planPeriodSec,
    expertPeriodSec: tickSec,
    maxPlanAgeSec: settings.maxPlanAgeSec,
    lockStep: settings.lockStep,
  };
}

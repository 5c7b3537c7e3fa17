import { STICKY_HOLD_TICKS } from '../../core/embodiment/stickyGripper.ts';
import type { ActionQueueOptions, QueueMode } from '../../core/execution/ActionQueue.ts';
import type { DualRateOptions } from '../../core/execution/DualRateScheduler.ts';
import type { ArmSpec } from '../../core/policy/ModelSpec.ts';

/**
 * How scenes look, in SimplerEnv's words: as they do in training, or in all variants of light,
 * surfaces, background, camera and distractors.
 */
export const SCENE_SETTINGS = ['visual-matching', 'variant-aggregation'] as const;
export type SceneSetting = (typeof SCENE_SETTINGS)[number];

/** How a policy is run in virtual time; the same for every episode of an evaluation. */
export type EvalSettings = {
  readonly robot: string;
  /** A model package, or the scripted expert that the training data comes from. */
  readonly policy:
    { readonly kind: 'model'; readonly folder: string } | { readonly kind: 'scripted' };
  /** Ticks from the expert's frame to its chunk. */
  readonly delayTicks: number;
  /** Ticks from the planner's frame to its plan. */
  readonly planDelayTicks: number;
  readonly planPeriodSec: number;
  readonly maxPlanAgeSec: number;
  readonly lockStep: boolean;
  /** What of the model's own queue settings is replaced. */
  readonly queue: {
    readonly mode: QueueMode | undefined;
    readonly ensembleHorizon: number | undefined;
    readonly executionHorizon: number | undefined;
  };
};

/**
 * What `st4vla demo` measured over ROS on two busy cores (x64 EPYC): a chunk is there before the
 * tick after the one that its frame shows the beginning of, and so is a plan.
 */
export const MEASURED_DELAY_TICKS = 1;
export const MEASURED_PLAN_DELAY_TICKS = 1;

/** As in the nodes' parameters. */
export const PLAN_PERIOD_SEC = 0.5;
export const MAX_PLAN_AGE_SEC = 3;

type QueueSpec = {
  readonly ensembleHorizon: number;
  readonly ensembleAlpha: number;
  readonly executionHorizon: number;
};

/** The queue that a model asks for: an ensemble of one chunk is a receding horizon. */
export function queueOptions(spec: QueueSpec, replaced: EvalSettings['queue']): ActionQueueOptions {
  const ensembleHorizon = replaced.ensembleHorizon ?? spec.ensembleHorizon;
  return {
    dim: 7,
    mode: replaced.mode ?? (ensembleHorizon > 1 ? 'ensemble' : 'receding'),
    ensembleHorizon,
    ensembleAlpha: spec.ensembleAlpha,
    executionHorizon: replaced.executionHorizon ?? spec.executionHorizon,
  };
}

/** For how many ticks a change of the gripper holds with a model that says how it is to move. */
export function gripperHoldTicks({ gripper }: Pick<ArmSpec, 'gripper'>): number {
  return gripper === 'sticky' ? STICKY_HOLD_TICKS : 0;
}

export function schedulingOptions(settings: EvalSettings, tickSec: number): DualRateOptions {
  return {
    plannerPeriodSec: settings.planPeriodSec,
    expertPeriodSec: tickSec,
    maxPlanAgeSec: settings.maxPlanAgeSec,
    lockStep: settings.lockStep,
  };
}

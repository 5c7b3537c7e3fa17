import { ACTION_DIM } from '../action/ActionChunk.ts';
import { STICKY_HOLD_TICKS } from '../embodiment/stickyGripper.ts';
import type { ActionSpec, ArmSpec, ModelSpec } from '../policy/ModelSpec.ts';
import { ActionQueue, type ActionQueueOptions } from './ActionQueue.ts';

/**
 * How a model's chunks become what the arm does. Evaluation, replay, training data and the live
 * controller take it from the same manifest by the same function, so what runs on an arm is what
 * was measured.
 */
export type ExecutionSpec = Required<Omit<ActionQueueOptions, 'dim'>> &
  /** The expert itself obeys these two. */
  Pick<ActionSpec, 'gripperThreshold' | 'prefixRows'> & {
    /** Ticks for which a change of the gripper holds before another one counts. */
    readonly gripperHoldTicks: number;
  };

/** What may be asked for in place of the model's own word. */
export const REPLACEABLE = [
  'mode',
  'ensembleHorizon',
  'ensembleAlpha',
  'executionHorizon',
  'gripperHoldTicks',
] as const;

/** Fields that are absent or undefined are as the model asks. */
export type ExecutionReplacements = {
  readonly [Field in (typeof REPLACEABLE)[number]]?: ExecutionSpec[Field] | undefined;
};

type Model = Pick<ModelSpec, 'ensembleAlpha' | 'executionHorizon'> & {
  readonly action: Pick<ActionSpec, 'gripperThreshold' | 'prefixRows'>;
};

/**
 * What a model asks for on an arm, with what is to replace it. An ensemble of one chunk is a receding
 * horizon, unless the mode is replaced as well.
 */
export function executionSpec(
  { ensembleAlpha, executionHorizon, action }: Model,
  arm: Pick<ArmSpec, 'ensembleHorizon' | 'gripper'>,
  replaced: ExecutionReplacements = {},
): ExecutionSpec {
  const ensembleHorizon = replaced.ensembleHorizon ?? arm.ensembleHorizon;
  const holdTicks = arm.gripper === 'sticky' ? STICKY_HOLD_TICKS : 0;
  return {
    mode: replaced.mode ?? (ensembleHorizon > 1 ? 'ensemble' : 'receding'),
    ensembleHorizon,
    ensembleAlpha: replaced.ensembleAlpha ?? ensembleAlpha,
    executionHorizon: replaced.executionHorizon ?? executionHorizon,
    gripperHoldTicks: replaced.gripperHoldTicks ?? holdTicks,
    gripperThreshold: action.gripperThreshold,
    prefixRows: action.prefixRows,
  };
}

/** Where there is no model, as with a scripted expert: each chunk counts until the next one comes. */
export function newestChunkSpec(replaced: ExecutionReplacements = {}): ExecutionSpec {
  const action = { gripperThreshold: 0.5, prefixRows: 0 };
  return executionSpec(
    { ensembleAlpha: 0.1, executionHorizon: 1, action },
    { ensembleHorizon: 1, gripper: 'binary' },
    replaced,
  );
}

export function newQueue(execution: ExecutionSpec): ActionQueue {
  return new ActionQueue({ ...execution, dim: ACTION_DIM });
}

/** A field that is used otherwise than the model asks. */
export type Deviation = {
  readonly field: (typeof REPLACEABLE)[number];
  readonly asked: number | string;
  readonly used: number | string;
};

/** Where what is used makes the arm do something else than what was asked for. */
export function executionDeviations(
  asked: Pick<ExecutionSpec, (typeof REPLACEABLE)[number]>,
  used: ExecutionSpec,
): Deviation[] {
  return REPLACEABLE.filter((field) => asked[field] !== used[field])
    .filter((field) => matters(field, used.mode))
    .map((field) => ({ field, asked: asked[field], used: used[field] }));
}

/** Each mode has fields of its own; what the other one would do is of no account. */
function matters(field: keyof ExecutionReplacements, mode: ExecutionSpec['mode']): boolean {
  if (field === 'ensembleHorizon' || field === 'ensembleAlpha') return mode === 'ensemble';
  return field === 'executionHorizon' ? mode === 'receding' : true;
}

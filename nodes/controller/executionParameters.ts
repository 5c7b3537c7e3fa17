import { type Config, defineParameters } from '../../core/config/ParameterTable.ts';
import type { ExecutionReplacements, ExecutionSpec } from '../../core/execution/ExecutionSpec.ts';

/** What a parameter says that leaves its field to the model. */
const AS_MODEL = { mode: 'model', horizon: 0, number: -1 } as const;

const unlessModel = 'what the model asks for, by default';

/** How chunks are executed: as the model asks, unless a parameter says otherwise. */
export const executionParameters = defineParameters({
  model: {
    type: 'string',
    default: '',
    readOnly: true,
    description:
      'Folder of the model package whose chunks are executed, as for the policy; only its manifest ' +
      'is read. Empty for a policy without a package; what the parameters below leave open is then ' +
      'an ensemble of 7, or 4 rows of a chunk, and no hold.',
  },
  'queue.mode': {
    type: 'string',
    default: AS_MODEL.mode,
    oneOf: [AS_MODEL.mode, 'ensemble', 'receding'],
    readOnly: true,
    description:
      'How overlapping chunks become one action: `ensemble` blends them by likeness to the newest, ' +
      '`receding` follows one chunk for some rows and then changes to the newest; `model`: ' +
      `${unlessModel}. This parameter and the next four read as what is used.`,
  },
  'queue.ensemble_horizon': {
    type: 'integer',
    default: AS_MODEL.horizon,
    min: 0,
    max: 256,
    unit: 'ticks',
    readOnly: true,
    description:
      'With `ensemble`: chunks younger than this, counted from the newest, are blended; 0: ' +
      'as many as the model asks for.',
  },
  'queue.ensemble_alpha': {
    type: 'double',
    default: AS_MODEL.number,
    min: -1,
    max: 100,
    readOnly: true,
    description:
      'With `ensemble`: how much likeness to the newest chunk weighs; 0 is a plain mean, below 0: ' +
      'as the model asks.',
  },
  'queue.execution_horizon': {
    type: 'integer',
    default: AS_MODEL.horizon,
    min: 0,
    max: 256,
    unit: 'ticks',
    readOnly: true,
    description:
      'With `receding`: rows of a chunk that are executed before a newer one takes over; 0: as the ' +
      'model asks.',
  },
  gripper_hold: {
    type: 'integer',
    default: AS_MODEL.number,
    min: -1,
    max: 256,
    unit: 'ticks',
    readOnly: true,
    description:
      'How long a change of the gripper holds before another one counts; -1: as the model asks, ' +
      'which is 10 where it calls the gripper sticky and 0 where it calls it binary.',
  },
});

export type ExecutionConfig = Config<typeof executionParameters>;

/** The parameter behind each field. */
export const PARAMETER_OF_FIELD = {
  mode: 'queue.mode',
  ensembleHorizon: 'queue.ensemble_horizon',
  ensembleAlpha: 'queue.ensemble_alpha',
  executionHorizon: 'queue.execution_horizon',
  gripperHoldTicks: 'gripper_hold',
} as const satisfies Record<keyof ExecutionReplacements, keyof typeof executionParameters>;

/** What parameters, or those of them that are given, say in place of the model. */
export function replacedBy(given: Partial<ExecutionConfig>): ExecutionReplacements {
  const { queueMode, queueEnsembleHorizon, queueEnsembleAlpha } = given;
  const { queueExecutionHorizon, gripperHold } = given;
  const from = (least: number, value: number | undefined) =>
    value === undefined || value < least ? undefined : value;
  return {
    mode: queueMode === AS_MODEL.mode ? undefined : queueMode,
    ensembleHorizon: from(1, queueEnsembleHorizon),
    ensembleAlpha: from(0, queueEnsembleAlpha),
    executionHorizon: from(1, queueExecutionHorizon),
    gripperHoldTicks: from(0, gripperHold),
  };
}

/** The values of the parameters that stand for an execution. */
export function parametersOf(execution: ExecutionSpec): Readonly<Record<string, number | string>> {
  return Object.fromEntries(
    Object.entries(PARAMETER_OF_FIELD).map(([field, name]) => [
      name,
      execution[field as keyof typeof PARAMETER_OF_FIELD],
    ]),
  );
}

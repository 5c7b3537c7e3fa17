import { QUEUE_MODES } from '../../core/execution/ActionQueue.ts';
import { MAX_PLAN_AGE_SEC } from '../../core/execution/pipelineDefaults.ts';
import type { ExecutionReplacements } from '../../core/execution/ExecutionSpec.ts';
import {
  type LoopSettings,
  MEASURED_DELAY_TICKS,
  MEASURED_PLAN_DELAY_TICKS,
  PLAN_PERIOD_SEC,
} from '../../lab/LoopSettings.ts';
import { urlFault } from '../../adapters/remote/RemoteManifest.ts';
import { choice, flag, integer, matching, seconds, type Values } from './Option.ts';

const MODEL_S = "the model's own";

export const policyUrlOption = matching(
  {
    help: 'address of the policy server, for a model that runs elsewhere',
    placeholder: 'URL',
    expected: 'an address that begins with ws:// or wss://',
    defaultText: "that in the model's manifest",
  },
  (value) => (urlFault(value) === undefined ? value : undefined),
);

/** How a policy runs in virtual time; of evaluation and replay. */
export const loopOptions = {
  'delay-ticks': integer({
    help: 'ticks from a frame to its chunk',
    placeholder: 'D',
    min: 0,
    default: MEASURED_DELAY_TICKS,
    defaultText: `${MEASURED_DELAY_TICKS}, as measured by the demo,`,
  }),
  'plan-delay-ticks': integer({
    help: 'ticks from a frame to its plan',
    placeholder: 'P',
    min: 0,
    default: MEASURED_PLAN_DELAY_TICKS,
    defaultText: `${MEASURED_PLAN_DELAY_TICKS}, as measured by the demo,`,
  }),
  'plan-period': seconds({
    help: 'shortest time between two plans',
    defaultText: String(PLAN_PERIOD_SEC),
  }),
  'max-plan-age': seconds({
    help: 'the expert does not act on older plans',
    defaultText: String(MAX_PLAN_AGE_SEC),
  }),
  'lock-step': flag('planner and expert work on one frame'),
  queue: choice(QUEUE_MODES, {
    help: 'how chunks are executed',
    placeholder: 'MODE',
    defaultText: MODEL_S,
  }),
  'ensemble-horizon': integer({ help: 'chunks in the ensemble', min: 1, defaultText: MODEL_S }),
  'execution-horizon': integer({
    help: 'rows executed before a newer chunk takes over, when receding',
    min: 1,
    defaultText: MODEL_S,
  }),
};

/** What a parameter file gives for options that are absent. */
export type GivenLoop = {
  readonly planPeriodSec?: number;
  readonly maxPlanAgeSec?: number;
  readonly lockStep?: boolean;
  readonly execution?: ExecutionReplacements;
};

export function loopSettings(
  values: Values<typeof loopOptions>,
  given: GivenLoop = {},
): Omit<LoopSettings, 'robot' | 'policy'> {
  const { execution } = given;
  return {
    delayTicks: values['delay-ticks'],
    planDelayTicks: values['plan-delay-ticks'],
    planPeriodSec: values['plan-period'] ?? given.planPeriodSec ?? PLAN_PERIOD_SEC,
    maxPlanAgeSec: values['max-plan-age'] ?? given.maxPlanAgeSec ?? MAX_PLAN_AGE_SEC,
    lockStep: values['lock-step'] || (given.lockStep ?? false),
    execution: {
      mode: values.queue ?? execution?.mode,
      ensembleHorizon: values['ensemble-horizon'] ?? execution?.ensembleHorizon,
      executionHorizon: values['execution-horizon'] ?? execution?.executionHorizon,
      ...(execution && {
        ensembleAlpha: execution.ensembleAlpha,
        gripperHoldTicks: execution.gripperHoldTicks,
      }),
    },
  };
}

/** Of a command without these options. */
export const defaultLoop = loopSettings({
  'delay-ticks': MEASURED_DELAY_TICKS,
  'plan-delay-ticks': MEASURED_PLAN_DELAY_TICKS,
  'plan-period': undefined,
  'max-plan-age': undefined,
  'lock-step': false,
  queue: undefined,
  'ensemble-horizon': undefined,
  'execution-horizon': undefined,
});

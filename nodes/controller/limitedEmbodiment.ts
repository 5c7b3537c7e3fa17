import { FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { narrowLimits } from '../../core/embodiment/narrowLimits.ts';
import type { controllerParameters } from './parameters.ts';

/** The parameter behind each field of `LimitWishes`. */
const PARAMETER_OF: Readonly<Record<string, string>> = {
  workspaceMin: 'limits.workspace_min',
  workspaceMax: 'limits.workspace_max',
  maxStepM: 'limits.max_step',
  maxStepRad: 'limits.max_turn',
  velocityShare: 'limits.velocity_share',
  accelerationShare: 'limits.acceleration_share',
  selfClearanceM: 'limits.self_clearance',
  tableRiseM: 'limits.table_rise',
};

/** The arm, with what the parameters narrow; lists everything that would widen a limit. */
export function limitedEmbodiment(
  source: string,
  config: Config<typeof controllerParameters>,
): Embodiment {
  const narrowed = narrowLimits(embodimentByName(config.robot), {
    workspaceMin: config.limitsWorkspaceMin,
    workspaceMax: config.limitsWorkspaceMax,
    maxStepM: config.limitsMaxStep,
    maxStepRad: config.limitsMaxTurn,
    velocityShare: config.limitsVelocityShare,
    accelerationShare: config.limitsAccelerationShare,
    selfClearanceM: config.limitsSelfClearance,
    tableRiseM: config.limitsTableRise,
  });
  if (narrowed.ok) return narrowed.embodiment;
  throw new FaultError(
    source,
    narrowed.faults.map((fault) => ({ ...fault, source, field: PARAMETER_OF[fault.field]! })),
  );
}

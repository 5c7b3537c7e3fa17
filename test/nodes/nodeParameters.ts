import type { ParameterTable } from '../../core/config/ParameterTable.ts';
import { controllerParameters } from '../../nodes/controller/parameters.ts';
import { perceptionParameters } from '../../nodes/perception/parameters.ts';
import { policyParameters } from '../../nodes/policy/parameters.ts';
import { playerParameters } from '../../nodes/player/parameters.ts';
import { recorderParameters } from '../../nodes/recorder/parameters.ts';
import { commonParameters } from '../../nodes/shared/parameters/commonParameters.ts';
import { simulatorParameters } from '../../nodes/simulator/parameters.ts';
import { supervisorParameters } from '../../nodes/supervisor/parameters.ts';

/** The parameters of each node apart from `commonParameters`. */
export const nodeParameters: Readonly<Record<string, ParameterTable>> = {
  perception: perceptionParameters,
  policy: policyParameters,
  controller: controllerParameters,
  simulator: simulatorParameters,
  recorder: recorderParameters,
  player: playerParameters,
  supervisor: supervisorParameters,
};

export { commonParameters };

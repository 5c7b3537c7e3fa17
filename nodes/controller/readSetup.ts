import { loadUrdf } from '../../adapters/files/packageFiles.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import type { ControllerOptions } from '../../core/control/ControllerOptions.ts';
import { newQueue } from '../../core/execution/ExecutionSpec.ts';
import { type Execution, readExecution } from './execution.ts';
import { followingLimits } from './followingLimits.ts';
import { limitedEmbodiment } from './limitedEmbodiment.ts';
import type { controllerParameters } from './parameters.ts';

/** What the parameters, and the files that they name, say about the arm and how it is controlled. */
export type ControllerSetup = {
  readonly execution: Execution;
  readonly embodiment: ControllerOptions['embodiment'];
  readonly urdf: ControllerOptions['urdf'];
  /** Options of another controller of the core, with a queue of its own. */
  readonly coreOptions: () => ControllerOptions;
};

/**
 * @param subject the node, in faults
 * @throws FaultError if parameters contradict one another, the arm or the model
 */
export async function readSetup(
  config: Config<typeof controllerParameters>,
  subject: string,
): Promise<ControllerSetup> {
  const embodiment = limitedEmbodiment(subject, config);
  const urdf = await loadUrdf(embodiment);
  const execution = await readExecution(config, subject);
  const following = followingLimits(config, embodiment, subject);
  const { spec } = execution;
  const coreOptions = (): ControllerOptions => ({
    embodiment,
    urdf,
    following,
    queue: newQueue(spec),
    periodSec: CONTROL_PERIOD_SEC,
    staleAfterSec: config.staleAfter,
    gripperHoldTicks: spec.gripperHoldTicks,
    maxBlindSec: config.maxBlind,
    arm: config.arm === 'recorded' ? 'recorded' : 'real',
  });
  return { execution, embodiment, urdf, coreOptions };
}

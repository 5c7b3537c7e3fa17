import { readOutline } from '../../adapters/remote/openPolicy.ts';
import { FaultError } from '../../core/config/Fault.ts';
import {
  type Deviation,
  executionDeviations,
  type ExecutionReplacements,
  type ExecutionSpec,
  executionSpec,
} from '../../core/execution/ExecutionSpec.ts';
import { resolveFile } from '../../adapters/files/packageFiles.ts';
import {
  type ExecutionConfig,
  PARAMETER_OF_FIELD,
  parametersOf,
  replacedBy,
} from './executionParameters.ts';

type ExecutionOptions = ExecutionConfig & { readonly robot: string };

/** How a controller executes chunks, and how that differs from what the model asks for. */
export type Execution = {
  readonly spec: ExecutionSpec;
  /** The name of the model, if the controller has one. */
  readonly model: string | undefined;
  readonly deviations: readonly Deviation[];
};

/**
 * How chunks are executed: as the model's manifest says, but for what the parameters say.
 *
 * The manifest is read here, and no word of the policy is waited for: all is known before anything
 * moves, and no message from the network changes it. Perception reads the same file at the robot.
 *
 * @param subject the node, in faults
 * @throws FaultError where the manifest is missing or wrong, or is for other arms
 */
export async function readExecution(config: ExecutionOptions, subject: string): Promise<Execution> {
  const replaced = replacedBy(config);
  if (config.model === '') {
    return { spec: specWithoutModel(replaced), model: undefined, deviations: [] };
  }
  const manifest = await readOutline(resolveFile(config.model));
  const arm = manifest.embodiments.get(config.robot);
  if (arm === undefined) {
    const known = [...manifest.embodiments.keys()].join(' or ');
    const expected = `${known}, for which ${manifest.name} was trained`;
    const source = `parameters of ${subject}`;
    throw new FaultError(subject, [{ source, field: 'robot', expected, found: config.robot }]);
  }
  const spec = executionSpec(manifest, arm, replaced);
  const deviations = executionDeviations(executionSpec(manifest, arm), spec);
  return { spec, model: manifest.name, deviations };
}

/** The parameters that leave something to the model, with what it says. */
export async function resolveExecution(
  config: ExecutionOptions,
  subject: string,
): Promise<Readonly<Record<string, number | string>>> {
  return parametersOf((await readExecution(config, subject)).spec);
}

/** `not as nano-widowx asks: gripper_hold is 10 in place of 0` */
export function deviationText(model: string, deviations: readonly Deviation[]): string {
  const texts = deviations.map(
    ({ field, asked, used }) => `${PARAMETER_OF_FIELD[field]} is ${used} in place of ${asked}`,
  );
  return `not as ${model} asks: ${texts.join(', ')}`;
}

/** The execution of the reference, for a controller without a model. */
function specWithoutModel(replaced: ExecutionReplacements): ExecutionSpec {
  const action = { gripperThreshold: 0.5, prefixRows: 0 };
  return executionSpec(
    { ensembleAlpha: 0.1, executionHorizon: 4, action },
    { ensembleHorizon: 7, gripper: 'binary' },
    { ...replaced, mode: replaced.mode ?? 'ensemble' },
  );
}

import type { Policy } from '../../adapters/model/createPolicy.ts';
import { openPolicy, readOutline } from '../../adapters/remote/openPolicy.ts';
import type { ExecutionProvider } from '../../adapters/onnx/executionProviders.ts';
import { FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { resolveFile } from '../../adapters/files/packageFiles.ts';
import { ModelHealth } from './ModelHealth.ts';
import type { policyParameters } from './parameters.ts';

export type OpenModelOptions = {
  /** The node, in faults. */
  readonly subject: string;
  readonly log: { warn(text: string): void; error(text: string): void };
};

/** Loads the model that the parameters name, and counts deaths of its networks. */
export async function openModel(
  config: Config<typeof policyParameters>,
  embodiment: Embodiment,
  { subject, log }: OpenModelOptions,
): Promise<{ readonly policy: Policy; readonly health: ModelHealth }> {
  const folder = resolveFile(config.model);
  const { name, spatial } = await readOutline(folder);
  const source = `parameters of ${subject}`;
  if (config.decodeEvery > 0 && spatial.mode !== 'text') {
    const expected = `0, since ${name} does not answer in words`;
    const found = String(config.decodeEvery);
    throw new FaultError(subject, [{ source, field: 'decode_every', expected, found }]);
  }
  const providerOf = (provider: ExecutionProvider | 'same') =>
    provider === 'same' ? config.executionProvider : provider;
  const health = new ModelHealth(name, config.isolation);
  const policy = await openPolicy(folder, {
    mayWait: true,
    url: config.policyUrl === '' ? undefined : config.policyUrl,
    embodiment,
    isolation: config.isolation,
    plannerThreads: config.plannerThreads,
    expertThreads: config.expertThreads,
    plannerProvider: providerOf(config.plannerExecutionProvider),
    expertProvider: providerOf(config.expertExecutionProvider),
    noiseSeed: BigInt(config.expertNoiseSeed),
    answersAtOnce: config.decodeEvery > 0,
    report: (message) => {
      log.error(message);
      health.died(message);
    },
  });
  if (policy.providers) for (const message of health.providers(policy.providers)) log.warn(message);
  if (policy.link) health.follow(policy.link);
  return { policy, health };
}

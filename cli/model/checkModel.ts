import { createPolicy } from '../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { textTable } from './textTable.ts';

/** Does all that loading a model does and reports on it; rejects with what is wrong. */
export async function checkModel(folder: string): Promise<string> {
  const modelPackage = await ModelPackage.load(folder);
  const { manifest } = modelPackage;
  const embodiment = embodimentByName(manifest.embodiment);
  const policy = await createPolicy(modelPackage, { embodiment, worker: false });
  await policy.close();
  const rows = [
    ['manifest', 'complete'],
    ['files', `${manifest.files.size} with the right size and SHA-256`],
    ['statistics', `${manifest.action.statisticsKey}, of ${manifest.statistics.keys.join(', ')}`],
    ['graphs', 'inputs and outputs as the manifest says'],
    ...(policy.golden?.differences ?? []).map(({ field, maxDifference }) => [
      `golden ${field.replace('expected.', '')}`,
      `difference ${maxDifference.toExponential(1)}, at most ${manifest.golden.tolerance}`,
    ]),
  ];
  return `${textTable(['check', 'result'], rows)}\n${manifest.name} is whole.\n`;
}

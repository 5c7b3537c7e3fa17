import { createPolicy } from '../../adapters/model/createPolicy.ts';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { readGolden } from '../../adapters/model/golden.ts';
import { textTable } from '../../adapters/terminal/textTable.ts';

/** Does all that loading a model does and reports on it; rejects with what is wrong. */
export async function checkModel(folder: string): Promise<string> {
  const modelPackage = await ModelPackage.load(folder);
  const { manifest } = modelPackage;
  const [arm = ''] = manifest.embodiments.keys();
  const policy = await createPolicy(modelPackage, {
    embodiment: { name: arm, tickSec: 1 },
    isolation: 'none',
    answersAtOnce: true,
  });
  await policy.close();
  const keys = [...manifest.embodiments].map(([name, arm]) => `${arm.statisticsKey} for ${name}`);
  const rows = [
    ['manifest', 'complete'],
    ['files', `${manifest.files.size} with the right size and SHA-256`],
    ['statistics', `${keys.join(', ')}, of ${manifest.statistics.keys.join(', ')}`],
    ['graphs', 'inputs and outputs as the manifest says'],
    ...(policy.golden?.differences ?? []).map(({ field, maxDifference }) => [
      `golden ${field.replace('expected.', '')}`,
      `difference ${maxDifference.toExponential(1)}, at most ${manifest.golden.tolerance}`,
    ]),
    ...(policy.answers ? [['golden answers', await describeAnswers(modelPackage)]] : []),
  ];
  return `${textTable(['check', 'result'], rows)}\n${manifest.name} is whole.\n`;
}

async function describeAnswers(modelPackage: ModelPackage): Promise<string> {
  const { expected } = await readGolden(modelPackage);
  const kinds = [...expected.answers.keys()];
  return kinds.length === 0 ? 'none in the golden run' : `${kinds.join(', ')}: the same tokens`;
}

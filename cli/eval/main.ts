import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { provenance } from '../../lab/provenance.ts';
import { requireSoundModel } from '../../lab/evaluation/EvalPolicy.ts';
import { failed } from '../arguments/runCommand.ts';
import type { EvalArguments } from './evalArguments.ts';
import { EvalProgress } from './EvalProgress.ts';
import { evaluate, type Evaluation, variantNames } from '../../lab/evaluation/evaluate.ts';
import { writeResults } from '../../lab/evaluation/resultFiles.ts';
import { print } from '../../adapters/terminal/print.ts';

/** `st4vla eval …`; resolves to the exit code. */
export async function run(args: EvalArguments, given: readonly string[]): Promise<number> {
  const from = provenance('eval', given);
  const { settings, plan, outFolder } = args;
  try {
    await requireSoundModel(settings);
    // An unusable folder is reported now, not after hours.
    await mkdir(outFolder, { recursive: true });
    const rows = { ...plan, variants: variantNames(plan, settings.robot) };
    const progress = new EvalProgress(rows, process.stdout);
    const evaluation = await evaluate(settings, plan, (episode) => progress.add(episode));
    progress.end();
    const results = await writeResults(args, evaluation, from);
    print(closing(evaluation, results.mean, outFolder));
    return 0;
  } catch (error) {
    return failed('eval', error);
  }
}

function closing({ episodes }: Evaluation, mean: number, outFolder: string): string {
  const counts = new Map<string, number>();
  for (const { outcome } of episodes) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  counts.delete('success');
  const failures = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  return [
    `mean success ${(100 * mean).toFixed(1)} %${failures === '' ? '' : ` (failed: ${failures})`}`,
    `results and pictures: ${join(outFolder, 'results.json')}`,
    '',
  ].join('\n');
}

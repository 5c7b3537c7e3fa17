import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '../../core/config/Fault.ts';
import { provenance } from '../../lab/provenance.ts';
import { requireSoundModel } from '../../lab/evaluation/EvalPolicy.ts';
import { EVAL_USAGE, parseEvalArguments } from './evalArguments.ts';
import { EvalProgress } from './EvalProgress.ts';
import { evaluate, type Evaluation, variantNames } from '../../lab/evaluation/evaluate.ts';
import { writeResults } from '../../lab/evaluation/resultFiles.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

/** `st4vla eval …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseEvalArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(EVAL_USAGE);
    return 0;
  }
  if (parsed.kind === 'faults') {
    printError(`st4vla eval: ${parsed.faults.join('\n             ')}\n`);
    return 2;
  }
  const from = provenance('eval', args);
  const { settings, plan, outFolder } = parsed.arguments;
  try {
    await requireSoundModel(settings);
    // Better known now than after hours.
    await mkdir(outFolder, { recursive: true });
    const rows = { ...plan, variants: variantNames(plan, settings.robot) };
    const progress = new EvalProgress(rows, process.stdout);
    const evaluation = await evaluate(settings, plan, (episode) => progress.add(episode));
    progress.end();
    const results = await writeResults(parsed.arguments, evaluation, from);
    print(closing(evaluation, results.mean, outFolder));
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla eval: ${error.message}\n`);
    return error instanceof FaultError ? 2 : 1;
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

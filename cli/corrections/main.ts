import { recordCorrections } from '../../lab/corrections/recordCorrections.ts';
import { failed } from '../arguments/runCommand.ts';
import { DatasetProgress } from '../data/DatasetProgress.ts';
import type { CorrectionArguments } from './correctionArguments.ts';

/** `st4vla corrections …`; resolves to the exit code. */
export async function run({ plan, settings, workers }: CorrectionArguments): Promise<number> {
  const progress = new DatasetProgress('episodes', plan.count);
  try {
    await recordCorrections(plan, settings, workers, (report) => progress.add(report));
    progress.end();
    return 0;
  } catch (error) {
    return failed('corrections', error);
  }
}

import { recordDataset } from '../../lab/data/recordDataset.ts';
import { failed } from '../arguments/runCommand.ts';
import type { DataArguments } from './dataArguments.ts';
import { DatasetProgress } from './DatasetProgress.ts';

/** `st4vla data …`; resolves to the exit code. */
export async function run({ plan, workers }: DataArguments): Promise<number> {
  const unit = plan.kind === 'static' ? 'pictures' : 'episodes';
  const progress = new DatasetProgress(unit, plan.count);
  try {
    await recordDataset(plan, workers, (report) => progress.add(report));
    progress.end();
    return 0;
  } catch (error) {
    return failed('data', error);
  }
}

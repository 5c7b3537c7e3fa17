import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../../adapters/model/Manifest.ts';
import type { DatasetSpec } from '../data/DatasetSpec.ts';
import { metaOf, openDataset } from '../data/meta.ts';
import { baseFromHome } from '../data/recordDataset.ts';
import { sceneSeeds } from '../data/sceneSeeds.ts';
import { requireSoundModel } from '../evaluation/EvalPolicy.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { shareWork } from '../workers/shareWork.ts';
import type { CorrectionReport, CorrectionWork } from './correctionWorker.ts';

const WORKER = new URL('./correctionWorker.js', import.meta.url);

/**
 * Makes the shards of corrections that are still missing; the data does not depend on the number of
 * processes.
 * @throws FaultError if the model is unsound or the folder holds another data set, RangeError if
 *   there are too few scenes, WorkerError if a process fails
 */
export async function recordCorrections(
  plan: DatasetSpec,
  settings: LoopSettings,
  processes: number,
  onReport: (report: CorrectionReport) => void,
): Promise<void> {
  await requireSoundModel(settings);
  sceneSeeds(plan);
  const meta = metaOf(plan, await baseFromHome(plan.robot));
  const policy = await policyId(settings);
  openDataset(plan.directory, { ...meta, tasks: plan.tasks, policy });
  const work: CorrectionWork = { plan, settings };
  await shareWork(WORKER, work, processes, onReport);
}

/** The data names the model that acted: a folder is not continued with another one. */
async function policyId({ policy }: LoopSettings): Promise<string> {
  if (policy.kind === 'scripted') return policy.kind;
  const manifest = await readFile(join(policy.folder, MANIFEST_FILE));
  return `manifest sha256 ${createHash('sha256').update(manifest).digest('hex')}`;
}

import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import type { Pose } from '../../core/math/types.ts';
import { loadUrdf } from '../../adapters/files/packageFiles.ts';
import { shareWork } from '../workers/shareWork.ts';
import { type DatasetSpec, sceneSeed } from './DatasetSpec.ts';
import type { DatasetReport } from './makeShards.ts';
import { metaOf, openDataset } from './meta.ts';
import { sceneSeeds } from './sceneSeeds.ts';

const WORKER = new URL('./datasetWorker.js', import.meta.url);

/**
 * Makes the shards of a data set that are still missing; the data does not depend on the number of
 * processes.
 * @throws RangeError if there are too few scenes, FaultError if the folder holds another data set,
 *   WorkerError if a process fails
 */
export async function recordDataset(
  plan: DatasetSpec,
  processes: number,
  onReport: (report: DatasetReport) => void,
): Promise<void> {
  if (plan.tasks.length > 0) sceneSeeds(plan);
  else sceneSeed(plan, plan.count - 1);
  openDataset(plan.directory, metaOf(plan, await baseFromHome(plan.robot)));
  await shareWork(WORKER, { plan }, processes, onReport);
}

/** Where the hand is at the start pose of the arm. */
export async function baseFromHome(robot: string): Promise<Pose> {
  const embodiment = embodimentByName(robot);
  const { baseLink, eeLink, homeJoints } = embodiment;
  return Chain.fromUrdf(await loadUrdf(embodiment), baseLink, eeLink).forward(homeJoints);
}

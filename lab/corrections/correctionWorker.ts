// A child process of `st4vla corrections`: makes its share of the shards.
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { type DatasetSpec, shardCount, shardRange } from '../data/DatasetSpec.ts';
import { sceneSeeds } from '../data/sceneSeeds.ts';
import { hasShard, type Row, writeShard } from '../data/shards.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { openPolicy } from '../evaluation/EvalPolicy.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { CorrectionRecorder } from './CorrectionRecorder.ts';
import { serveShare, type Share } from '../workers/shareWork.ts';

export type CorrectionWork = { readonly plan: DatasetSpec; readonly settings: LoopSettings };

/** Progress by one episode, or by a shard of an earlier run, whose rows are not counted. */
export type CorrectionReport = {
  readonly finished: number;
  readonly rows: number;
  readonly successes: number;
  readonly resumed: boolean;
};

serveShare<CorrectionWork, CorrectionReport>(makeShards);

async function makeShards(
  { plan, settings, index: first, of }: CorrectionWork & Share,
  report: (report: CorrectionReport) => void,
): Promise<void> {
  const embodiment = embodimentByName(plan.robot);
  const world = await SimWorld.create({ embodiment, urdfText: await readUrdf(embodiment) });
  const policy = await openPolicy(settings, embodiment, world);
  const seeds = sceneSeeds(plan);
  const recorder = new CorrectionRecorder(world, policy, settings);
  for (let shard = first; shard < shardCount(plan); shard += of) {
    const [begin, end] = shardRange(plan, shard);
    if (hasShard(plan.directory, shard)) {
      report({ finished: end - begin, rows: 0, successes: 0, resumed: true });
      continue;
    }
    const rows: Row[] = [];
    for (let episode = begin; episode < end; episode++) {
      const made = await recorder.record(seeds[episode]!, episode, plan.instructions);
      rows.push(...made.rows);
      const successes = made.success ? 1 : 0;
      report({ finished: 1, rows: made.rows.length, successes, resumed: false });
    }
    writeShard(plan.directory, shard, 'episodes', rows);
  }
  await policy.close();
}

import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { ScriptedEpisodeRecorder } from './ScriptedEpisodeRecorder.ts';
import type { DatasetSpec } from './DatasetSpec.ts';
import { sceneSeed, shardCount, shardRange } from './DatasetSpec.ts';
import type { Share } from '../workers/shareWork.ts';
import { sceneSeeds } from './sceneSeeds.ts';
import type { Row } from './shards.ts';
import { hasShard, writeShard } from './shards.ts';
import { StaticSampler } from './StaticSampler.ts';

/** Progress by one picture or episode, or by a shard of an earlier run. */
export type DatasetReport = {
  readonly finished: number;
  readonly rows: number;
  readonly successes: number;
  /** True for what an earlier run had made. */
  readonly resumed: boolean;
};

type RowSource = (index: number) => { readonly rows: readonly Row[]; readonly success: boolean };

/** Makes every `share.of`-th shard that is still missing. */
export async function makeShards(
  plan: DatasetSpec,
  share: Share,
  report: (report: DatasetReport) => void,
): Promise<void> {
  const source = await openRowSource(plan);
  for (let shard = share.index; shard < shardCount(plan); shard += share.of) {
    const [first, end] = shardRange(plan, shard);
    if (hasShard(plan.directory, shard)) {
      report({ finished: end - first, rows: 0, successes: 0, resumed: true });
      continue;
    }
    const rows: Row[] = [];
    for (let index = first; index < end; index++) {
      const made = source(index);
      rows.push(...made.rows);
      report({
        finished: 1,
        rows: made.rows.length,
        successes: made.success ? 1 : 0,
        resumed: false,
      });
    }
    writeShard(plan.directory, shard, plan.kind, rows);
  }
}

async function openRowSource(plan: DatasetSpec): Promise<RowSource> {
  const embodiment = embodimentByName(plan.robot);
  const urdfText = await readUrdf(embodiment);
  if (plan.kind === 'static') {
    const sampler = new StaticSampler(embodiment, parseUrdf(urdfText));
    return (index) => ({ rows: [sampler.sample(sceneSeed(plan, index))], success: true });
  }
  const recorder = new ScriptedEpisodeRecorder(await SimWorld.create({ embodiment, urdfText }));
  const seeds = sceneSeeds(plan);
  return (index) => {
    const { rows, success } = recorder.record(seeds[index]!, index, plan.instructions);
    // An episode in which the expert failed is no example.
    return { rows: success ? rows : [], success };
  };
}

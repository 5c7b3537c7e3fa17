import { readFileSync } from 'node:fs';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { ScriptedEpisodeRecorder } from './ScriptedEpisodeRecorder.ts';
import type { DatasetSpec } from './DatasetSpec.ts';
import { sceneSeed, shardCount, shardRange } from './DatasetSpec.ts';
import { sceneSeeds } from './sceneSeeds.ts';
import type { Row } from './shards.ts';
import { hasShard, writeShard } from './shards.ts';
import { StaticSampler } from './StaticSampler.ts';

/** Which share of the shards a process makes. */
export type WorkerShare = { readonly index: number; readonly of: number };

/** Progress of one picture or episode, or of a shard that was already there. */
export type WorkerReport = {
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
  share: WorkerShare,
  urdfFile: string,
  report: (report: WorkerReport) => void,
): Promise<void> {
  const source = await rowSource(plan, readFileSync(urdfFile, 'utf8'));
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

async function rowSource(plan: DatasetSpec, urdfText: string): Promise<RowSource> {
  const embodiment = embodimentByName(plan.robot);
  if (plan.kind === 'static') {
    const sampler = new StaticSampler(embodiment, parseUrdf(urdfText));
    return (index) => ({ rows: [sampler.sample(sceneSeed(plan, index))], success: true });
  }
  const recorder = new ScriptedEpisodeRecorder(await SimWorld.create({ embodiment, urdfText }));
  const seeds = sceneSeeds(plan);
  return (index) => {
    const { rows, success } = recorder.record(seeds[index]!, index, plan.instructions);
    // What the expert itself failed at is no example.
    return { rows: success ? rows : [], success };
  };
}

// A child process of `st4vla corrections`: makes every n-th shard that is still missing.
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { type DatasetSpec, shardCount, shardRange } from '../data/DatasetSpec.ts';
import { sceneSeeds } from '../data/sceneSeeds.ts';
import { hasShard, type Row, writeShard } from '../data/shards.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { openPolicy } from '../evaluation/EvalPolicy.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { CorrectionRecorder } from './CorrectionRecorder.ts';
import { printError } from '../../adapters/terminal/print.ts';

export type CorrectionShare = {
  readonly plan: DatasetSpec;
  readonly settings: LoopSettings;
  readonly index: number;
  readonly of: number;
};

export type CorrectionReport = { readonly rows: number; readonly success: boolean };

process.once('message', (share: CorrectionShare) => {
  makeShards(share).then(
    () => process.disconnect(),
    (error: unknown) => {
      printError(`${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(1);
    },
  );
});

async function makeShards({ plan, settings, index: first, of }: CorrectionShare): Promise<void> {
  const embodiment = embodimentByName(plan.robot);
  const world = await SimWorld.create({ embodiment, urdfText: await readUrdf(embodiment) });
  const policy = await openPolicy(settings, embodiment, world);
  const seeds = sceneSeeds(plan);
  const recorder = new CorrectionRecorder(world, policy, settings);
  for (let shard = first; shard < shardCount(plan); shard += of) {
    if (hasShard(plan.directory, shard)) continue;
    const rows: Row[] = [];
    const [begin, end] = shardRange(plan, shard);
    for (let episode = begin; episode < end; episode++) {
      const made = await recorder.record(seeds[episode]!, episode, plan.instructions);
      rows.push(...made.rows);
      process.send?.({ rows: made.rows.length, success: made.success } satisfies CorrectionReport);
    }
    writeShard(plan.directory, shard, 'episodes', rows);
  }
  await policy.close();
}

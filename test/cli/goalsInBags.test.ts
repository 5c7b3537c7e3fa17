import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BagWriter } from '../../adapters/bags/BagWriter.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { knownDefinition } from '../../adapters/messages/knownDefinition.ts';
import { EpisodeTable, findTableTopics } from '../../lab/lerobot/EpisodeTable.ts';
import { ReplayBag } from '../../lab/replay/ReplayBag.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';
import { recordSimulated } from './recordSimulated.ts';

const TICKS = 12;
const GOAL = 'put carrot on plate';

/** Copies a bag; from its middle on its plans are of a goal that nobody said. */
async function withGoal(from: string, to: string): Promise<{ goalNs: bigint; said: string }> {
  const bag = await openBag(from);
  const plans = new MessageCodec('st4vla_ros/msg/SpatialPlan');
  const middleNs = (bag.startNs! + bag.endNs!) / 2n;
  const topics = bag.topics.map(({ name, type }) => ({
    name,
    type,
    definition: knownDefinition(type)!,
    qosProfiles: '',
    isLatched: false,
  }));
  const writer = await BagWriter.create(to, topics);
  let [goalNs, said] = [0n, ''];
  for await (const message of bag.messages()) {
    let { bytes } = message;
    if (message.topic === '/plan') {
      const plan = plans.decode(bytes);
      said ||= plan.instruction;
      if (message.logNs > middleNs) {
        goalNs ||= message.logNs;
        bytes = plans.encode({ ...plan, epoch: plan.epoch + 1, instruction: GOAL });
      }
    }
    await writer.write({ ...message, bytes });
  }
  await writer.close();
  await bag.close();
  return { goalNs, said };
}

describe('a bag with instructions and goals', () => {
  let folder: string;
  let goalNs: bigint;
  let said: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-goals-'));
    const recorded = join(folder, 'recorded');
    const task = WIDOWX_TASK_NAMES[0]!;
    await recordSimulated({ folder: recorded, task, ticks: TICKS, images: 'raw', pipeline: true });
    ({ goalNs, said } = await withGoal(recorded, join(folder, 'bag')));
  });
  after(() => rm(folder, { recursive: true }));

  it('is replayed with both, in their order, each once', async () => {
    const bag = await openBag(join(folder, 'bag'));
    const replayed = await ReplayBag.open(bag, {
      cameras: new Map([['front', 'camera/front/image_raw']]),
      image: { width: 160, height: 120, resample: 'area' },
      namespace: '',
      remaps: new Map(),
      instruction: undefined,
    });
    const heard: [string, bigint][] = [];
    for await (const event of replayed.events()) {
      if (event.kind === 'instruction') heard.push([event.text, event.arrivalNs]);
    }
    await bag.close();
    assert.deepEqual(
      heard.map(([text]) => text),
      [said, GOAL],
    );
    assert.equal(heard[1]![1] - replayed.startNs, goalNs - bag.startNs!);
  });

  it('is exported with both', async () => {
    const bag = await openBag(join(folder, 'bag'));
    const table = new EpisodeTable(bag, findTableTopics(bag, '', new Map()), undefined, 0.2);
    // The stamps' clock is that of the log in this bag.
    const ticksNs = Array.from(
      { length: TICKS },
      (_, i) => bag.startNs! + BigInt(i) * 200_000_000n,
    );
    const rows = [];
    for await (const { instruction, tickNs } of table.rows(ticksNs)) {
      rows.push({ instruction, isAfter: tickNs >= goalNs });
    }
    await bag.close();
    assert.ok(rows.some(({ isAfter }) => isAfter) && rows.some(({ isAfter }) => !isAfter));
    for (const { instruction, isAfter } of rows) assert.equal(instruction, isAfter ? GOAL : said);
  });
});

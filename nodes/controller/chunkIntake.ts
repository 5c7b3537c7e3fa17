import { type ActionChunk, ACTION_DIM } from '../../core/action/ActionChunk.ts';
import { MAX_HORIZON } from '../../core/control/chunkFault.ts';
import type { Controller } from '../../core/control/Controller.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';
import {
  actionChunkFromMessage,
  isEpochAnnouncement,
} from '../../adapters/messages/actionChunk.ts';
import { latched, reliable } from '../shared/qos.ts';
import type { ExecutionWatch } from './ExecutionWatch.ts';

export type ChunkAnswer =
  { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

type Listeners = {
  readonly core: () => Controller;
  /** Gets every chunk's answer, and that to an announcement that is refused. */
  readonly tally: { add(answer: ChunkAnswer): void };
  readonly executionWatch: Pick<ExecutionWatch, 'receive'>;
};

const TYPE = 'st4vla_ros/msg/ActionChunk';
/** The largest chunk that may be executed, and its header with the longest name of a frame. */
const MAX_BYTES = MAX_HORIZON * ACTION_DIM * 4 + 1024;

/** Gives what comes on `action_chunk` to the controller; larger messages are not even decoded. */
export function listenToPolicy(node: ManagedNode, listeners: Listeners): void {
  const { core, tally, executionWatch } = listeners;
  const codec = new MessageCodec(TYPE);
  node.listenBytes(TYPE, 'action_chunk', reliable(), (bytes) => {
    const answer = answerTo(bytes, codec, core(), node.nowNs());
    if (answer !== undefined) tally.add(answer);
  });
  const take = ({ data }: { readonly data: string }) => executionWatch.receive(data);
  node.listen('std_msgs/msg/String', 'execution_spec', latched(), take, { whileInactive: true });
}

function answerTo(
  bytes: Buffer,
  codec: MessageCodec<typeof TYPE>,
  core: Controller,
  nowNs: bigint,
): ChunkAnswer | undefined {
  if (bytes.length > MAX_BYTES) {
    return refuse(`chunk: expected at most ${MAX_BYTES} bytes, found ${bytes.length}`);
  }
  const chunk = actionChunkFromMessage(codec.decode(bytes));
  if (!isEpochAnnouncement(chunk)) return offer(core, chunk, nowNs);
  const fault = core.newEpoch(chunk.epoch);
  return fault === undefined ? undefined : refuse(`announcement of an epoch: ${fault}`);
}

/** In ROS a stamp of 0 is none at all. */
function offer(core: Controller, chunk: ActionChunk, nowNs: bigint): ChunkAnswer {
  const { id, stampNs } = chunk;
  if (stampNs > 0n) return core.offerChunk(chunk, core.tickOfStamp(stampNs), nowNs);
  const found = `${Number(stampNs) / 1e9} s`;
  return refuse(`chunk ${id}: stamp: expected the time of an observation, found ${found}`);
}

function refuse(reason: string): ChunkAnswer {
  return { accepted: false, reason };
}

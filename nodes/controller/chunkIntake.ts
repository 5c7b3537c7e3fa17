import { secondsOf } from '../../core/math/time.ts';
import { type ActionChunk, ACTION_DIM } from '../../core/action/ActionChunk.ts';
import { MAX_HORIZON } from '../../core/control/chunkFault.ts';
import type { Controller } from '../../core/control/Controller.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';
import { actionChunkFromMessage, isWithoutRows } from '../../adapters/messages/actionChunk.ts';
import { latched, reliable } from '../shared/node/qos.ts';
import type { ExecutionWatch } from './ExecutionWatch.ts';

export type ChunkAnswer =
  { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

type Listeners = {
  readonly core: () => Controller;
  /** Gets the answer to every chunk, and that to an epoch that is refused. */
  readonly tally: { add(answer: ChunkAnswer): void };
  readonly executionWatch: Pick<ExecutionWatch, 'receive'>;
};

const CHUNK = 'st4vla_ros/msg/ActionChunk';
const EPOCH = 'st4vla_ros/msg/Epoch';
/** A header with the longest name of a frame, and the numbers beside it. */
const MAX_HEADER_BYTES = 1024;
/** The largest chunk that may be executed. */
const MAX_CHUNK_BYTES = MAX_HORIZON * ACTION_DIM * 4 + MAX_HEADER_BYTES;

const OLD_POLICY =
  'a chunk without rows on action_chunk: its epoch is taken, as of a policy of version 0.1, but the ' +
  'next release will refuse it; publish st4vla_ros/msg/Epoch on epoch instead';

/**
 * Gives what a policy publishes to the controller: chunks, epochs, and how its model asks for chunks to
 * be executed. Messages that are too large are not decoded.
 */
export function listenToPolicy(node: ManagedNode, listeners: Listeners): void {
  const { core, tally, executionWatch } = listeners;
  const always = { whileInactive: true };
  const intake = new ChunkIntake(core, (text) => node.getLogger().warn(text));
  const add = (answer: ChunkAnswer | undefined) => {
    if (answer !== undefined) tally.add(answer);
  };
  node.listenBytes(CHUNK, 'action_chunk', reliable(), (bytes) =>
    add(intake.takeChunk(bytes, node.nowNs())),
  );
  node.listenBytes(EPOCH, 'epoch', latched(), (bytes) => add(intake.takeEpoch(bytes)), always);
  const take = ({ data }: { readonly data: string }) => executionWatch.receive(data);
  node.listen('std_msgs/msg/String', 'execution_spec', latched(), take, always);
}

class ChunkIntake {
  readonly #core: () => Controller;
  readonly #warn: (text: string) => void;
  readonly #chunks = new MessageCodec(CHUNK);
  readonly #epochs = new MessageCodec(EPOCH);
  #hasWarned = false;

  constructor(core: () => Controller, warn: (text: string) => void) {
    this.#core = core;
    this.#warn = warn;
  }

  /** Undefined for a chunk without rows of which the epoch is taken. */
  takeChunk(bytes: Buffer, nowNs: bigint): ChunkAnswer | undefined {
    if (bytes.length > MAX_CHUNK_BYTES) return refuseSize('chunk', bytes, MAX_CHUNK_BYTES);
    const chunk = actionChunkFromMessage(this.#chunks.decode(bytes));
    if (!isWithoutRows(chunk)) return offer(this.#core(), chunk, nowNs);
    if (!this.#hasWarned) this.#warn(OLD_POLICY);
    this.#hasWarned = true;
    return this.#begin(chunk.epoch);
  }

  /** Undefined for an epoch that is taken, or that is not newer than the present one. */
  takeEpoch(bytes: Buffer): ChunkAnswer | undefined {
    if (bytes.length > MAX_HEADER_BYTES) return refuseSize('epoch', bytes, MAX_HEADER_BYTES);
    return this.#begin(this.#epochs.decode(bytes).epoch);
  }

  #begin(epoch: number): ChunkAnswer | undefined {
    const fault = this.#core().newEpoch(epoch);
    return fault === undefined ? undefined : refuse(`new epoch: ${fault}`);
  }
}

/** In ROS a stamp of 0 is none at all. */
function offer(core: Controller, chunk: ActionChunk, nowNs: bigint): ChunkAnswer {
  const { id, stampNs } = chunk;
  if (stampNs > 0n) return core.offerChunk(chunk, core.tickOfStamp(stampNs), nowNs);
  const found = `${secondsOf(stampNs)} s`;
  return refuse(`chunk ${id}: stamp: expected the time of an observation, found ${found}`);
}

function refuse(reason: string): ChunkAnswer {
  return { accepted: false, reason };
}

function refuseSize(what: string, bytes: Buffer, most: number): ChunkAnswer {
  return refuse(`${what}: expected at most ${most} bytes, found ${bytes.length}`);
}

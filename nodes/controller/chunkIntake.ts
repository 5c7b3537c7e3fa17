import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { Controller } from '../../core/control/Controller.ts';
import type { ManagedNode } from '../shared/ManagedNode.ts';
import { actionChunkFromMessage, isEpochAnnouncement } from '../shared/messages/actionChunk.ts';
import { reliable } from '../shared/qos.ts';

export type ChunkAnswer =
  { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/**
 * Gives what comes on `action_chunk` to the controller.
 *
 * @param tally gets every chunk's answer, and that to an announcement that is refused
 */
export function listenToPolicy(
  node: ManagedNode,
  core: () => Controller,
  tally: { add(answer: ChunkAnswer): void },
): void {
  node.listenRaw('st4vla_ros/msg/ActionChunk', 'action_chunk', reliable(), (message) => {
    const chunk = actionChunkFromMessage(message);
    const answer = isEpochAnnouncement(chunk)
      ? announce(core(), chunk.epoch)
      : offer(core(), chunk, node.nowNs());
    if (answer !== undefined) tally.add(answer);
  });
}

/** In ROS a stamp of 0 is none at all. */
function offer(core: Controller, chunk: ActionChunk, nowNs: bigint): ChunkAnswer {
  const { id, stampNs } = chunk;
  if (stampNs > 0n) return core.offerChunk(chunk, core.tickOfStamp(stampNs), nowNs);
  const found = `${Number(stampNs) / 1e9} s`;
  const reason = `chunk ${id}: stamp: expected the time of an observation, found ${found}`;
  return { accepted: false, reason };
}

function announce(core: Controller, epoch: number): ChunkAnswer | undefined {
  const fault = core.newEpoch(epoch);
  return fault === undefined
    ? undefined
    : { accepted: false, reason: `announcement of an epoch: ${fault}` };
}

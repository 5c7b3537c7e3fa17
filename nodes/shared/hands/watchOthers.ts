import type { PrivateFolder } from '../../../adapters/files/PrivateFolder.ts';
import { publishersOf } from '../graph/graph.ts';
import type { Advertised, ManagedNode } from '../node/ManagedNode.ts';
import { OtherHands, type OtherHandsOptions } from './OtherHands.ts';
import { Predecessors } from './Predecessors.ts';

/**
 * So long after a node was made it knows who else is there. On one machine that mostly takes some 0.2 s;
 * but where the first word of the other one is lost (1 of 8 starts, measured), the next one comes
 * with the announcements that Fast DDS repeats every 3 s.
 */
export const DISCOVERY_MS = 4000;

export type WatchOthersOptions = Pick<OtherHandsOptions, 'meaning' | 'otherWay'> & {
  /** The topics on which this node alone may publish. */
  readonly advertised: readonly Advertised[];
  /** Where processes of this node write down who they are. */
  readonly folder: PrivateFolder | undefined;
  /** Of the node, as part of a file's name. */
  readonly key: string;
};

/** Looks for others who do what this node does; resolves when those who are there already are known. */
export async function watchOthers(
  node: ManagedNode,
  { advertised, folder, key, ...options }: WatchOthersOptions,
): Promise<OtherHands> {
  const knownMs = performance.now() + DISCOVERY_MS;
  const own = new Set(advertised.flatMap(({ endpoints }) => endpoints.map(({ gid }) => gid)));
  const predecessors = new Predecessors(folder, key);
  const hands = new OtherHands({
    ...options,
    fullName: node.fullName,
    topics: [...new Set(advertised.map(({ topic }) => topic))],
    publishersOf: (topic) => publishersOf(node, topic),
    isHarmless: (gid) => own.has(gid) || predecessors.isDead(gid),
  });
  try {
    await predecessors.introduce([...own]);
  } catch (error) {
    const words = 'should this process be killed, the next one waits until the graph forgets it';
    node.getLogger().warn(`${words}: ${String(error)}`);
  }
  await new Promise((resolve) => setTimeout(resolve, knownMs - performance.now()));
  hands.look(performance.now());
  return hands;
}

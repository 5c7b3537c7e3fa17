import type { PrivateFolder } from '../../../adapters/files/PrivateFolder.ts';
import { publishersOf } from '../graph/graph.ts';
import type { Advertised, ManagedNode } from '../node/ManagedNode.ts';
import { OtherHands, type OtherHandsOptions } from './OtherHands.ts';
import { Predecessors } from './Predecessors.ts';

/**
 * The time after which a new node knows the others. On one machine that mostly takes some 0.2 s; but if the
 * first announcement of the other one is lost (1 of 8 starts, measured), Fast DDS repeats it after 3 s.
 */
export const DISCOVERY_MS = 4000;

export type WatchOthersOptions = Pick<OtherHandsOptions, 'meaning' | 'otherConflict'> & {
  /** The topics on which this node alone may publish. */
  readonly advertised: readonly Advertised[];
  /** The folder in which processes of this node write their identity. */
  readonly folder: PrivateFolder | undefined;
  /** Of the node, as part of a file's name. */
  readonly key: string;
};

/** Looks for nodes that do what this one does; resolves when those that already run are known. */
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

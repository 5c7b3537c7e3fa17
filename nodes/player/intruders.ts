import { type Fault } from '../../core/config/Fault.ts';
import { commandTopics, JOINT_PLACEHOLDER } from '../../core/config/commandTopics.ts';
import { type EndpointId, listenersOf, nameNodes, publishersOf } from '../shared/graph/graph.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { activeListeners } from '../shared/hands/activeListeners.ts';

const COMMANDS = Object.values(commandTopics).flatMap((topics) => Object.values(topics));
const REMEDY = 'play below another `prefix`, or say `onto_live_arm: true`';

/**
 * Others who are where a bag is about to be played: who publishes the same topics, of which nodes would
 * get the bag's and his messages mixed, and who listens to commands, so that an arm would do what the
 * bag makes a controller say.
 *
 * @param node with all its publishers
 */
export function intruders(node: ManagedNode): readonly Fault[] {
  const own = new Set(node.advertised.flatMap(({ endpoints }) => endpoints.map(({ gid }) => gid)));
  const isStrange = ({ gid }: EndpointId) => !own.has(gid);
  const source = 'the nodes that are there';
  const faults: Fault[] = [];
  for (const topic of playedBy(node)) {
    const others = (publishersOf(node, topic) ?? []).filter(isStrange);
    if (others.length === 0) continue;
    const expected = `no other publisher of it (${REMEDY})`;
    faults.push({ source, field: topic, expected, found: nameNodes(others) });
  }
  for (const topic of commandsNear(node)) {
    const listeners = activeListeners(listenersOf(node, topic) ?? []);
    if (listeners.length === 0) continue;
    const expected = `no arm that listens to commands (${REMEDY})`;
    faults.push({ source, field: topic, expected, found: nameNodes(listeners) });
  }
  return faults;
}

/** What every node publishes is for all. */
function playedBy(node: ManagedNode): readonly string[] {
  const shared = /\/(diagnostics|heartbeat)$/;
  const topics = node.advertised.map(({ topic }) => topic);
  return [...new Set(topics)].filter((topic) => !shared.test(topic));
}

/** Topics of commands in the namespaces whose joint states are played, and in that of the node. */
function commandsNear(node: ManagedNode): readonly string[] {
  const own = node.resolveTopicName('joint_states');
  const spaces = new Set(
    [own, ...playedBy(node)]
      .filter((topic) => topic.endsWith('/joint_states'))
      .map((topic) => topic.slice(0, -'joint_states'.length)),
  );
  const patterns = [...spaces].flatMap((space) =>
    COMMANDS.map(
      (command) => new RegExp(`^${space}${command.replace(JOINT_PLACEHOLDER, '[^/]+')}$`),
    ),
  );
  return node
    .getTopicNamesAndTypes()
    .map(({ name }) => name)
    .filter((name) => patterns.some((pattern) => pattern.test(name)));
}

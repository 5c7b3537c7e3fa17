import { type EndpointId, nameNodes } from '../../shared/graph/graph.ts';
import { activeListeners } from '../../shared/hands/activeListeners.ts';

/** Names of the nodes that publish the joint states of an arm that exists only in a program. */
const SOURCES = {
  simulated: /\/(simulator|gazebo_bridge)$/,
  recorded: /\/(player|rosbag2_player\w*)$/,
} as const;

export type StrangeArmOptions = {
  readonly arm: 'real' | 'simulated' | 'recorded';
  /** Absolute name. */
  readonly jointStates: string;
  readonly commands: readonly string[];
  /** Undefined where the middleware cannot tell. */
  readonly publishersOf: (topic: string) => readonly EndpointId[] | undefined;
  readonly listenersOf: (topic: string) => readonly EndpointId[] | undefined;
};

/**
 * Why a simulated or recorded arm must not be commanded here: a real one could follow, since another node
 * publishes joint states, or, in a replay, listens to the commands.
 */
export function strangeArm(options: StrangeArmOptions): string | undefined {
  const { arm, jointStates, commands, publishersOf, listenersOf } = options;
  if (arm === 'real') return undefined;
  const others = (publishersOf(jointStates) ?? []).filter(
    ({ node }) => !SOURCES[arm].test(node ?? ''),
  );
  if (others.length > 0) {
    return `the arm is ${arm}, and another one may be here: ${nameNodes(others)} publishes ${jointStates}`;
  }
  if (arm === 'simulated') return undefined;
  for (const topic of commands) {
    const found = listenersOf(topic);
    if (found === undefined) return `the arm is ${arm}, and the listeners to ${topic} are unknown`;
    const listeners = activeListeners(found);
    if (listeners.length === 0) continue;
    return `the arm is ${arm}, and another one may be here: ${nameNodes(listeners)} listens to ${topic}`;
  }
  return undefined;
}

import type { EndpointId } from '../graph/graph.ts';

/** Names of nodes that record or show messages, and move nothing. */
const PASSIVE_NODES =
  /\/(recorder|visualiser|dashboard|rosbag2_\w+|_?ros2cli\w*|rqt\w*|rviz\w*|foxglove\w*|plotjuggler\w*)$/;

/** The listeners that may act on messages, so that one of them may be an arm. */
export function activeListeners(listeners: readonly EndpointId[]): readonly EndpointId[] {
  return listeners.filter(({ node }) => node === undefined || !PASSIVE_NODES.test(node));
}

import type { EndpointId } from '../graph/graph.ts';

/** Nodes that record or show what others say, by their names: they move nothing. */
const ONLOOKERS =
  /\/(recorder|visualiser|dashboard|rosbag2_\w+|_?ros2cli\w*|rqt\w*|rviz\w*|foxglove\w*|plotjuggler\w*)$/;

/** Those who may do something with what they hear, so that an arm might be among them. */
export function actors(listeners: readonly EndpointId[]): readonly EndpointId[] {
  return listeners.filter(({ node }) => node === undefined || !ONLOOKERS.test(node));
}

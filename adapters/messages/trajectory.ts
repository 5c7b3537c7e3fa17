import { nsOf } from '../../core/math/time.ts';
import type { MessageType } from 'rclnodejs';
import { nsFromStamp } from './time.ts';

export type TrajectoryMessage = MessageType<'trajectory_msgs/msg/JointTrajectory'>;

/** Time of the newest command after the start of a trajectory of the controller, s. */
export const SPAN_SEC = 0.1;
const SPAN_NS = nsOf(SPAN_SEC);

/**
 * The newest command in a trajectory: before it are those that came earlier, after it the way to rest.
 * In one that begins whenever it comes, or is not of the controller's kind, it is the first point.
 */
export function newestCommand({ header, points }: TrajectoryMessage) {
  if (nsFromStamp(header.stamp) === 0n) return points[0];
  return points.find((point) => nsFromStamp(point.time_from_start) === SPAN_NS) ?? points[0];
}

import type { MessageType } from 'rclnodejs';
import type { Pose } from '../../core/math/types.ts';

type PoseMessage = MessageType<'geometry_msgs/msg/Pose'>;

export function poseToMessage({ position: [x, y, z], orientation }: Pose): PoseMessage {
  const [qx, qy, qz, qw] = orientation;
  return { position: { x, y, z }, orientation: { x: qx, y: qy, z: qz, w: qw } };
}

export function poseFromMessage({ position, orientation }: PoseMessage): Pose {
  return {
    position: [position.x, position.y, position.z],
    orientation: [orientation.x, orientation.y, orientation.z, orientation.w],
  };
}

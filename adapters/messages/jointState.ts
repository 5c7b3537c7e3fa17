import type { MessageType } from 'rclnodejs';
import type { JointSample } from '../../core/observation/Observation.ts';
import { nsFromStamp, stampFromNs } from './time.ts';

type JointStateMessage = MessageType<'sensor_msgs/msg/JointState'>;

/**
 * Velocities that are missing (many drivers leave them out) become 0. A message of which the lists
 * do not belong together keeps its wrong lengths: the reader of the sample refuses it.
 */
export function jointSampleFromMessage(message: JointStateMessage): JointSample {
  const positions = Float64Array.from(message.position);
  return {
    stampNs: nsFromStamp(message.header.stamp),
    names: message.name,
    positions,
    velocities:
      message.velocity.length === 0
        ? new Float64Array(positions.length)
        : Float64Array.from(message.velocity),
  };
}

export function jointSampleToMessage(sample: JointSample, frame = ''): JointStateMessage {
  return {
    header: { stamp: stampFromNs(sample.stampNs), frame_id: frame },
    name: [...sample.names],
    position: sample.positions,
    velocity: sample.velocities,
    effort: [],
  };
}

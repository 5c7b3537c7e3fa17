import type { Chain } from '../../../core/kinematics/Chain.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { poseToMessage } from '../../../adapters/messages/geometry.ts';
import { stampFromNs } from '../../../adapters/messages/time.ts';
import { reliable } from '../../shared/node/qos.ts';
import type { CommandSink } from './CommandSink.ts';

/**
 * MoveIt Servo's pose tracking: where the limited joint command puts the end effector. Servo needs
 * the frame, and drops poses that are older than 0.1 s.
 */
export function servoPoseSink(
  node: ManagedNode,
  topic: string,
  chain: Chain,
  frame: string,
): CommandSink {
  const publisher = node.advertiseRaw('geometry_msgs/msg/PoseStamped', topic, reliable());
  return {
    send({ positions }) {
      publisher.publish({
        header: { stamp: stampFromNs(node.nowNs()), frame_id: frame },
        pose: poseToMessage(chain.forward(positions)),
      });
    },
  };
}

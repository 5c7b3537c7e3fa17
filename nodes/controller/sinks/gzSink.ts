import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import { JOINT_PLACEHOLDER } from '../../../core/config/commandTopics.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { reliable } from '../../shared/node/qos.ts';
import type { CommandSink } from './CommandSink.ts';

/** A joint, and its position by a command. */
export type GzJoint = {
  readonly name: string;
  readonly positionOf: (command: JointCommand) => number;
};

/** Gazebo's JointPositionController of each joint, by way of ros_gz_bridge. */
export function gzSink(node: ManagedNode, topic: string, joints: readonly GzJoint[]): CommandSink {
  const outputs = joints.map(({ name, positionOf }) => {
    const ofJoint = topic.replaceAll(JOINT_PLACEHOLDER, name);
    const publisher = node.advertiseRaw('std_msgs/msg/Float64', ofJoint, reliable());
    return { publisher, positionOf };
  });
  return {
    send(command) {
      for (const { publisher, positionOf } of outputs) {
        publisher.publish({ data: positionOf(command) });
      }
    },
  };
}

import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { reliable } from '../../shared/node/qos.ts';
import type { CommandSink } from './CommandSink.ts';

/** ros2_control's forward_command_controller: positions, in the order of its joints. */
export function forwardCommandSink(
  node: ManagedNode,
  topic: string,
  dataOf: (command: JointCommand) => Float64Array,
): CommandSink {
  const publisher = node.advertiseRaw('std_msgs/msg/Float64MultiArray', topic, reliable());
  const layout = { dim: [], data_offset: 0 };
  return { send: (command) => publisher.publish({ layout, data: dataOf(command) }) };
}

/**
 * A program that proves that Node, rclnodejs, ROS 2 and our messages work together; it runs in its own
 * process (`node --input-type=module -e`), with the ROS environment, and takes about a second.
 */
export const firstNode = `
import rclnodejs from 'rclnodejs';
await rclnodejs.init();
const node = new rclnodejs.Node('st4vla_first_node');
node.createPublisher('st4vla_ros/msg/ExecutionState', 'st4vla_first_node');
rclnodejs.shutdown();
`;

import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { gazeboTopics } from './gazeboArm.ts';
import { cameraTopics } from './gazeboWorld.ts';

/** One topic in the configuration file of ros_gz_bridge. */
export type BridgedTopic = {
  readonly ros_topic_name: string;
  readonly gz_topic_name: string;
  readonly ros_type_name: string;
  readonly gz_type_name: string;
  readonly direction: 'GZ_TO_ROS' | 'ROS_TO_GZ';
};

/**
 * What the nodes need of a world of `gazeboWorld`. Names in ROS are relative, so that the bridge's
 * namespace is the arm's, but for the clock.
 * @param commandTopic of a joint's commands in ROS
 */
export function gazeboBridge(
  urdf: UrdfModel,
  view: string,
  commandTopic: (joint: string) => string,
): BridgedTopic[] {
  const fromGazebo = (ros: string, gz: string, rosType: string, gzType: string): BridgedTopic => ({
    ros_topic_name: ros,
    gz_topic_name: gz,
    ros_type_name: rosType,
    gz_type_name: `gz.msgs.${gzType}`,
    direction: 'GZ_TO_ROS',
  });
  const { image, info } = cameraTopics(view);
  const joints = [...urdf.joints.values()].filter(({ type }) => type !== 'fixed');
  return [
    fromGazebo('/clock', '/clock', 'rosgraph_msgs/msg/Clock', 'Clock'),
    fromGazebo(image.slice(1), image, 'sensor_msgs/msg/Image', 'Image'),
    fromGazebo(info.slice(1), info, 'sensor_msgs/msg/CameraInfo', 'CameraInfo'),
    fromGazebo(
      'joint_states',
      gazeboTopics.jointStates(urdf.name),
      'sensor_msgs/msg/JointState',
      'Model',
    ),
    ...joints.map(({ name }): BridgedTopic => ({
      ros_topic_name: commandTopic(name),
      gz_topic_name: gazeboTopics.command(urdf.name, name),
      ros_type_name: 'std_msgs/msg/Float64',
      gz_type_name: 'gz.msgs.Double',
      direction: 'ROS_TO_GZ',
    })),
  ];
}

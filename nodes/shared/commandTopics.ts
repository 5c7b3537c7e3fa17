/** Where ros2_control listens, by the kind of its controllers; relative names. */
export const commandTopics = {
  trajectory: {
    arm: 'arm_controller/joint_trajectory',
    gripper: 'gripper_controller/joint_trajectory',
  },
  forward: {
    arm: 'forward_position_controller/commands',
    gripper: 'gripper_position_controller/commands',
  },
} as const;

import { JOINT_PLACEHOLDER } from './rosNames.ts';

export { JOINT_PLACEHOLDER };

/** Where those who move an arm listen, by the kind of sink; relative names, each the default. */
export const commandTopics = {
  trajectory: {
    arm: 'arm_controller/joint_trajectory',
    gripper: 'gripper_controller/joint_trajectory',
  },
  forward: {
    arm: 'forward_position_controller/commands',
    gripper: 'gripper_position_controller/commands',
  },
  xsSdk: {
    group: 'commands/joint_group',
    trajectory: 'commands/joint_trajectory',
    gripper: 'commands/joint_single',
  },
  servoPose: { arm: 'servo_node/pose_target_cmds' },
  gz: { joint: `joint/${JOINT_PLACEHOLDER}/cmd_pos` },
} as const;

import type { ParameterTable } from '../../../core/config/ParameterTable.ts';
import { commandTopics } from '../../../core/config/commandTopics.ts';

const name = (value: string, description: string) =>
  ({ type: 'string', default: value, minLength: 1, readOnly: true, description }) as const;
const topic = (value: string, description: string) =>
  ({ ...name(value, description), rosName: 'topic' }) as const;

/** Who receives the commands of arm and gripper, and how. */
export const sinkParameters = {
  sink: {
    type: 'string',
    oneOf: ['joint_trajectory', 'forward_command', 'xs_sdk', 'servo_pose', 'gz'],
    readOnly: true,
    description:
      'Who receives the commands of the arm: `joint_trajectory` and `forward_command` of ' +
      "ros2_control, Interbotix's `xs_sdk`, MoveIt Servo (`servo_pose`) or Gazebo (`gz`).",
  },
  gripper_sink: {
    type: 'string',
    default: 'as_arm',
    oneOf: ['as_arm', 'joint_trajectory', 'forward_command', 'xs_sdk', 'gripper_command', 'gz'],
    readOnly: true,
    description:
      'Who receives those of the gripper: `as_arm` the same as `sink` (Servo has no gripper), or ' +
      'another of them, or `gripper_command`, an action of control_msgs.',
  },
  'joint_trajectory.arm_topic': topic(
    commandTopics.trajectory.arm,
    "Of the arm's joint_trajectory_controller.",
  ),
  'joint_trajectory.gripper_topic': topic(
    commandTopics.trajectory.gripper,
    "Of the gripper's joint_trajectory_controller.",
  ),
  'joint_trajectory.lead': {
    type: 'double',
    default: 0.04,
    min: 0,
    max: 0.08,
    unit: 's',
    readOnly: true,
    description:
      'How much later trajectories are due: it has to cover the latency of their messages, the ' +
      "difference of the clocks and the period of the receiver's updates.",
  },
  'joint_trajectory.end_at_rest': {
    type: 'bool',
    default: true,
    readOnly: true,
    description:
      'Every trajectory ends at rest, as soon as the limits allow: the controller then needs no ' +
      '`allow_nonzero_velocity_at_trajectory_end`, and without further messages the arm stops.',
  },
  'forward_command.arm_topic': topic(
    commandTopics.forward.arm,
    "Of the arm's forward_command_controller.",
  ),
  'forward_command.gripper_topic': topic(
    commandTopics.forward.gripper,
    "Of the gripper's forward_command_controller.",
  ),
  'servo_pose.topic': topic(commandTopics.servoPose.arm, 'Of MoveIt Servo.'),
  'servo_pose.frame': {
    type: 'string',
    default: '',
    readOnly: true,
    description: "Frame of the poses; empty for the URDF's base link.",
  },
  'gz.topic': {
    ...name(
      commandTopics.gz.joint,
      "Of each joint's position controller, as ros_gz_bridge names it in ROS; `{joint}` is its name.",
    ),
    rosName: 'joint_topic',
  },
  'gripper_command.action': topic('gripper_controller/gripper_cmd', 'Name of the action.'),
  'gripper_command.range': {
    type: 'double[]',
    default: [],
    readOnly: true,
    description:
      "Positions that the action's server calls closed and open, in its unit; empty for those of " +
      'the finger joint.',
  },
  'gripper_command.max_effort': {
    type: 'double',
    default: 0,
    min: 0,
    unit: 'N',
    readOnly: true,
    description: 'Effort that is sent with each goal; 0 leaves it to the server.',
  },
  'xs_sdk.prefix': {
    type: 'string',
    default: '',
    rosName: 'prefix',
    readOnly: true,
    description:
      "Put before the driver's names, e.g. `/wx250s/`; empty if the node is in its namespace.",
  },
  'xs_sdk.group': name('arm', "The driver's name for the joints of the arm."),
  'xs_sdk.gripper': name('gripper', "The driver's name for the gripper."),
  'xs_sdk.command': {
    type: 'string',
    default: 'group',
    oneOf: ['group', 'trajectory'],
    readOnly: true,
    description:
      "Message of the arm's commands: JointGroupCommand, or JointTrajectoryCommand of two points.",
  },
  'xs_sdk.enable_torque': {
    type: 'bool',
    default: true,
    readOnly: true,
    description: 'Switch the torque on if it is off; with false the sink is then not ready.',
  },
  'xs_sdk.profile_time': {
    type: 'integer',
    default: 40,
    min: 0,
    max: 1000,
    unit: 'ms',
    readOnly: true,
    description:
      'Time in which the motors move to a new position, of which one comes every 20 ms; 0 for as fast as they can.',
  },
  'xs_sdk.profile_acceleration_time': {
    type: 'integer',
    default: 0,
    min: 0,
    max: 500,
    unit: 'ms',
    readOnly: true,
    description: 'Part of `profile_time` in which they accelerate, at most half of it; 0 for none.',
  },
  'xs_sdk.gripper_pwm': {
    type: 'integer',
    default: 250,
    min: 0,
    max: 885,
    readOnly: true,
    description:
      "Maximum duty of the gripper's motor, of 885: bounds the grip, and keeps a motor that holds an " +
      'object from overload. 0 leaves it as it is.',
  },
} as const satisfies ParameterTable;

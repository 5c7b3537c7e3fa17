import type { MessageType } from 'rclnodejs';

/** `interbotix_xs_msgs`, as far as it is used here; its TypeScript is not there on every machine. */
export type JointGroupCommand = { name: string; cmd: Float32Array };
export type JointSingleCommand = { name: string; cmd: number };
export type JointTrajectoryCommand = {
  cmd_type: CommandType;
  name: string;
  traj: MessageType<'trajectory_msgs/msg/JointTrajectory'>;
};

/** Whether a name is that of a group of joints or of one joint. */
export type CommandType = 'group' | 'single';
type Whom = { cmd_type: CommandType; name: string };

/** Requests and responses of the services that are used, by the name of the service. */
export type XsServices = {
  get_robot_info: {
    type: 'RobotInfo';
    request: Whom;
    response: {
      mode: string;
      profile_type: string;
      joint_names: string[];
      joint_lower_limits: ArrayLike<number>;
      joint_upper_limits: ArrayLike<number>;
    };
  };
  set_operating_modes: {
    type: 'OperatingModes';
    request: Whom & {
      mode: string;
      profile_type: string;
      profile_velocity: number;
      profile_acceleration: number;
    };
    response: object;
  };
  torque_enable: { type: 'TorqueEnable'; request: Whom & { enable: boolean }; response: object };
  get_motor_registers: {
    type: 'RegisterValues';
    request: Whom & { reg: string; value: number };
    response: { values: ArrayLike<number> };
  };
  set_motor_registers: {
    type: 'RegisterValues';
    request: Whom & { reg: string; value: number };
    response: object;
  };
};

export const XS_PACKAGE = 'interbotix_xs_msgs';

/** Types of the services, by the name of the service. */
export const XS_SERVICE_TYPES: { readonly [Name in keyof XsServices]: XsServices[Name]['type'] } = {
  get_robot_info: 'RobotInfo',
  set_operating_modes: 'OperatingModes',
  torque_enable: 'TorqueEnable',
  get_motor_registers: 'RegisterValues',
  set_motor_registers: 'RegisterValues',
};

/** All types that need the package, as rclnodejs names them. */
export const XS_TYPES: readonly string[] = [
  ...['JointGroupCommand', 'JointSingleCommand', 'JointTrajectoryCommand'].map(
    (name) => `${XS_PACKAGE}/msg/${name}`,
  ),
  ...new Set(Object.values(XS_SERVICE_TYPES).map((name) => `${XS_PACKAGE}/srv/${name}`)),
];

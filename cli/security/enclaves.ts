/** What the nodes of one enclave may do; names as in ROS: relative, `~/` private, `/` absolute. */
export type Enclave = {
  /** The enclave's name, and the node's. */
  readonly name: string;
  readonly description: string;
  /** True for our own nodes, which have services for lifecycle and parameters. */
  readonly isOurs: boolean;
  readonly publishes?: readonly string[];
  readonly subscribes?: readonly string[];
  readonly serves?: readonly string[];
  readonly calls?: readonly string[];
  readonly executes?: readonly string[];
  readonly callsActions?: readonly string[];
};

/** Topics on which a message moves the motors at once, by sink, past every limit of the controller. */
export const COMMAND_TOPICS: readonly string[] = [
  'arm_controller/joint_trajectory',
  'gripper_controller/joint_trajectory',
  'forward_position_controller/commands',
  'gripper_position_controller/commands',
  'commands/joint_group',
  'commands/joint_single',
  'commands/joint_trajectory',
  'servo_node/pose_target_cmds',
  'joint/*/cmd_pos',
];

/** Actions of joint_trajectory_controllers: none may call them, and the controller looks whether a goal runs. */
const TRAJECTORY_ACTIONS = [
  'arm_controller/follow_joint_trajectory',
  'gripper_controller/follow_joint_trajectory',
];

/** Services of Interbotix's driver that change what the motors do. */
const DRIVER_SERVICES = [
  'get_robot_info',
  'set_operating_modes',
  'torque_enable',
  'get_motor_registers',
  'set_motor_registers',
];

const CAMERA_TOPICS = [
  'camera/*/image_raw',
  'camera/*/camera_info',
  'camera/*/image_raw/compressed',
];
const OUTPUT_TOPICS = ['plan', 'action_chunk', 'epoch', 'execution_state', 'instruction'];
const LIFECYCLE = [
  'change_state',
  'get_state',
  'get_available_states',
  'get_available_transitions',
];
const ARM_NODES = ['perception', 'policy', 'controller', 'recorder', 'simulator', 'supervisor'];

/** One enclave for each part that speaks: who has its key may do this, and nothing else. */
export const ENCLAVES: readonly Enclave[] = [
  {
    name: 'perception',
    description: 'camera images and joint states become observations',
    isOurs: true,
    subscribes: [...CAMERA_TOPICS, 'joint_states'],
    publishes: ['observation'],
  },
  {
    name: 'policy',
    description: 'observations and instructions become plans and chunks',
    isOurs: true,
    subscribes: ['observation', 'execution_state', 'instruction'],
    publishes: ['plan', 'action_chunk', 'epoch', 'execution_spec', 'settled'],
    serves: ['~/ask_spatial'],
    executes: ['execute_task'],
  },
  {
    name: 'controller',
    description: 'chunks become limited commands; the only one that may command the arm',
    isOurs: true,
    subscribes: [
      'action_chunk',
      'epoch',
      'execution_spec',
      'joint_states',
      'halt',
      'driver_fault',
      ...TRAJECTORY_ACTIONS.map((action) => `${action}/_action/status`),
    ],
    publishes: ['execution_state', ...COMMAND_TOPICS],
    serves: ['~/stop', '~/resume', '~/reset'],
    calls: [
      ...DRIVER_SERVICES,
      'arm_controller/get_parameters',
      'gripper_controller/get_parameters',
    ],
    callsActions: ['gripper_controller/gripper_cmd'],
  },
  {
    name: 'camera',
    description: 'the driver of the cameras',
    isOurs: false,
    publishes: CAMERA_TOPICS,
  },
  {
    name: 'driver',
    description: 'the driver of the motors: xs_sdk, a controller_manager or the bridge of Gazebo',
    isOurs: false,
    subscribes: COMMAND_TOPICS,
    publishes: ['joint_states', 'driver_fault', ...CAMERA_TOPICS, '/clock'],
    serves: DRIVER_SERVICES,
    executes: ['gripper_controller/gripper_cmd', ...TRAJECTORY_ACTIONS],
  },
  {
    name: 'simulator',
    description: 'the embedded simulator in place of camera and driver',
    isOurs: true,
    subscribes: [...COMMAND_TOPICS, 'instruction', 'plan'],
    publishes: ['joint_states', ...CAMERA_TOPICS, 'episode_state', '/clock'],
    serves: ['reset_episode'],
  },
  {
    name: 'recorder',
    description: 'listens to everything, sends nothing',
    isOurs: true,
    subscribes: [
      ...CAMERA_TOPICS,
      ...OUTPUT_TOPICS,
      ...COMMAND_TOPICS,
      'joint_states',
      'episode_state',
    ],
    serves: ['~/start_episode', '~/finish_episode', '~/snapshot'],
  },
  {
    name: 'supervisor',
    description: 'heartbeats of the nodes; stops the arm where one fails again and again',
    isOurs: true,
    subscribes: ['heartbeat'],
    publishes: ['halt'],
  },
  {
    name: 'operator',
    description: 'the person: gives instructions, stops, resumes, manages the nodes; no commands',
    isOurs: false,
    publishes: ['instruction', 'halt'],
    subscribes: [
      'observation',
      ...OUTPUT_TOPICS,
      ...CAMERA_TOPICS,
      'joint_states',
      'episode_state',
      '/diagnostics',
    ],
    calls: [
      'controller/stop',
      'controller/resume',
      'controller/reset',
      'policy/ask_spatial',
      'reset_episode',
      'recorder/start_episode',
      'recorder/finish_episode',
      'recorder/snapshot',
      ...ARM_NODES.flatMap((node) => [
        ...LIFECYCLE.map((service) => `${node}/${service}`),
        `${node}/get_parameters`,
        `${node}/list_parameters`,
        `${node}/describe_parameters`,
        `${node}/set_parameters`,
      ]),
    ],
    callsActions: ['execute_task'],
  },
];

const PARAMETER_SERVICES = [
  '~/describe_parameters',
  '~/get_parameter_types',
  '~/get_parameters',
  '~/list_parameters',
  '~/set_parameters',
  '~/set_parameters_atomically',
  '~/get_type_description',
];

/** An enclave with what every node of its kind does besides. */
export function withCommonAccess(enclave: Enclave): Required<Omit<Enclave, 'isOurs'>> {
  const ours = enclave.isOurs;
  const lifecycle = [...LIFECYCLE, 'get_transition_graph'].map((service) => `~/${service}`);
  return {
    name: enclave.name,
    description: enclave.description,
    publishes: [
      ...(enclave.publishes ?? []),
      ...(ours ? ['~/transition_event', 'heartbeat'] : []),
      '/diagnostics',
      '/parameter_events',
      '/rosout',
    ],
    subscribes: [...(enclave.subscribes ?? []), '/clock', '/parameter_events'],
    serves: [...(enclave.serves ?? []), ...(ours ? lifecycle : []), ...PARAMETER_SERVICES],
    calls: enclave.calls ?? [],
    executes: enclave.executes ?? [],
    callsActions: enclave.callsActions ?? [],
  };
}

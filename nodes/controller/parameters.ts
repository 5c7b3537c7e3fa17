import { defineParameters } from '../../core/config/ParameterTable.ts';
import { robotParameter } from '../shared/parameters/commonParameters.ts';
import { executionParameters } from './executionParameters.ts';
import { sinkParameters } from './sinks/sinkParameters.ts';

export const controllerParameters = defineParameters({
  robot: robotParameter,
  ...sinkParameters,
  arm: {
    type: 'string',
    default: 'real',
    oneOf: ['real', 'simulated', 'recorded'],
    readOnly: true,
    description:
      'The source of the joint states. A stop, a fault and a reduced speed are remembered for each kind ' +
      'apart. With `simulated` and `recorded` the arm is held if a real one may follow: another node ' +
      'than the simulator, or the player, publishes `joint_states`. With `recorded` nothing follows ' +
      'the commands: the arm is not waited for and not compared with them, and it is also held where ' +
      'a node listens to the commands that could be a driver.',
  },
  onto_live_arm: {
    type: 'bool',
    default: false,
    readOnly: true,
    description: 'With `simulated` or `recorded`: command the arm although a real one may follow.',
  },
  base_frame: {
    type: 'string',
    default: '',
    readOnly: true,
    description: "Frame of the poses in ExecutionState; empty for the URDF's base link.",
  },
  ...executionParameters,
  stale_after: {
    type: 'double',
    default: 0.25,
    min: 0.02,
    max: 5,
    unit: 's',
    readOnly: true,
    description: 'The arm is held when its joint states are older than this.',
  },
  speed_scale: {
    type: 'double',
    default: 1,
    min: 0.05,
    max: 1,
    description:
      'Reduced speed: ticks last 1 / `speed_scale` as long, and joints and gripper keep to this share ' +
      'of their speed limits. The path stays the same; stopping is as quick as ever.',
  },
  'limits.workspace_min': {
    type: 'double[]',
    default: [],
    maxLength: 3,
    unit: 'm',
    readOnly: true,
    description: "Lowest corner of a smaller workspace box, in base axes; empty for the arm's own.",
  },
  'limits.workspace_max': {
    type: 'double[]',
    default: [],
    maxLength: 3,
    unit: 'm',
    readOnly: true,
    description: "Highest corner of a smaller workspace box; empty for the arm's own.",
  },
  'limits.max_step': {
    type: 'double',
    default: 0,
    min: 0,
    max: 1,
    unit: 'm',
    readOnly: true,
    description:
      "Maximum step of the target in a tick, at most the arm's own; 0 for the arm's own.",
  },
  'limits.max_turn': {
    type: 'double',
    default: 0,
    min: 0,
    max: 3.2,
    unit: 'rad',
    readOnly: true,
    description:
      "Maximum turn of the target in a tick, at most the arm's own; 0 for the arm's own.",
  },
  'limits.velocity_share': {
    type: 'double',
    default: 1,
    min: 0.05,
    max: 1,
    readOnly: true,
    description: "Share of the arm's own joint velocity limits that is used.",
  },
  'limits.acceleration_share': {
    type: 'double',
    default: 1,
    min: 0.1,
    max: 1,
    readOnly: true,
    description: "Share of the arm's own joint acceleration limits that is used, also to stop.",
  },
  'limits.self_clearance': {
    type: 'double',
    default: 0,
    min: 0,
    max: 0.2,
    unit: 'm',
    readOnly: true,
    description:
      "Clearance that links keep from one another, at least the arm's own; 0 for the arm's own.",
  },
  'limits.table_rise': {
    type: 'double',
    default: 0,
    min: 0,
    max: 1,
    unit: 'm',
    readOnly: true,
    description: 'Height of the table above the surface that the arm stands on.',
  },
  realtime_priority: {
    type: 'integer',
    default: 20,
    min: 0,
    max: 99,
    readOnly: true,
    description:
      'Priority in real-time scheduling (SCHED_RR), if the system permits it; 0 leaves the process ' +
      'at the highest ordinary priority.',
  },
  max_blind: {
    type: 'double',
    default: 0,
    min: 0,
    max: 600,
    unit: 's',
    readOnly: true,
    description:
      'Actions that are due later than this after their observation are not executed, in motion and at ' +
      'rest: this bounds how long the arm moves when camera, policy or network fail. With a `speed_scale` it is ' +
      'longer by as much as ticks are. 0 for as long as the chunk is, and chunks of observations ' +
      'that are older than that are refused.',
  },
  'following.tolerance': {
    type: 'double[]',
    default: [0.25],
    min: 0.001,
    max: 7,
    minLength: 1,
    maxLength: 16,
    unit: 'rad',
    readOnly: true,
    description:
      'Maximum distance of a joint from its command: one number for all, or one for each arm joint.',
  },
  'following.delay': {
    type: 'double',
    default: 0.3,
    min: 0,
    max: 5,
    unit: 's',
    readOnly: true,
    description: 'The arm may be this far behind its commands.',
  },
  'following.time': {
    type: 'double',
    default: 0.3,
    min: 0,
    max: 60,
    unit: 's',
    readOnly: true,
    description:
      'A joint that is beyond its tolerance for longer is a fault; 0 checks nothing. With ' +
      '`arm: recorded` nothing is checked either: no arm follows.',
  },
});

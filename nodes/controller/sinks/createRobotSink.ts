import { type Fault, FaultError } from '../../../core/config/Fault.ts';
import type { Config } from '../../../core/config/ParameterTable.ts';
import { armBounds, gripperBounds } from '../../../core/control/armBounds.ts';
import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../../core/embodiment/Embodiment.ts';
import { Chain } from '../../../core/kinematics/Chain.ts';
import { movableJoint, type UrdfModel } from '../../../core/kinematics/UrdfModel.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import type { CommandSink } from './CommandSink.ts';
import { fingerWithin } from './fingerWithin.ts';
import { foreignFaults } from './foreignInterfaces.ts';
import { forwardCommandSink } from './forwardCommandSink.ts';
import { GRIPPER_ACTION, GripperActionSink } from './GripperActionSink.ts';
import { type GzJoint, gzSink } from './gzSink.ts';
import { armTrajectorySink, gripperTrajectorySink } from './jointTrajectorySink.ts';
import { RobotSink } from './RobotSink.ts';
import { servoPoseSink } from './servoPoseSink.ts';
import type { sinkParameters } from './sinkParameters.ts';
import { XsDriver } from './XsDriver.ts';
import { XS_PACKAGE, XS_TYPES } from '../../../adapters/messages/xsMessages.ts';
import { xsDriverSink, xsGripperSink, xsGroupSink, xsTrajectorySink } from './xsSdkSinks.ts';

export type SinkConfig = Config<typeof sinkParameters>;

export type SinkContext = {
  readonly node: ManagedNode;
  readonly config: SinkConfig;
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly periodSec: number;
};

/**
 * The sinks of arm and gripper that the parameters name.
 * @throws FaultError where parameters do not fit together, or a message package is missing
 */
export function createRobotSink(context: SinkContext): RobotSink {
  const { node, config, periodSec } = context;
  const gripper = config.gripperSink === 'as_arm' ? config.sink : config.gripperSink;
  const faults = faultsOf(node.fullName, config, gripper);
  if (faults.length > 0 || gripper === 'servo_pose') throw new FaultError(node.fullName, faults);
  const usesXs = config.sink === 'xs_sdk' || gripper === 'xs_sdk';
  const driver = usesXs ? xsDriver(context, gripper === 'xs_sdk') : undefined;
  const parts = [armSink(context, driver), gripperSink(context, gripper, driver)];
  return new RobotSink([...(driver ? [xsDriverSink(driver)] : []), ...parts], periodSec);
}

type GripperSinkName = Exclude<SinkConfig['gripperSink'], 'as_arm'>;

function faultsOf(
  nodeName: string,
  config: SinkConfig,
  gripper: GripperSinkName | 'servo_pose',
): Fault[] {
  const source = `parameters of ${nodeName}`;
  const faults: Fault[] = [];
  const check = (isRight: boolean, field: string, expected: string, found: string) => {
    if (!isRight) faults.push({ source, field, expected, found });
  };
  const { sink, gripperSink: gripperName, gripperCommandRange: range } = config;
  if (gripper === 'servo_pose') {
    const expected = 'another sink than that of the arm: MoveIt Servo has no gripper';
    check(false, 'gripper_sink', expected, gripperName);
  }
  if (sink === 'xs_sdk' || gripper === 'xs_sdk') {
    const field = sink === 'xs_sdk' ? 'sink' : 'gripper_sink';
    faults.push(...foreignFaults(source, field, XS_PACKAGE, XS_TYPES));
    const halfMs = Math.floor(config.xsSdkProfileTime / 2);
    const accelerationMs = config.xsSdkProfileAccelerationTime;
    const expected = `at most half of xs_sdk.profile_time, ${halfMs}`;
    const field2 = 'xs_sdk.profile_acceleration_time';
    check(accelerationMs <= halfMs, field2, expected, `${accelerationMs}`);
  }
  if (gripper === 'gripper_command') {
    faults.push(...foreignFaults(source, 'gripper_sink', 'control_msgs', [GRIPPER_ACTION]));
    const isRange = range.length === 0 || (range.length === 2 && range[0] !== range[1]);
    const field = 'gripper_command.range';
    check(isRange, field, 'no element, or two that differ', `[${range.join(', ')}]`);
  }
  return faults;
}

function armSink(context: SinkContext, driver: XsDriver | undefined): CommandSink {
  const { node, config, embodiment, urdf } = context;
  const joints = embodiment.armJoints;
  switch (config.sink) {
    case 'joint_trajectory': {
      const topic = config.jointTrajectoryArmTopic;
      return armTrajectorySink(node, armBounds(embodiment, urdf), {
        ...streamOptions(context),
        topic,
        joints,
      });
    }
    case 'forward_command':
      return forwardCommandSink(node, config.forwardCommandArmTopic, (c) => c.positions);
    case 'xs_sdk':
      return config.xsSdkCommand === 'group'
        ? xsGroupSink(node, driver!, config.xsSdkGroup)
        : xsTrajectorySink(node, driver!, config.xsSdkGroup, joints);
    case 'servo_pose': {
      const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
      const frame = config.servoPoseFrame || embodiment.baseLink;
      return servoPoseSink(node, config.servoPoseTopic, chain, frame);
    }
    case 'gz':
      return gzSink(
        node,
        config.gzTopic,
        joints.map((name, i) => ({ name, positionOf: ({ positions }) => positions[i]! })),
      );
  }
}

function gripperSink(
  context: SinkContext,
  name: GripperSinkName,
  driver: XsDriver | undefined,
): CommandSink {
  const { node, config, embodiment, urdf } = context;
  const { gripper } = embodiment;
  const within = fingerWithin(movableJoint(urdf, gripper.joint).limit);
  switch (name) {
    case 'joint_trajectory': {
      const topic = config.jointTrajectoryGripperTopic;
      const joints = [gripper.joint];
      const options = { ...streamOptions(context), topic, joints };
      return gripperTrajectorySink(node, gripperBounds(embodiment, urdf), within, options);
    }
    case 'forward_command':
      return forwardCommandSink(node, config.forwardCommandGripperTopic, (command) =>
        Float64Array.of(within(command).gripperJointPosition),
      );
    case 'xs_sdk':
      return xsGripperSink(node, driver!, config.xsSdkGripper, gripper);
    case 'gripper_command': {
      const [closed = gripper.closed, open = gripper.open] = config.gripperCommandRange;
      const { gripperCommandAction: action, gripperCommandMaxEffort: maxEffort } = config;
      return new GripperActionSink(node, { action, closed, open, maxEffort });
    }
    case 'gz':
      return gzSink(
        node,
        config.gzTopic,
        embodiment.fingerJoints.map((finger) => gzFinger(urdf, finger)),
      );
  }
}

function streamOptions({ config, periodSec }: SinkContext) {
  return {
    periodSec,
    leadSec: config.jointTrajectoryLead,
    endsAtRest: config.jointTrajectoryEndAtRest,
  };
}

/** A finger follows the commanded one as the URDF says. */
function gzFinger(urdf: UrdfModel, name: string): GzJoint {
  const { multiplier, offset } = movableJoint(urdf, name).mimic ?? { multiplier: 1, offset: 0 };
  const positionOf = ({ gripperJointPosition }: JointCommand) =>
    multiplier * gripperJointPosition + offset;
  return { name, positionOf };
}

function xsDriver(context: SinkContext, withGripper: boolean): XsDriver {
  const { node, config, embodiment, urdf } = context;
  const { lower, upper } = armBounds(embodiment, urdf);
  const joints = embodiment.armJoints.map((name, i) => {
    return { name, lower: lower[i]!, upper: upper[i]! };
  });
  const profile = {
    profileTimeMs: config.xsSdkProfileTime,
    profileAccelerationTimeMs: config.xsSdkProfileAccelerationTime,
  };
  return new XsDriver(node, {
    prefix: config.xsSdkPrefix,
    mayEnableTorque: config.xsSdkEnableTorque,
    arm: config.sink === 'xs_sdk' ? { group: config.xsSdkGroup, joints } : undefined,
    gripper: withGripper ? { name: config.xsSdkGripper } : undefined,
    armSettings: { ...profile, mode: 'position' },
    gripperSettings: {
      ...profile,
      mode: 'linear_position',
      pwmLimit: config.xsSdkGripperPwm || undefined,
    },
  });
}

import type { GripperRange } from '../../../core/embodiment/Embodiment.ts';
import { commandTopics } from '../../../core/config/commandTopics.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';
import { stampFromNs } from '../../../adapters/messages/time.ts';
import { reliable } from '../../shared/node/qos.ts';
import type { CommandSink } from './CommandSink.ts';
import { advertiseForeign } from './foreignInterfaces.ts';
import type { XsDriver } from './XsDriver.ts';
import {
  type JointGroupCommand,
  type JointSingleCommand,
  type JointTrajectoryCommand,
  XS_PACKAGE,
} from '../../../adapters/messages/xsMessages.ts';

/** Of a trajectory of two points. */
const BETWEEN_POINTS_NS = 1_000_000n;
/** After so much time without a command the last one says no more where the arm is. */
const SILENCE_NS = 200_000_000n;
/** The finger position is sent again after this number of periods, changed or not. */
const REPEAT_PERIODS = 50;

/** The arm as a group: positions, which the motors' profile leads to. */
export function xsGroupSink(node: ManagedNode, driver: XsDriver, group: string): CommandSink {
  const { publish } = advertiseForeign<JointGroupCommand>(
    node,
    `${XS_PACKAGE}/msg/JointGroupCommand`,
    driver.prefix + commandTopics.xsSdk.group,
    reliable(),
  );
  return {
    send({ positions }) {
      const order = driver.readyOrder;
      if (order) publish({ name: group, cmd: Float32Array.from(order, (i) => positions[i]!) });
    },
  };
}

/**
 * The arm by trajectories of two points: the last command, where the driver expects the arm, and the
 * new one, which it sends to the motors at once. A trajectory runs for the time between its points,
 * and the driver refuses others meanwhile: so that time is short, and the next one finds it free.
 */
export function xsTrajectorySink(
  node: ManagedNode,
  driver: XsDriver,
  group: string,
  joints: readonly string[],
): CommandSink {
  const { publish } = advertiseForeign<JointTrajectoryCommand>(
    node,
    `${XS_PACKAGE}/msg/JointTrajectoryCommand`,
    driver.prefix + commandTopics.xsSdk.trajectory,
    reliable(),
  );
  const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
  const pointAt = (ns: bigint, positions: Float64Array, velocities: Float64Array) => ({
    positions,
    velocities,
    accelerations: [],
    effort: [],
    time_from_start: stampFromNs(ns),
  });
  let last: Float64Array | undefined;
  let lastNs = 0n;
  return {
    send(command) {
      const nowNs = node.nowNs();
      const order = driver.readyOrder;
      // after a silence the arm may be elsewhere
      if (!order || nowNs - lastNs > SILENCE_NS || nowNs < lastNs) last = undefined;
      lastNs = nowNs;
      if (!order) return;
      const positions = Float64Array.from(order, (i) => command.positions[i]!);
      const velocities = Float64Array.from(order, (i) => command.velocities[i]!);
      publish({
        cmd_type: 'group',
        name: group,
        traj: {
          header,
          joint_names: Array.from(order, (i) => joints[i]!),
          points: [
            pointAt(0n, last ?? positions, new Float64Array(positions.length)),
            pointAt(BETWEEN_POINTS_NS, positions, velocities),
          ],
        },
      });
      last = positions;
    },
  };
}

/**
 * The gripper as a single joint in linear mode, which takes the distance between the fingers: twice
 * the position of one. Sent where it changes, since each takes time on the motors' bus.
 */
export function xsGripperSink(
  node: ManagedNode,
  driver: XsDriver,
  name: string,
  { closed, open }: GripperRange,
): CommandSink {
  const { publish } = advertiseForeign<JointSingleCommand>(
    node,
    `${XS_PACKAGE}/msg/JointSingleCommand`,
    driver.prefix + commandTopics.xsSdk.gripper,
    reliable(),
  );
  const [least, most] = [Math.min(closed, open), Math.max(closed, open)];
  let last: number | undefined;
  let setUps = 0;
  let periods = 0;
  return {
    send({ gripperJointPosition }) {
      if (!driver.isReady) return;
      const position = Math.min(most, Math.max(least, gripperJointPosition));
      const isNews = position !== last || setUps !== driver.setUps;
      if (!isNews && ++periods < REPEAT_PERIODS) return;
      [last, setUps, periods] = [position, driver.setUps, 0];
      publish({ name, cmd: 2 * position });
    },
  };
}

/** Prepares, watches and restores the driver for the sinks that share it; sends nothing. */
export function xsDriverSink(driver: XsDriver): CommandSink {
  return {
    send: () => undefined,
    received: () => driver.received(),
    notReady: () => driver.notReady(),
    prepare: () => driver.prepare(),
    restore: () => driver.restore(),
    diagnostics: () => [driver.diagnostic()],
  };
}

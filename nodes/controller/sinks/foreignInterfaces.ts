import '../../shared/process/requireRos.ts';
import fs from 'node:fs';
import path from 'node:path';
import rclnodejs, { type MessageTypeClassName, type QoS } from 'rclnodejs';
import { installedPrefixes } from '../../../adapters/messages/installedDefinition.ts';
import type { Fault } from '../../../core/config/Fault.ts';
import type { ManagedNode } from '../../shared/node/ManagedNode.ts';

/** Message packages that not every ROS 2 has, and where they come from. */
const SOURCES = {
  interbotix_xs_msgs:
    'build it from github.com/Interbotix/interbotix_ros_core and source that workspace',
  control_msgs: 'install ros-$ROS_DISTRO-control-msgs',
} as const;

export type ForeignPackage = keyof typeof SOURCES;

/** What keeps a sink from using types of a package; empty where nothing does. */
export function foreignFaults(
  source: string,
  field: string,
  packageName: ForeignPackage,
  types: readonly string[],
): Fault[] {
  const fault = (expected: string, found: string): Fault[] => [{ source, field, expected, found }];
  const prefixes = installedPrefixes();
  const isInstalled = prefixes.some((one) => fs.existsSync(path.join(one, 'share', packageName)));
  if (!isInstalled) {
    const expected = `the ROS package ${packageName} (${SOURCES[packageName]})`;
    return fault(expected, `none below AMENT_PREFIX_PATH (${prefixes.join(', ')})`);
  }
  return types.flatMap((type) => {
    try {
      rclnodejs.require(type as MessageTypeClassName);
      return [];
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      return fault(`JavaScript of ${type}, made by rclnodejs`, found);
    }
  });
}

/** A publisher of a type of which the TypeScript may not be there. */
export function advertiseForeign<Message>(
  node: ManagedNode,
  type: string,
  topic: string,
  qos: QoS,
): { publish(message: Message): void } {
  return node.advertiseRaw(type as MessageTypeClassName, topic, qos) as unknown as {
    publish(message: Message): void;
  };
}

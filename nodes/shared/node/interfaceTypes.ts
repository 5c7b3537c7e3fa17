import '../process/requireRos.ts';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import rclnodejs, { type MessageTypeClassName } from 'rclnodejs';
import { installedPrefixes } from '../../../adapters/messages/installedDefinition.ts';
import { showValue } from '../../../core/config/Fault.ts';

/**
 * What this ROS lacks of a type, so that no node can send or receive it; undefined where it lacks
 * nothing. Looks at files first: of a type that is absent, rclnodejs logs pages,
 * and it would take a type's name (which may come from a bag) for a path.
 *
 * @param type as ROS 2 names it: `tf2_msgs/msg/TFMessage`
 */
export function lackOf(type: string): string | undefined {
  const [, packageName, kind, name] = /^(\w+)\/(msg|srv|action)\/(\w+)$/.exec(type) ?? [];
  if (!packageName || !kind || !name) return `a type named ${showValue(type)}`;
  const shares = installedPrefixes().map((prefix) => join(prefix, 'share', packageName));
  if (!shares.some((share) => existsSync(share))) return `the package ${packageName}`;
  const isThere = shares.some((share) =>
    [kind, 'idl'].some((ending) => existsSync(join(share, kind, `${name}.${ending}`))),
  );
  if (!isThere) return `the type ${type}`;
  try {
    rclnodejs.require(type as MessageTypeClassName);
    return undefined;
  } catch {
    return `JavaScript of ${type}, which rclnodejs makes at its installation`;
  }
}

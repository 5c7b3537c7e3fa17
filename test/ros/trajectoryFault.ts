import type { Json } from './Peer.ts';
import { ARM_JOINTS } from './widowx.ts';

/** What joint_trajectory_controller refuses by its default parameters, or follows roughly. */
export function trajectoryFault({ header, joint_names: names, points }: Json): string | undefined {
  if (header.stamp.sec === 0 && header.stamp.nanosec === 0) return 'it begins whenever it comes';
  if (names.length !== ARM_JOINTS.length) return 'joints are missing';
  if (!ARM_JOINTS.every((name) => names.includes(name))) return 'joints are unknown';
  let lastSec = -1;
  for (const { positions, velocities, time_from_start: time } of points) {
    const sec = time.sec + time.nanosec / 1e9;
    if (sec <= lastSec) return 'times do not grow';
    lastSec = sec;
    if (positions.length !== names.length) return 'positions are missing';
    if (velocities.length !== names.length) return 'velocities are missing';
  }
  if (points.length === 0) return 'it is empty';
  const isAtRest = points.at(-1).velocities.every((v: number) => v === 0);
  return isAtRest ? undefined : 'the last velocity is not zero';
}

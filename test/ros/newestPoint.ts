import { newestCommand } from '../../nodes/shared/messages/trajectory.ts';
import type { Json } from './Peer.ts';

/** The newest command in a trajectory of the controller. */
export function newestPoint(trajectory: Json): Json {
  return newestCommand(trajectory);
}

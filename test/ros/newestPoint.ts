import { newestCommand } from '../../adapters/messages/trajectory.ts';
import type { Json } from './Peer.ts';

/** The newest command in a trajectory of the controller. */
export function newestPoint(trajectory: Json): Json {
  return newestCommand(trajectory);
}

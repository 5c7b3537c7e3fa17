import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { Spread } from '../../core/replay/Spread.ts';
import type { Track } from '../../core/replay/Track.ts';
import type { JointPositions } from '../replay/readMotion.ts';
import type { CommandErrors } from './OpenLoopEpisode.ts';

/** A command of a replay belongs to the recorded one of the same period. */
const SAME_PERIOD_NS = 20_000_000n;

/** Compares the joint positions that a replay commands with those that were recorded. */
export function compareCommands(
  predicted: Track<JointPositions>,
  recorded: Track<JointPositions>,
  { armJoints, gripper }: Pick<Embodiment, 'armJoints' | 'gripper'>,
): CommandErrors | undefined {
  if (recorded.size === 0) return undefined;
  const names = [...armJoints, gripper.joint];
  const spreads = names.map(() => new Spread());
  let compared = 0;
  for (const [timeNs, command] of predicted.entries()) {
    const commanded = recorded.closest(timeNs, SAME_PERIOD_NS);
    if (!commanded) continue;
    compared += 1;
    armJoints.forEach((_, i) => spreads[i]!.add(command.arm[i]! - commanded.arm[i]!));
    if (command.gripper !== undefined && commanded.gripper !== undefined) {
      spreads.at(-1)!.add(command.gripper - commanded.gripper);
    }
  }
  return {
    compared,
    joints: names.map((name, i) => {
      return { name, mean: spreads[i]!.meanSize, largest: spreads[i]!.largestSize };
    }),
  };
}

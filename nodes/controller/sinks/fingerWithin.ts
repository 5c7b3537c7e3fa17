import { LIMIT_MARGIN } from '../../../core/control/armBounds.ts';
import type { JointCommand } from '../../../core/control/ControllerOutput.ts';

/**
 * Commands with the finger joint a little within its limits (m or rad), which are the ends of its
 * stroke: ros2_control enforces them to the last bit. The stroke is shortened evenly, so that the motion
 * stays as smooth as it was.
 */
export function fingerWithin({ lower, upper }: { readonly lower: number; readonly upper: number }) {
  const middle = (lower + upper) / 2;
  const share = Number.isFinite(middle) ? 1 - (2 * LIMIT_MARGIN) / (upper - lower) : 1;
  return (command: JointCommand): JointCommand => ({
    ...command,
    gripperJointPosition:
      share === 1
        ? command.gripperJointPosition
        : middle + share * (command.gripperJointPosition - middle),
    gripperJointVelocity: share * command.gripperJointVelocity,
  });
}

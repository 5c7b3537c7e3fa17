import type { GripperBounds, JointBounds } from '../../../core/control/armBounds.ts';
import { BrakingLaw, MAX_BRAKING_STEPS } from '../../../core/control/BrakingLaw.ts';
import type { MotionState } from '../../../core/control/MotionState.ts';
import type { JointCommand } from '../../../core/control/ControllerOutput.ts';
import { MotionStream, type MotionStreamOptions } from './MotionStream.ts';
import { restPoints } from './restPoints.ts';

/** Acceleration of one joint. */
const STILL = Float64Array.of(0);

export type StreamOptions = Omit<MotionStreamOptions, 'brake' | 'limits'>;

/** The arm's commands as trajectories; it brakes as the controller would. */
export function armStream(bounds: JointBounds, options: StreamOptions): MotionStream {
  // commands leave room to brake within the positions' limits, or begin outside them
  const anywhere = bounds.lower.map(() => Infinity);
  const free = { ...bounds, lower: anywhere.map((x) => -x), upper: anywhere };
  const law = new BrakingLaw(free, options.periodSec);
  const brake = (from: MotionState): MotionState[] => {
    const states: MotionState[] = [];
    const state = copyOf(from);
    while (states.length < MAX_BRAKING_STEPS && law.advance(state)) states.push(copyOf(state));
    return states;
  };
  return new MotionStream({ ...options, brake, limits: bounds });
}

/** Commands to the gripper as trajectories. */
export function gripperStream(bounds: GripperBounds, options: StreamOptions): MotionStream {
  const { lower, upper, acceleration } = bounds;
  const limits = { lower: [lower], upper: [upper], acceleration: [acceleration] };
  const brake = (from: MotionState): MotionState[] =>
    restPoints(from, limits.acceleration, options.periodSec).map((point) => ({
      ...point,
      accelerations: STILL,
    }));
  return new MotionStream({ ...options, brake, limits });
}

/** The acceleration is constant within a period, and of no account at its ends. */
export function gripperMotion(command: JointCommand): MotionState {
  return {
    positions: Float64Array.of(command.gripperJointPosition),
    velocities: Float64Array.of(command.gripperJointVelocity),
    accelerations: STILL,
  };
}

function copyOf({ positions, velocities, accelerations }: MotionState): MotionState {
  return {
    positions: positions.slice(),
    velocities: velocities.slice(),
    accelerations: accelerations.slice(),
  };
}

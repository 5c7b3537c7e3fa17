import type { Embodiment } from '../../embodiment/Embodiment.ts';
import { movableJoint } from '../../kinematics/UrdfModel.ts';
import type { UrdfModel } from '../../kinematics/UrdfModel.ts';
import type { Random } from '../../math/random.ts';
import { armBounds, gripperBounds } from '../armBounds.ts';

/** Readings may be this far outside the limits, rad. */
const OUTSIDE_RAD = 0.095;
const OUTSIDE_STROKE = 0.1;

/** Arm joints, then the finger joint. */
export type ArmRange = {
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  readonly speeds: readonly number[];
};

export function armRange(embodiment: Embodiment, urdf: UrdfModel): ArmRange {
  const arm = armBounds(embodiment, urdf);
  const finger = gripperBounds(embodiment, urdf);
  return {
    lower: [...arm.lower, finger.lower],
    upper: [...arm.upper, finger.upper],
    speeds: [...arm.velocity, movableJoint(urdf, embodiment.gripper.joint).limit.velocity],
  };
}

/** Anywhere: about home, far from it, a joint next to or a little beyond an end of its range. */
export function randomPose(random: Random, embodiment: Embodiment, range: ArmRange): Float64Array {
  const { lower, upper } = range;
  const finger = lower.length - 1;
  const spread = random.pick([0, 0.1, 0.4, 1]);
  const pose = Float64Array.from(lower, (low, i) => {
    const high = upper[i]!;
    if (i === finger) {
      const beyond = random.pick([0, OUTSIDE_STROKE]) * (high - low);
      return random.uniform(low - beyond, high + beyond);
    }
    const q = embodiment.homeJoints[i]! + spread * random.normal();
    return Math.min(high, Math.max(low, q));
  });
  if (random.uniform() < 0.3) {
    const i = random.int(finger);
    const beyond = random.uniform(-OUTSIDE_RAD, OUTSIDE_RAD);
    pose[i] = random.pick([lower[i]! - beyond, upper[i]! + beyond]);
  }
  return pose;
}

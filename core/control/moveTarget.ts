import type { MotionLimits, WorkspaceBox } from '../embodiment/Embodiment.ts';
import { quatFromRotVec, quatMultiply, quatNormalize } from '../math/quat.ts';
import type { Pose, Vec3 } from '../math/types.ts';
import { vec3Add, vec3ClampNorm, vec3Distance, vec3Sub } from '../math/vec3.ts';

export type MovedTarget = {
  readonly baseFromEe: Pose;
  readonly stepLimited: boolean;
  readonly workspaceLimited: boolean;
};

/**
 * The pose that a canonical action makes of `from`: p ← p + Δp, R ← exp(Δr) · R, in base axes and
 * about the end effector; first the workspace box bounds it, then the step size.
 *
 * A pose outside the box (a measured one may be) moves towards it by no more than a step.
 */
export function moveTarget(
  from: Pose,
  values: ArrayLike<number>,
  limits: Pick<MotionLimits, 'workspace' | 'maxStepM' | 'maxStepRad'>,
): MovedTarget {
  const at = (i: number): number => values[i]!;
  const translation: Vec3 = [at(0), at(1), at(2)];
  const rotation: Vec3 = [at(3), at(4), at(5)];
  const wanted = vec3Add(from.position, translation);
  const inside = clampToBox(wanted, limits.workspace);
  const step = vec3Sub(inside, from.position);
  const limitedStep = vec3ClampNorm(step, limits.maxStepM);
  const limitedTurn = vec3ClampNorm(rotation, limits.maxStepRad);
  return {
    baseFromEe: {
      position: vec3Add(from.position, limitedStep),
      orientation: quatNormalize(quatMultiply(quatFromRotVec(limitedTurn), from.orientation)),
    },
    stepLimited: limitedStep !== step || limitedTurn !== rotation,
    workspaceLimited: inside !== wanted,
  };
}

/** Metres from a point to the box; 0 inside. */
export function distanceOutside(point: Vec3, box: WorkspaceBox): number {
  return vec3Distance(point, clampToBox(point, box));
}

/** The nearest point of the box; the very same vector where that is inside already. */
function clampToBox(point: Vec3, { min, max }: WorkspaceBox): Vec3 {
  const inside = point.every((x, i) => x >= min[i]! && x <= max[i]!);
  if (inside) return point;
  const clamp = (i: 0 | 1 | 2): number => Math.min(max[i], Math.max(min[i], point[i]));
  return [clamp(0), clamp(1), clamp(2)];
}

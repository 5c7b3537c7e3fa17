import { inverseTransformPoint } from '../../core/math/pose.ts';
import type { PlacedBody } from '../world/SceneRenderer.ts';

/** Slack of the height test: contacts are soft, and round things settle on their curves. */
const HEIGHT_BELOW_M = 0.012;
const HEIGHT_ABOVE_M = 0.015;

/**
 * The geometric half of SimplerEnv's rule: the source's centre lies within the target's outline,
 * at the height of something that rests on it. Who touches whom is the other half.
 */
export function isResting(source: PlacedBody, target: PlacedBody): boolean {
  const [hx, hy] = target.model.look.halfExtents;
  const [x, y, z] = inverseTransformPoint(target.baseFromBody, source.baseFromBody.position);
  if (Math.abs(x) > hx || Math.abs(y) > hy) return false;
  const above = z - target.model.restTopM - source.model.restTopM;
  return above > -HEIGHT_BELOW_M && above < HEIGHT_ABOVE_M;
}

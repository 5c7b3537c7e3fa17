import { FaultError } from '../../core/config/Fault.ts';
import type { Config } from '../../core/config/ParameterTable.ts';
import type { FollowingLimits } from '../../core/control/FollowingMonitor.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { controllerParameters } from './parameters.ts';

/**
 * How well the arm has to follow, or undefined if that is not checked: `following.time` is 0, or the arm
 * is a recorded one, which follows nothing.
 * @throws FaultError where the tolerances do not go with the joints
 */
export function followingLimits(
  config: Config<typeof controllerParameters>,
  { armJoints }: Embodiment,
  source: string,
): FollowingLimits | undefined {
  const { followingTolerance: toleranceRad, followingDelay, followingTime } = config;
  if (toleranceRad.length !== 1 && toleranceRad.length !== armJoints.length) {
    const expected = `1 number, or one for each of ${armJoints.join(', ')}`;
    const found = `${toleranceRad.length} numbers`;
    const field = 'following.tolerance';
    throw new FaultError(source, [{ source: `parameters of ${source}`, field, expected, found }]);
  }
  if (followingTime === 0 || config.arm === 'recorded') return undefined;
  return { toleranceRad, delaySec: followingDelay, timeSec: followingTime };
}

import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { drawerJoint, DRAWERS } from './cabinet.ts';
import { homePositions } from './homePositions.ts';
import type { Scene } from './Scene.ts';

/** Where the joints of arm and cabinet are when an episode begins, rad or m. */
export function initialPositions(
  embodiment: Embodiment,
  urdf: UrdfModel,
  { cabinet }: Scene,
): ReadonlyMap<string, number> {
  const positions = new Map(homePositions(embodiment, urdf));
  for (const name of DRAWERS) {
    const openM = cabinet?.openM[name];
    if (openM !== undefined) positions.set(drawerJoint(name), openM);
  }
  return positions;
}

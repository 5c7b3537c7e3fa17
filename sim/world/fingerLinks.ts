import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';

/** The links that move with each finger joint: the finger, and what is fixed to it. */
export function fingerLinks(
  { fingerJoints }: Embodiment,
  urdf: UrdfModel,
): readonly (readonly string[])[] {
  return fingerJoints.map((name) => {
    const links = [urdf.joints.get(name)?.child ?? name];
    for (const link of links) {
      for (const joint of urdf.joints.values()) {
        if (joint.parent === link && joint.type === 'fixed') links.push(joint.child);
      }
    }
    return links;
  });
}

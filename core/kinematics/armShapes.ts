import { composePose, POSE_IDENTITY } from '../math/pose.ts';
import { quatFromAxisAngle } from '../math/quat.ts';
import type { Pose } from '../math/types.ts';
import { vec3Scale } from '../math/vec3.ts';
import type { Chain } from './Chain.ts';
import type { UrdfGeometry, UrdfJoint, UrdfModel, UrdfMovableJoint } from './UrdfModel.ts';

/** A collision shape of the URDF, and what it is fixed to. */
export type ArmShape = {
  /** 0: the base; k: what moves with joint k − 1 of the chain. */
  readonly body: number;
  readonly bodyFromShape: Pose;
  readonly geometry: UrdfGeometry;
  readonly link: string;
};

/**
 * The collision shapes of all links from `baseLink` on, by the joint of the chain that they move with.
 *
 * @param positions where other movable joints are, by name (zero where not told). With more than one
 *   position the shapes are there at each of them: fingers, open and closed
 */
export function armShapes(
  urdf: UrdfModel,
  chain: Chain,
  baseLink: string,
  positions: Readonly<Record<string, readonly number[]>> = {},
): ArmShape[] {
  const joints = [...urdf.joints.values()];
  const shapes: ArmShape[] = [];
  const visit = (link: string, body: number, bodyFromLink: Pose): void => {
    for (const { linkFromShape, geometry } of urdf.links.get(link)?.collisions ?? []) {
      const bodyFromShape = composePose(bodyFromLink, linkFromShape);
      shapes.push({ body, bodyFromShape, geometry, link });
    }
    for (const joint of joints.filter(({ parent }) => parent === link)) {
      const index = chain.jointNames.indexOf(joint.name);
      if (index >= 0) visit(joint.child, index + 1, POSE_IDENTITY);
      else {
        for (const parentFromChild of placesOf(joint, positions[joint.name] ?? [0])) {
          visit(joint.child, body, composePose(bodyFromLink, parentFromChild));
        }
      }
    }
  };
  visit(baseLink, 0, POSE_IDENTITY);
  return shapes;
}

function placesOf(joint: UrdfJoint, positions: readonly number[]): Pose[] {
  if (joint.type === 'fixed') return [joint.parentFromJoint];
  return positions.map((position) => composePose(joint.parentFromJoint, motionOf(joint, position)));
}

function motionOf({ type, axis }: UrdfMovableJoint, position: number): Pose {
  if (type === 'prismatic') {
    return { position: vec3Scale(axis, position), orientation: POSE_IDENTITY.orientation };
  }
  return { position: [0, 0, 0], orientation: quatFromAxisAngle(axis, position) };
}

import type { UrdfJoint, UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { composePose, POSE_IDENTITY } from '../../core/math/pose.ts';
import { quatFromAxisAngle } from '../../core/math/quat.ts';
import type { Pose } from '../../core/math/types.ts';
import { vec3Scale } from '../../core/math/vec3.ts';

/** Poses of all links of a tree for given joint positions, by name; mimicking joints follow. */
export class LinkPoses {
  readonly #urdf: UrdfModel;
  readonly #joints: readonly UrdfJoint[];

  constructor(urdf: UrdfModel) {
    this.#urdf = urdf;
    this.#joints = parentsFirst(urdf);
  }

  /** baseFromLink by link name; a missing joint position is an error. */
  at(positions: ReadonlyMap<string, number>): ReadonlyMap<string, Pose> {
    const poses = new Map<string, Pose>([[this.#urdf.rootLink, POSE_IDENTITY]]);
    for (const joint of this.#joints) {
      const parent = poses.get(joint.parent) ?? POSE_IDENTITY;
      const child = composePose(parent, joint.parentFromJoint);
      poses.set(joint.child, composePose(child, motionOf(joint, positions)));
    }
    return poses;
  }
}

function motionOf(joint: UrdfJoint, positions: ReadonlyMap<string, number>): Pose {
  if (joint.type === 'fixed') return POSE_IDENTITY;
  const { mimic } = joint;
  const own = positions.get(mimic === undefined ? joint.name : mimic.joint);
  if (own === undefined) throw new Error(`no position given for joint '${joint.name}'`);
  const q = mimic === undefined ? own : mimic.multiplier * own + mimic.offset;
  return joint.type === 'revolute'
    ? { position: [0, 0, 0], orientation: quatFromAxisAngle(joint.axis, q) }
    : { position: vec3Scale(joint.axis, q), orientation: POSE_IDENTITY.orientation };
}

/** The joints in an order in which every parent comes before its children. */
function parentsFirst(urdf: UrdfModel): UrdfJoint[] {
  const ordered: UrdfJoint[] = [];
  const visit = (link: string): void => {
    for (const joint of urdf.joints.values()) {
      if (joint.parent !== link) continue;
      ordered.push(joint);
      visit(joint.child);
    }
  };
  visit(urdf.rootLink);
  return ordered;
}

import type { UrdfJoint, UrdfLink } from './UrdfModel.ts';

/** Checks that links and joints form one tree and that mimic joints exist; returns its root. */
export function findRootLink(
  robot: string,
  links: ReadonlyMap<string, UrdfLink>,
  joints: ReadonlyMap<string, UrdfJoint>,
): string {
  const jointOfChild = new Map<string, UrdfJoint>();
  for (const joint of joints.values()) {
    for (const link of [joint.parent, joint.child]) {
      if (!links.has(link)) throw new Error(`URDF joint "${joint.name}": no link "${link}"`);
    }
    const other = jointOfChild.get(joint.child);
    if (other !== undefined) {
      throw new Error(
        `URDF link "${joint.child}": expected one parent joint, found "${other.name}" and "${joint.name}"`,
      );
    }
    jointOfChild.set(joint.child, joint);
    if (joint.type !== 'fixed' && joint.mimic !== undefined) {
      const leader = joints.get(joint.mimic.joint);
      if (leader === undefined || leader.type === 'fixed' || leader.mimic !== undefined) {
        throw new Error(
          `URDF joint "${joint.name}": <mimic joint="${joint.mimic.joint}"> is no leading joint`,
        );
      }
    }
  }
  const roots = [...links.keys()].filter((link) => !jointOfChild.has(link));
  if (roots.length !== 1) {
    throw new Error(
      `URDF robot "${robot}": expected one root link, found ${roots.join(', ') || 'a loop'}`,
    );
  }
  for (const link of links.keys()) assertReachesRoot(link, jointOfChild, links.size);
  return roots[0] as string;
}

function assertReachesRoot(
  link: string,
  jointOfChild: ReadonlyMap<string, UrdfJoint>,
  linkCount: number,
): void {
  let steps = 0;
  for (let joint = jointOfChild.get(link); joint; joint = jointOfChild.get(joint.parent)) {
    if (++steps > linkCount) throw new Error(`URDF link "${link}": its joints form a loop`);
  }
}

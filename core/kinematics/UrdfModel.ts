import type { Pose, Vec3 } from '../math/types.ts';

/** Primitive shapes, centred on their origin; a cylinder's axis is z. Metres. */
export type UrdfGeometry =
  | { readonly shape: 'box'; readonly size: Vec3 }
  | { readonly shape: 'cylinder'; readonly radius: number; readonly length: number }
  | { readonly shape: 'sphere'; readonly radius: number };

/** Red, green, blue, alpha, each 0…1. */
export type Rgba = readonly [r: number, g: number, b: number, a: number];

export type UrdfVisual = {
  readonly linkFromShape: Pose;
  readonly geometry: UrdfGeometry;
  readonly color: Rgba;
};

export type UrdfCollision = { readonly linkFromShape: Pose; readonly geometry: UrdfGeometry };

export type UrdfInertial = {
  readonly linkFromCom: Pose;
  readonly massKg: number;
  /** About the centre of mass, kg m²: xx, yy, zz, xy, xz, yz. */
  readonly inertia: readonly [
    ixx: number,
    iyy: number,
    izz: number,
    ixy: number,
    ixz: number,
    iyz: number,
  ];
};

export type UrdfLink = {
  readonly name: string;
  readonly inertial: UrdfInertial | undefined;
  readonly visuals: readonly UrdfVisual[];
  readonly collisions: readonly UrdfCollision[];
};

/** Units rad, rad/s, N m for revolute joints; m, m/s, N for prismatic ones. */
export type UrdfLimit = {
  readonly lower: number;
  readonly upper: number;
  readonly velocity: number;
  readonly effort: number;
};

type UrdfJointBase = {
  readonly name: string;
  readonly parent: string;
  readonly child: string;
  /** Pose of the child link in the parent link at joint position zero. */
  readonly parentFromJoint: Pose;
};

export type UrdfFixedJoint = UrdfJointBase & { readonly type: 'fixed' };

export type UrdfMovableJoint = UrdfJointBase & {
  readonly type: 'revolute' | 'prismatic';
  /** Unit vector in the joint's frame. */
  readonly axis: Vec3;
  readonly limit: UrdfLimit;
  /** N m s/rad or N s/m. */
  readonly damping: number;
  /** N m or N. */
  readonly friction: number;
  /** Where set: position = multiplier · position of `joint` + offset. */
  readonly mimic:
    { readonly joint: string; readonly multiplier: number; readonly offset: number } | undefined;
};

export type UrdfJoint = UrdfFixedJoint | UrdfMovableJoint;

/** A robot description: a tree of links and joints, in document order. */
export type UrdfModel = {
  readonly name: string;
  readonly rootLink: string;
  readonly links: ReadonlyMap<string, UrdfLink>;
  readonly joints: ReadonlyMap<string, UrdfJoint>;
};

/** The movable joint of that name; throws where the model has none. */
export function movableJoint(model: UrdfModel, name: string): UrdfMovableJoint {
  const joint = model.joints.get(name);
  if (joint === undefined || joint.type === 'fixed') {
    const known = [...model.joints.values()].filter((j) => j.type !== 'fixed').map((j) => j.name);
    throw new Error(
      `URDF ${model.name}: expected a movable joint "${name}", found ${known.join(', ')}`,
    );
  }
  return joint;
}

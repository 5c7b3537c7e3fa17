import type {
  Rgba,
  UrdfJoint,
  UrdfLink,
  UrdfModel,
  UrdfVisual,
} from '../../core/kinematics/UrdfModel.ts';
import { composePose } from '../../core/math/pose.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';

/** From top to bottom. */
export const DRAWERS = ['top', 'middle', 'bottom'] as const;
export type DrawerName = (typeof DRAWERS)[number];

/** Heights of the drawers' middles above the floor, metres. */
const DRAWER_Z: Readonly<Record<DrawerName, number>> = { top: 0.668, middle: 0.423, bottom: 0.178 };
/** How far a drawer can be pulled out. */
const STROKE_M = 0.4;
/** Height of the lid above the floor, on which things can stand. */
export const CABINET_TOP_M = 0.865;

const WOOD: Rgba = [0.72, 0.58, 0.42, 1];
const FRONT: Rgba = [0.82, 0.68, 0.5, 1];
const LID: Rgba = [0.78, 0.77, 0.74, 1];
const INSIDE: Rgba = [0.88, 0.87, 0.84, 1];
const METAL: Rgba = [0.24, 0.25, 0.27, 1];

export function drawerJoint(drawer: DrawerName): string {
  return `${drawer}_drawer_joint`;
}

/** The link of a drawer's box. */
export function drawerLink(drawer: DrawerName): string {
  return `${drawer}_drawer`;
}

/** The link in the middle of a drawer's bar, which lies along its y. */
export function handleLink(drawer: DrawerName): string {
  return `${drawer}_handle`;
}

/** Half extents of a handle's bar and of a drawer's front, and where the front is, in its drawer. */
export const HANDLE_BAR: Vec3 = [0.005, 0.07, 0.006];
export const DRAWER_FRONT: { readonly middle: Vec3; readonly half: Vec3 } = {
  middle: [0.305, 0, 0],
  half: [0.0075, 0.295, 0.1],
};
/** From a drawer's origin to the middle of its bar. */
export const DRAWER_FROM_HANDLE: Vec3 = [0.37, 0, 0.02];
/** Inside of a drawer, in its frame: half extents of its floor, and that floor's height. */
export const DRAWER_INSIDE = { halfX: 0.27, halfY: 0.24, floorZ: -0.058 } as const;

/**
 * A kitchen cabinet with three drawers that slide along +x, 0 closed. Its origin lies on the floor
 * in the middle; its front is at x = 0.3125 m.
 */
export const cabinet: UrdfModel = {
  name: 'cabinet',
  rootLink: 'cabinet_body',
  links: new Map(
    [bodyLink(), ...DRAWERS.flatMap((name) => [boxLink(name), barLink(name)])].map((link) => [
      link.name,
      link,
    ]),
  ),
  joints: new Map(DRAWERS.flatMap(jointsOf).map((joint) => [joint.name, joint])),
};

/** Where a drawer is that is pulled out so far. */
export function drawerPose(baseFromCabinet: Pose, drawer: DrawerName, openM: number): Pose {
  return composePose(baseFromCabinet, at([openM, 0, DRAWER_Z[drawer]]));
}

function bodyLink(): UrdfLink {
  return link('cabinet_body', 40, [
    box([-0.305, 0, 0.4225], [0.01, 0.3075, 0.4225], WOOD),
    box([-0.0075, -0.2975, 0.4225], [0.2875, 0.01, 0.4225], WOOD),
    box([-0.0075, 0.2975, 0.4225], [0.2875, 0.01, 0.4225], WOOD),
    box([0, 0, 0.855], [0.315, 0.3075, 0.01], LID),
  ]);
}

function boxLink(name: DrawerName): UrdfLink {
  return link(drawerLink(name), 3, [
    box(DRAWER_FRONT.middle, DRAWER_FRONT.half, FRONT),
    box([-0.28, 0, -0.02], [0.0075, 0.25, 0.05], INSIDE),
    box([0.005, 0, -0.064], [0.2925, 0.255, 0.006], INSIDE),
    box([0.005, -0.2525, -0.02], [0.2925, 0.0075, 0.05], INSIDE),
    box([0.005, 0.2525, -0.02], [0.2925, 0.0075, 0.05], INSIDE),
  ]);
}

function barLink(name: DrawerName): UrdfLink {
  const [x, y] = HANDLE_BAR;
  const reach = (DRAWER_FROM_HANDLE[0] - DRAWER_FRONT.middle[0]) / 2;
  const post = (side: number): UrdfVisual =>
    box([-reach, side * (y - x), 0], [reach, x, 0.005], METAL);
  return link(handleLink(name), 0.1, [box([0, 0, 0], HANDLE_BAR, METAL), post(1), post(-1)]);
}

function jointsOf(name: DrawerName): UrdfJoint[] {
  return [
    {
      name: drawerJoint(name),
      type: 'prismatic',
      parent: 'cabinet_body',
      child: drawerLink(name),
      parentFromJoint: at([0, 0, DRAWER_Z[name]]),
      axis: [1, 0, 0],
      limit: { lower: 0, upper: STROKE_M, velocity: 2, effort: 100 },
      damping: 8,
      friction: 1,
      mimic: undefined,
    },
    {
      name: `${name}_handle_mount`,
      type: 'fixed',
      parent: drawerLink(name),
      child: handleLink(name),
      parentFromJoint: at(DRAWER_FROM_HANDLE),
    },
  ];
}

/** Inertia matters little where things only slide: that of a ball of 10 cm will do. */
function link(name: string, massKg: number, visuals: readonly UrdfVisual[]): UrdfLink {
  const i = 0.004 * massKg;
  return {
    name,
    inertial: { linkFromCom: at([0, 0, 0]), massKg, inertia: [i, i, i, 0, 0, 0] },
    visuals,
    collisions: visuals.map(({ linkFromShape, geometry }) => ({ linkFromShape, geometry })),
  };
}

function box(middle: Vec3, half: Vec3, color: Rgba): UrdfVisual {
  const size: Vec3 = [2 * half[0], 2 * half[1], 2 * half[2]];
  return { linkFromShape: at(middle), geometry: { shape: 'box', size }, color };
}

function at(position: Vec3): Pose {
  return { position, orientation: [0, 0, 0, 1] };
}

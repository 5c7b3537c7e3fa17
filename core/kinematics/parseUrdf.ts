import { quatFromRollPitchYaw } from '../math/quat.ts';
import { POSE_IDENTITY } from '../math/pose.ts';
import type { Pose, Vec3 } from '../math/types.ts';
import { vec3Norm, vec3Normalize } from '../math/vec3.ts';
import type {
  Rgba,
  UrdfGeometry,
  UrdfInertial,
  UrdfJoint,
  UrdfLimit,
  UrdfLink,
  UrdfModel,
} from './UrdfModel.ts';
import {
  allowOnly,
  number,
  numbers,
  onlyChild,
  optionalChild,
  positive,
  required,
  unsupported,
} from './urdfFields.ts';
import { findRootLink } from './urdfTree.ts';
import { XmlElement } from './XmlElement.ts';

const DEFAULT_COLOR: Rgba = [0.5, 0.5, 0.5, 1];

/** Extensions beside the kinematic tree; other programs read them. */
const IGNORED_IN_ROBOT = new Set(['gazebo', 'transmission', 'ros2_control']);

type Materials = ReadonlyMap<string, Rgba>;

/**
 * Reads the subset of URDF that this package uses: boxes, cylinders and spheres, fixed, revolute
 * and prismatic joints with limits, mimic, dynamics, inertials and coloured materials.
 *
 * Throws for everything else, naming the element and its owner, so that nothing is left out
 * silently.
 */
export function parseUrdf(xmlText: string): UrdfModel {
  const robot = XmlElement.parse(xmlText);
  if (robot.tag !== 'robot') throw new Error(`URDF: expected <robot>, found <${robot.tag}>`);
  const name = required(robot, 'name', 'robot');
  const materials = parseMaterials(robot);
  const links = new Map<string, UrdfLink>();
  const joints = new Map<string, UrdfJoint>();
  for (const child of robot.children) {
    if (child.tag === 'material' || IGNORED_IN_ROBOT.has(child.tag)) continue;
    if (child.tag === 'link') addUnique(links, parseLink(child, materials), 'link');
    else if (child.tag === 'joint') addUnique(joints, parseJoint(child), 'joint');
    else throw unsupported(child, `robot "${name}"`);
  }
  return { name, rootLink: findRootLink(name, links, joints), links, joints };
}

function parseMaterials(robot: XmlElement): Materials {
  const materials = new Map<string, Rgba>();
  for (const element of robot.childrenOf('material')) {
    const name = required(element, 'name', 'material');
    const color = parseColor(element, `material "${name}"`);
    if (color !== undefined) materials.set(name, color);
  }
  return materials;
}

function parseLink(element: XmlElement, materials: Materials): UrdfLink {
  const name = required(element, 'name', 'link');
  const owner = `link "${name}"`;
  allowOnly(element, ['inertial', 'visual', 'collision'], owner);
  const inertial = optionalChild(element, 'inertial', owner);
  return {
    name,
    inertial: inertial && parseInertial(inertial, owner),
    visuals: element.childrenOf('visual').map((visual) => {
      allowOnly(visual, ['origin', 'geometry', 'material'], owner);
      return { ...parseShape(visual, owner), color: visualColor(visual, materials, owner) };
    }),
    collisions: element.childrenOf('collision').map((collision) => {
      allowOnly(collision, ['origin', 'geometry'], owner);
      return parseShape(collision, owner);
    }),
  };
}

function parseShape(
  element: XmlElement,
  owner: string,
): { linkFromShape: Pose; geometry: UrdfGeometry } {
  const [geometry, ...more] = onlyChild(element, 'geometry', owner).children;
  if (geometry === undefined || more.length > 0) {
    throw new Error(`URDF ${owner}: <geometry> expected one shape, found ${more.length + 1}`);
  }
  return { linkFromShape: parseOrigin(element, owner), geometry: parseGeometry(geometry, owner) };
}

function parseGeometry(element: XmlElement, owner: string): UrdfGeometry {
  switch (element.tag) {
    case 'box': {
      const size = numbers(element, 'size', 3, owner) as unknown as Vec3;
      for (const side of size) positive(side, element, 'size', owner);
      return { shape: 'box', size };
    }
    case 'cylinder':
      return {
        shape: 'cylinder',
        radius: positive(number(element, 'radius', owner), element, 'radius', owner),
        length: positive(number(element, 'length', owner), element, 'length', owner),
      };
    case 'sphere':
      return {
        shape: 'sphere',
        radius: positive(number(element, 'radius', owner), element, 'radius', owner),
      };
    default:
      throw unsupported(element, owner);
  }
}

function visualColor(visual: XmlElement, materials: Materials, owner: string): Rgba {
  const material = optionalChild(visual, 'material', owner);
  if (material === undefined) return DEFAULT_COLOR;
  const own = parseColor(material, owner);
  if (own !== undefined) return own;
  const name = material.attribute('name') ?? '';
  const color = materials.get(name);
  if (color === undefined) throw new Error(`URDF ${owner}: <material name="${name}"> is unknown`);
  return color;
}

function parseColor(material: XmlElement, owner: string): Rgba | undefined {
  allowOnly(material, ['color'], owner);
  const color = optionalChild(material, 'color', owner);
  return color && (numbers(color, 'rgba', 4, owner) as unknown as Rgba);
}

function parseInertial(element: XmlElement, owner: string): UrdfInertial {
  allowOnly(element, ['origin', 'mass', 'inertia'], owner);
  const mass = onlyChild(element, 'mass', owner);
  const inertia = onlyChild(element, 'inertia', owner);
  const about = (name: string): number => number(inertia, name, owner);
  return {
    linkFromCom: parseOrigin(element, owner),
    massKg: positive(number(mass, 'value', owner), mass, 'value', owner),
    inertia: [
      positive(about('ixx'), inertia, 'ixx', owner),
      positive(about('iyy'), inertia, 'iyy', owner),
      positive(about('izz'), inertia, 'izz', owner),
      about('ixy'),
      about('ixz'),
      about('iyz'),
    ],
  };
}

function parseJoint(element: XmlElement): UrdfJoint {
  const name = required(element, 'name', 'joint');
  const owner = `joint "${name}"`;
  const type = required(element, 'type', owner);
  const base = {
    name,
    parent: required(onlyChild(element, 'parent', owner), 'link', owner),
    child: required(onlyChild(element, 'child', owner), 'link', owner),
    parentFromJoint: parseOrigin(element, owner),
  };
  const frame = ['parent', 'child', 'origin'];
  if (type === 'fixed') {
    allowOnly(element, frame, owner);
    return { ...base, type };
  }
  if (type !== 'revolute' && type !== 'prismatic') {
    throw new Error(
      `URDF ${owner}: type expected fixed, revolute or prismatic, found "${type}" (not supported)`,
    );
  }
  allowOnly(element, [...frame, 'axis', 'limit', 'dynamics', 'mimic'], owner);
  const dynamics = optionalChild(element, 'dynamics', owner);
  const mimic = optionalChild(element, 'mimic', owner);
  return {
    ...base,
    type,
    axis: parseAxis(element, owner),
    limit: parseLimit(onlyChild(element, 'limit', owner), owner),
    damping: dynamics ? number(dynamics, 'damping', owner, 0) : 0,
    friction: dynamics ? number(dynamics, 'friction', owner, 0) : 0,
    mimic: mimic && {
      joint: required(mimic, 'joint', owner),
      multiplier: number(mimic, 'multiplier', owner, 1),
      offset: number(mimic, 'offset', owner, 0),
    },
  };
}

function parseAxis(joint: XmlElement, owner: string): Vec3 {
  const element = optionalChild(joint, 'axis', owner);
  if (element === undefined) return [1, 0, 0];
  const axis = numbers(element, 'xyz', 3, owner) as unknown as Vec3;
  if (vec3Norm(axis) === 0) throw new Error(`URDF ${owner}: <axis xyz> expected a direction`);
  return vec3Normalize(axis);
}

function parseLimit(element: XmlElement, owner: string): UrdfLimit {
  const limit = {
    lower: number(element, 'lower', owner, 0),
    upper: number(element, 'upper', owner, 0),
    velocity: positive(number(element, 'velocity', owner), element, 'velocity', owner),
    effort: positive(number(element, 'effort', owner), element, 'effort', owner),
  };
  if (!(limit.lower < limit.upper)) {
    throw new Error(
      `URDF ${owner}: <limit> expected lower < upper, found ${limit.lower} and ${limit.upper}`,
    );
  }
  return limit;
}

function parseOrigin(element: XmlElement, owner: string): Pose {
  const origin = optionalChild(element, 'origin', owner);
  if (origin === undefined) return POSE_IDENTITY;
  const [roll, pitch, yaw] = numbers(origin, 'rpy', 3, owner, [0, 0, 0]) as unknown as Vec3;
  return {
    position: numbers(origin, 'xyz', 3, owner, [0, 0, 0]) as unknown as Vec3,
    orientation: quatFromRollPitchYaw(roll, pitch, yaw),
  };
}

function addUnique<T extends { readonly name: string }>(
  map: Map<string, T>,
  item: T,
  kind: string,
): void {
  if (map.has(item.name)) throw new Error(`URDF: ${kind} "${item.name}" is there twice`);
  map.set(item.name, item);
}

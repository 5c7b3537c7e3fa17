import type { UrdfGeometry } from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import type { Primitive, Rgb } from '../render/Primitive.ts';
import type { CollisionPart } from '../world/BodyModel.ts';
import { xml, xmlValue, type XmlNode } from './xml.ts';

/** `<pose>` in the frame of the element that it stands in, or in another. */
export function sdfPose({ position, orientation }: Pose, relativeTo?: string): XmlNode {
  return xmlValue('pose', [...position, ...orientation], {
    rotation_format: 'quat_xyzw',
    ...(relativeTo === undefined ? {} : { relative_to: relativeTo }),
  });
}

export function sdfMaterial(color: Rgb): XmlNode {
  return xml(
    'material',
    {},
    xmlValue('ambient', [...color, 1]),
    xmlValue('diffuse', [...color, 1]),
    xmlValue('specular', [0.1, 0.1, 0.1, 1]),
  );
}

/** SDF's shapes are centred and along z, as URDF's. */
export function sdfGeometry(geometry: UrdfGeometry): XmlNode {
  switch (geometry.shape) {
    case 'box':
      return sdfBox(geometry.size);
    case 'cylinder':
      return round('cylinder', geometry.radius, geometry.length);
    case 'sphere':
      return xml('geometry', {}, xml('sphere', {}, xmlValue('radius', geometry.radius)));
  }
}

export function sdfBox(size: readonly number[]): XmlNode {
  return xml('geometry', {}, xml('box', {}, xmlValue('size', size)));
}

/** What the renderer draws; a cone becomes a cylinder of its mean radius. */
export function sdfShape({ shape, size }: Primitive): XmlNode {
  const [a, b, c] = size;
  switch (shape) {
    case 'box':
      return sdfBox([2 * a, 2 * b, 2 * c]);
    case 'quad':
      return sdfBox([2 * a, 2 * b, 0.001]);
    case 'sphere':
      return xml('geometry', {}, xml('sphere', {}, xmlValue('radius', a)));
    case 'ellipsoid':
      return xml('geometry', {}, xml('ellipsoid', {}, xmlValue('radii', size)));
    case 'cylinder':
      return round('cylinder', a, 2 * b);
    case 'capsule':
      return round('capsule', a, 2 * b);
    case 'cone':
      return round('cylinder', (a + b) / 2, 2 * c);
  }
}

/** Sizes as MuJoCo has them. */
export function sdfCollision({ type, size }: CollisionPart): XmlNode {
  const [a = 0, b = 0] = size;
  return type === 'box' ? sdfBox(size.map((half) => 2 * half)) : round('cylinder', a, 2 * b);
}

function round(tag: 'cylinder' | 'capsule', radius: number, length: number): XmlNode {
  return xml('geometry', {}, xml(tag, {}, xmlValue('radius', radius), xmlValue('length', length)));
}

/** About the centre of mass: xx, yy, zz, xy, xz, yz. */
export function sdfInertial(
  linkFromCom: Pose,
  massKg: number,
  [ixx, iyy, izz, ixy, ixz, iyz]: readonly [number, number, number, number, number, number],
): XmlNode {
  const tensor = { ixx, ixy, ixz, iyy, iyz, izz };
  return xml(
    'inertial',
    {},
    sdfPose(linkFromCom),
    xmlValue('mass', massKg),
    xml(
      'inertia',
      {},
      Object.entries(tensor).map(([name, value]) => xmlValue(name, value)),
    ),
  );
}

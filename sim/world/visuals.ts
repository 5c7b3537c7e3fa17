import type { UrdfGeometry, UrdfModel, UrdfVisual } from '../../core/kinematics/UrdfModel.ts';
import { composePose } from '../../core/math/pose.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import type { Primitive, Shape } from '../render/Primitive.ts';
import type { BodyModel } from './BodyModel.ts';

/** The shapes of a link in its own frame. */
export function linkPrimitives(urdf: UrdfModel, link: string): readonly Primitive[] {
  return (urdf.links.get(link)?.visuals ?? []).map(primitiveOf);
}

/** Shapes given in a frame, in base axes. */
export function placed(parts: readonly Primitive[], baseFromFrame: Pose): Primitive[] {
  return parts.map((part) => ({ ...part, pose: composePose(baseFromFrame, part.pose) }));
}

/** An object's shapes in base axes; `id` labels its pixels in `renderIds`. */
export function placedObject(model: BodyModel, baseFromObject: Pose, id: number): Primitive[] {
  return placed(model.look.parts, baseFromObject).map((part) => ({ ...part, id }));
}

function primitiveOf(visual: UrdfVisual): Primitive {
  const [r, g, b] = visual.color;
  return { ...shapeOf(visual.geometry), pose: visual.linkFromShape, color: [r, g, b] };
}

function shapeOf(geometry: UrdfGeometry): { shape: Shape; size: Vec3 } {
  switch (geometry.shape) {
    case 'box': {
      const [x, y, z] = geometry.size;
      return { shape: 'box', size: [x / 2, y / 2, z / 2] };
    }
    case 'cylinder':
      return { shape: 'cylinder', size: [geometry.radius, geometry.length / 2, 0] };
    case 'sphere':
      return { shape: 'sphere', size: [geometry.radius, 0, 0] };
  }
}

import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import type { CameraModel } from '../render/CameraModel.ts';
import type { Primitive } from '../render/Primitive.ts';
import { Renderer } from '../render/Renderer.ts';
import type { BodyModel } from './bodies.ts';
import { LinkPoses } from './LinkPoses.ts';
import { linkPrimitives, placed, placedObject, staticPrimitives } from './visuals.ts';

export type PlacedBody = { readonly model: BodyModel; readonly baseFromBody: Pose };

/**
 * Pictures of an arm and of what lies on its table. The picture follows from joint positions and
 * object poses alone, so data made without physics looks like the simulation.
 */
export class SceneRenderer {
  readonly camera: CameraModel;
  readonly #renderer: Renderer;
  readonly #linkPoses: LinkPoses;
  readonly #links: readonly { readonly name: string; readonly parts: readonly Primitive[] }[];

  constructor(urdf: UrdfModel, camera: CameraModel) {
    this.camera = camera;
    this.#renderer = new Renderer(camera);
    this.#renderer.setStatic(staticPrimitives(urdf));
    this.#linkPoses = new LinkPoses(urdf);
    this.#links = [...urdf.links.keys()]
      .filter((name) => name !== urdf.rootLink)
      .map((name) => ({ name, parts: linkPrimitives(urdf, name) }))
      .filter((link) => link.parts.length > 0);
  }

  /** Draws rgb8 pixels into `out`, `width × height × 3` bytes. */
  render(
    joints: ReadonlyMap<string, number>,
    bodies: readonly PlacedBody[],
    out: Uint8Array,
  ): void {
    this.#renderer.render(this.#primitives(joints, bodies), out);
  }

  /** Labels pixels: body i as i + 1, everything else 0; `out` has `width × height` bytes. */
  renderIds(
    joints: ReadonlyMap<string, number>,
    bodies: readonly PlacedBody[],
    out: Uint8Array,
  ): void {
    this.#renderer.renderIds(this.#primitives(joints, bodies), out);
  }

  #primitives(
    joints: ReadonlyMap<string, number>,
    bodies: readonly PlacedBody[],
  ): readonly Primitive[] {
    const poses = this.#linkPoses.at(joints);
    return [
      ...bodies.flatMap(({ model, baseFromBody }, i) => placedObject(model, baseFromBody, i + 1)),
      ...this.#links.flatMap(({ name, parts }) => placed(parts, poses.get(name)!)),
    ];
  }
}

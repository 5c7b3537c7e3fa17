import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { arePosesEqual, composePose, POSE_IDENTITY } from '../../core/math/pose.ts';
import type { Pose } from '../../core/math/types.ts';
import type { SimArm } from '../arms/SimArm.ts';
import type { CameraModel } from '../render/CameraModel.ts';
import type { Primitive } from '../render/Primitive.ts';
import { Renderer } from '../render/Renderer.ts';
import type { BodyModel } from './BodyModel.ts';
import { isSupportKind } from './bodies.ts';
import { cabinet } from './cabinet.ts';
import { LinkPoses } from './LinkPoses.ts';
import type { Scene } from './Scene.ts';
import { withTexture, withOffset, withTint } from './SceneLook.ts';
import type { SceneLook } from './SceneLook.ts';
import { linkPrimitives, placed, placedObject } from './visuals.ts';

/** What does not move by itself. */
const isSupport = ({ model }: PlacedBody): boolean => isSupportKind(model.kind);

const primitivesOf = ({ model, baseFromBody, id }: Thing): readonly Primitive[] =>
  placedObject(model, baseFromBody, id);

export type PlacedBody = { readonly model: BodyModel; readonly baseFromBody: Pose };

/** With the label of its pixels. */
type Thing = PlacedBody & { readonly id: number };

/** The links of a tree that have something to draw, apart from its root. */
class DrawnTree {
  readonly #linkPoses: LinkPoses;
  readonly #links: readonly { readonly name: string; readonly parts: readonly Primitive[] }[];
  readonly rootParts: readonly Primitive[];

  constructor(urdf: UrdfModel) {
    this.#linkPoses = new LinkPoses(urdf);
    this.rootParts = linkPrimitives(urdf, urdf.rootLink);
    this.#links = [...urdf.links.keys()]
      .filter((name) => name !== urdf.rootLink)
      .map((name) => ({ name, parts: linkPrimitives(urdf, name) }))
      .filter((link) => link.parts.length > 0);
  }

  at(joints: ReadonlyMap<string, number>, baseFromRoot: Pose = POSE_IDENTITY): Primitive[] {
    const poses = this.#linkPoses.at(joints);
    return this.#links.flatMap(({ name, parts }) => {
      const pose = poses.get(name)!;
      return placed(parts, baseFromRoot === POSE_IDENTITY ? pose : composePose(baseFromRoot, pose));
    });
  }
}

/**
 * Pictures of an arm and of what stands around it. The picture follows from joint positions and
 * object poses alone, so data made without physics looks like the simulation.
 */
export class SceneRenderer {
  readonly #arm: SimArm;
  readonly #usual: Renderer;
  readonly #robot: DrawnTree;
  readonly #cabinet = new DrawnTree(cabinet);
  #renderer: Renderer;
  #look: SceneLook | undefined;
  #baseFromCabinet: Pose | undefined;
  #background = '';
  #still: readonly Thing[] = [];

  constructor(urdf: UrdfModel, arm: SimArm) {
    this.#arm = arm;
    this.#usual = new Renderer(arm.camera);
    this.#renderer = this.#usual;
    this.#robot = new DrawnTree(urdf);
  }

  /** Where the camera is in the present scene. */
  get camera(): CameraModel {
    return this.#renderer.camera;
  }

  /** Draws what never moves in a scene; call it before the first picture of one. */
  setScene(scene: Scene): void {
    const surroundings = this.#arm.surroundingsOf(scene);
    const { look } = scene;
    if (look !== this.#look) this.#renderer = this.#rendererFor(look);
    this.#look = look;
    this.#baseFromCabinet = scene.cabinet?.baseFromCabinet;
    const key = JSON.stringify([surroundings.name, this.#baseFromCabinet, look?.name]);
    if (key === this.#background) return;
    this.#background = key;
    this.#still = [];
    this.#renderer.setStatic([
      ...withTexture(surroundings, look),
      ...this.#robot.rootParts,
      ...(this.#baseFromCabinet === undefined
        ? []
        : placed(withTint(this.#cabinet.rootParts, look?.furnitureTint), this.#baseFromCabinet)),
    ]);
  }

  /** Draws rgb8 pixels into `out`, `width × height × 3` bytes. */
  render(
    joints: ReadonlyMap<string, number>,
    bodies: readonly PlacedBody[],
    out: Uint8Array,
  ): void {
    const things = bodies.map((body, i) => ({ ...body, id: i + 1 }));
    this.#setStill(things.filter(isSupport));
    const primitives = this.#primitives(
      joints,
      things.filter((thing) => !isSupport(thing)),
    );
    this.#renderer.render(primitives, out);
  }

  /** Labels pixels: body i as i + 1, everything else 0; `out` has `width × height` bytes. */
  renderIds(
    joints: ReadonlyMap<string, number>,
    bodies: readonly PlacedBody[],
    out: Uint8Array,
  ): void {
    const things = bodies.map((body, i) => ({ ...body, id: i + 1 }));
    this.#renderer.renderIds(this.#primitives(joints, things), out);
  }

  /** A look with a camera or a light of its own has a renderer for as long as it is in use. */
  #rendererFor(look: SceneLook | undefined): Renderer {
    this.#background = '';
    if (look?.camera === undefined && look?.light === undefined) return this.#usual;
    return new Renderer(withOffset(this.#arm.camera, look.camera), look.light);
  }

  /** Supports are drawn again only where others stand, or they stand elsewhere. */
  #setStill(supports: readonly Thing[]): void {
    const isAsBefore =
      supports.length === this.#still.length &&
      supports.every(({ model, baseFromBody }, i) => {
        const before = this.#still[i]!;
        return model === before.model && arePosesEqual(baseFromBody, before.baseFromBody);
      });
    if (isAsBefore) return;
    this.#still = supports;
    this.#renderer.setStill(supports.flatMap(primitivesOf));
  }

  #primitives(joints: ReadonlyMap<string, number>, things: readonly Thing[]): readonly Primitive[] {
    return [
      ...things.flatMap(primitivesOf),
      ...(this.#baseFromCabinet === undefined
        ? []
        : withTint(this.#cabinet.at(joints, this.#baseFromCabinet), this.#look?.furnitureTint)),
      ...this.#robot.at(joints),
    ];
  }
}

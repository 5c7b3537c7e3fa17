import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import type { JointSample } from '../../core/observation/Observation.ts';
import type { CameraModel } from '../render/CameraModel.ts';
import { widowxFrontCamera } from '../render/CameraModel.ts';
import { isResting } from '../tasks/success.ts';
import type { TaskSpec } from '../tasks/tasks.ts';
import { taskByName, taskScene } from '../tasks/tasks.ts';
import { objectBodyName, TIMESTEP_SEC } from './mjcf.ts';
import type { Mujoco } from './mujoco.ts';
import { mujoco } from './mujoco.ts';
import { Physics, stepsIn } from './Physics.ts';
import type { PlacedBody } from './SceneRenderer.ts';
import { SceneRenderer } from './SceneRenderer.ts';
import type { Scene } from './Scene.ts';
import { modelOf, restPose } from './Scene.ts';

/** The part of a joint command that a simulated arm follows. */
export type ArmCommand = {
  readonly names: readonly string[];
  readonly positions: ArrayLike<number>;
  readonly gripperJointPosition: number;
};

/** What the fingers and the source touch. */
export type TaskContacts = {
  /** Both fingers press on the source. */
  readonly gripped: boolean;
  readonly sourceTouchesTarget: boolean;
  /** The source touches the arm, the table or another object. */
  readonly sourceTouchesOther: boolean;
};

/** Compiled models kept at a time; each holds some megabytes. */
const CACHED_MODELS = 24;

/**
 * An arm at a table with objects, in virtual time: MuJoCo for the motion, the rasteriser for the
 * pictures. Nothing depends on the wall clock or on earlier episodes, so the same task, seed and
 * commands give the same states and pixels, bit for bit.
 *
 * A simulator node needs: `reset` → `step` at 50 Hz with the last command → `jointSample`,
 * `renderInto` (rgb8, `camera.intrinsics` for camera_info, `camera.baseFromCamera` for its pose),
 * `timeNs` for stamps, `scene` for instruction and length, `success` for the episode's state.
 */
export class SimWorld {
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly camera: CameraModel;
  /** Arm joints, then fingers: the order of `jointSample`. */
  readonly jointNames: readonly string[];
  readonly #mujoco: Mujoco;
  readonly #renderer: SceneRenderer;
  /** By what lies on the table, since compiling takes milliseconds. */
  readonly #cache = new Map<string, Physics>();
  #physics: Physics;
  #scene: Scene;
  #steps = 0;

  private constructor(api: Mujoco, embodiment: Embodiment, urdf: UrdfModel, scene: Scene) {
    this.embodiment = embodiment;
    this.urdf = urdf;
    this.camera = widowxFrontCamera;
    this.jointNames = [...embodiment.armJoints, ...embodiment.fingerJoints];
    this.#mujoco = api;
    this.#renderer = new SceneRenderer(urdf, this.camera);
    this.#scene = scene;
    this.#physics = this.#physicsFor(scene);
    this.resetScene(scene);
  }

  /** Starts with the first task and seed 0. */
  static async create(options: {
    readonly embodiment: Embodiment;
    readonly urdfText: string;
  }): Promise<SimWorld> {
    const urdf = parseUrdf(options.urdfText);
    const scene = taskScene(taskByName('widowx_spoon_on_towel'), 0);
    return new SimWorld(await mujoco(), options.embodiment, urdf, scene);
  }

  /** Puts the arm home and the objects of the task where the seed says. */
  reset(task: TaskSpec | string, seed: bigint | number): { readonly instruction: string } {
    return this.resetScene(taskScene(typeof task === 'string' ? taskByName(task) : task, seed));
  }

  resetScene(scene: Scene): { readonly instruction: string } {
    this.#scene = scene;
    this.#physics = this.#physicsFor(scene);
    this.#steps = 0;
    this.#physics.reset(homePositions(this.embodiment), scene.objects.map(restPose));
    return { instruction: scene.instruction };
  }

  get scene(): Scene {
    return this.#scene;
  }

  /** Virtual time since the reset. */
  get timeNs(): bigint {
    return BigInt(this.#steps) * BigInt(Math.round(TIMESTEP_SEC * 1e9));
  }

  /** Advances by a multiple of the solver's step; without a command the last one holds. */
  step(command: ArmCommand | undefined, dtSec = 0.02): void {
    if (command !== undefined) {
      this.#physics.setTargets(command.names.map((name, i) => [name, command.positions[i]!]));
      const finger = this.embodiment.fingerJoints[0]!;
      this.#physics.setTargets([[finger, command.gripperJointPosition]]);
    }
    const count = stepsIn(dtSec);
    this.#physics.step(count);
    this.#steps += count;
  }

  jointSample(): JointSample {
    return {
      stampNs: this.timeNs,
      names: this.jointNames,
      positions: this.#physics.jointPositions(this.jointNames),
      velocities: this.#physics.jointVelocities(this.jointNames),
    };
  }

  /** Draws the camera's picture: rgb8, 640 × 480 × 3 bytes. */
  renderInto(out: Uint8Array): void {
    this.#renderer.render(this.#jointPositions(), this.bodies(), out);
  }

  /** Labels pixels: object i as i + 1, everything else 0; 640 × 480 bytes. */
  renderIdsInto(out: Uint8Array): void {
    this.#renderer.renderIds(this.#jointPositions(), this.bodies(), out);
  }

  /** The objects in the scene's order. */
  bodies(): readonly PlacedBody[] {
    return this.#scene.objects.map((object, i) => ({
      model: modelOf(object),
      baseFromBody: this.#physics.bodyPose(i),
    }));
  }

  /** Puts object `index` somewhere else, at rest, as an operator's hand would. */
  moveObject(index: number, baseFromBody: Pose): void {
    this.#physics.setBodyPose(index, baseFromBody);
  }

  contacts(): TaskContacts {
    const physics = this.#physics;
    const target = physics.body(objectBodyName(this.#scene.target));
    const touching = physics.contacts().touching(physics.body(objectBodyName(this.#scene.source)));
    const fingers = this.embodiment.fingerJoints.map((name) =>
      physics.body(this.urdf.joints.get(name)?.child ?? name),
    );
    return {
      gripped: fingers.every((finger) => touching.has(finger)),
      sourceTouchesTarget: touching.has(target),
      sourceTouchesOther: [...touching].some((body) => body !== target),
    };
  }

  /** SimplerEnv's rule: the source rests on the target and touches nothing else. */
  success(): boolean {
    const bodies = this.bodies();
    const { sourceTouchesTarget, sourceTouchesOther } = this.contacts();
    return (
      sourceTouchesTarget &&
      !sourceTouchesOther &&
      isResting(bodies[this.#scene.source]!, bodies[this.#scene.target]!)
    );
  }

  /** Frees the memory held in WebAssembly; the world cannot be used afterwards. */
  dispose(): void {
    for (const physics of this.#cache.values()) physics.dispose();
    this.#cache.clear();
  }

  #jointPositions(): ReadonlyMap<string, number> {
    const positions = this.#physics.jointPositions(this.jointNames);
    return new Map(this.jointNames.map((name, i) => [name, positions[i]!]));
  }

  #physicsFor(scene: Scene): Physics {
    const models = scene.objects.map(modelOf);
    // Cubes differ by colour only, which the solver does not know.
    const key = models.map((model) => model.kind).join(' ');
    const known = this.#cache.get(key);
    if (known !== undefined) return known;
    for (const [oldest, physics] of this.#cache) {
      if (this.#cache.size < CACHED_MODELS) break;
      physics.dispose();
      this.#cache.delete(oldest);
    }
    const physics = new Physics(this.#mujoco, this.urdf, models);
    this.#cache.set(key, physics);
    return physics;
  }
}

/** Home position of every joint, the gripper open. */
export function homePositions(embodiment: Embodiment): ReadonlyMap<string, number> {
  const [left, right] = embodiment.fingerJoints;
  return new Map<string, number>([
    ...embodiment.armJoints.map((name, i) => [name, embodiment.homeJoints[i]!] as const),
    [left!, embodiment.gripper.open],
    [right!, -embodiment.gripper.open],
  ]);
}

import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { SimArm } from '../arms/SimArm.ts';
import { cabinet } from './cabinet.ts';
import type { Mujoco } from './mujoco.ts';
import { Physics } from './Physics.ts';
import type { Scene } from './Scene.ts';
import { modelOf } from './Scene.ts';

/** Compiled models kept at a time; each holds some megabytes. */
const CACHED_MODELS = 24;

/** The physics of scenes by what there is in them, since compiling takes milliseconds. */
export class PhysicsCache {
  readonly #api: Mujoco;
  readonly #urdf: UrdfModel;
  readonly #arm: SimArm;
  readonly #fingers: readonly (readonly string[])[];
  readonly #kept = new Map<string, Physics>();

  /** @param fingers the links of each */
  constructor(api: Mujoco, urdf: UrdfModel, arm: SimArm, fingers: readonly (readonly string[])[]) {
    this.#api = api;
    this.#urdf = urdf;
    this.#arm = arm;
    this.#fingers = fingers;
  }

  /** In whatever state the last scene of these things has left it. */
  of(scene: Scene): Physics {
    const models = scene.objects.map(modelOf);
    const surroundings = this.#arm.surroundingsOf(scene);
    // Cubes differ by colour only, which the solver does not know.
    const things = scene.objects.map(({ kind, variety = '' }) => `${kind}${variety}`);
    const key = [surroundings.name, ...things].join(' ');
    const known = this.#kept.get(key);
    if (known !== undefined) return known;
    for (const [oldest, physics] of this.#kept) {
      if (this.#kept.size < CACHED_MODELS) break;
      physics.dispose();
      this.#kept.delete(oldest);
    }
    const parts = {
      urdf: this.#urdf,
      servoOf: this.#arm.servoOf,
      meetingFingers: this.#arm.fingersMeet ? this.#fingers : [],
      ground: surroundings.ground,
      furniture: scene.cabinet === undefined ? undefined : cabinet,
    };
    const physics = new Physics(this.#api, parts, models);
    this.#kept.set(key, physics);
    return physics;
  }

  /** Frees the memory held in WebAssembly. */
  dispose(): void {
    for (const physics of this.#kept.values()) physics.dispose();
    this.#kept.clear();
  }
}

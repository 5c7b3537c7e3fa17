import type { UrdfJoint } from '../../core/kinematics/UrdfModel.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import type { BodyModel } from './BodyModel.ts';
import { isSupportKind } from './bodies.ts';
import { ContactSet } from './ContactSet.ts';
import type { WorldParts } from './mjcf.ts';
import { buildMjcf, objectBodyName, TIMESTEP_SEC } from './mjcf.ts';
import type { MjData, MjModel, Mujoco } from './mujoco.ts';

type JointAddress = { readonly position: number; readonly velocity: number };

/**
 * An arm and a fixed list of bodies in MuJoCo. Names are looked up once; the arrays of MuJoCo are
 * asked for again at every use, since WebAssembly memory may move when it grows.
 */
export class Physics {
  readonly models: readonly BodyModel[];
  readonly #api: Mujoco;
  readonly #model: MjModel;
  readonly #data: MjData;
  readonly #joints: ReadonlyMap<string, JointAddress>;
  readonly #actuators: ReadonlyMap<string, number>;
  readonly #bodies: ReadonlyMap<string, number>;
  readonly #furnitureRoot: string | undefined;

  constructor(api: Mujoco, parts: WorldParts, models: readonly BodyModel[]) {
    this.models = models;
    this.#api = api;
    try {
      this.#model = api.MjModel.from_xml_string(buildMjcf(parts, models));
    } catch (error) {
      throw new Error(`MuJoCo refused the generated model: ${String(error)}`);
    }
    this.#data = new api.MjData(this.#model);
    const { urdf, furniture } = parts;
    this.#furnitureRoot = furniture?.rootLink;
    const isMovable = ({ type }: UrdfJoint): boolean => type !== 'fixed';
    const driven = [...urdf.joints.values()].filter(isMovable);
    const movable = [...driven, ...[...(furniture?.joints.values() ?? [])].filter(isMovable)];
    const { mjOBJ_JOINT, mjOBJ_ACTUATOR, mjOBJ_BODY } = api.mjtObj;
    const id = (type: number, name: string): number => api.mj_name2id(this.#model, type, name);
    this.#joints = new Map(
      movable.map(({ name }) => [name, this.#address(id(mjOBJ_JOINT.value, name))]),
    );
    this.#actuators = new Map(
      driven
        .filter((joint) => joint.type !== 'fixed' && joint.mimic === undefined)
        .map(({ name }) => [name, id(mjOBJ_ACTUATOR.value, name)]),
    );
    const bodyNames = [
      ...urdf.links.keys(),
      ...(furniture?.links.keys() ?? []),
      ...models.map((_, i) => objectBodyName(i)),
    ];
    this.#bodies = new Map(bodyNames.map((name) => [name, id(mjOBJ_BODY.value, name)]));
  }

  /** Back to time zero with the given joint positions as positions and targets. */
  reset(
    joints: ReadonlyMap<string, number>,
    baseFromBodies: readonly Pose[],
    baseFromFurniture?: Pose,
  ): void {
    this.#api.mj_resetData(this.#model, this.#data);
    const qpos = this.#data.qpos as Float64Array;
    for (const [name, position] of joints) qpos[this.#joint(name).position] = position;
    this.setTargets(joints);
    baseFromBodies.forEach((pose, i) => this.setBodyPose(i, pose));
    if (baseFromFurniture !== undefined) this.#placeFurniture(baseFromFurniture);
    this.#api.mj_forward(this.#model, this.#data);
  }

  /**
   * Sets servo targets. Joints that mimic others have no servo: theirs are passed over.
   *
   * @throws RangeError for a target that is not finite, since the solver would start all over
   */
  setTargets(targets: Iterable<readonly [joint: string, position: number]>): void {
    const ctrl = this.#data.ctrl as Float64Array;
    for (const [name, position] of targets) {
      this.#joint(name);
      if (!Number.isFinite(position)) throw new RangeError(`target of '${name}' is ${position}`);
      const actuator = this.#actuators.get(name);
      if (actuator !== undefined) ctrl[actuator] = position;
    }
  }

  step(count: number): void {
    for (let i = 0; i < count; i++) this.#api.mj_step(this.#model, this.#data);
  }

  jointPositions(names: readonly string[]): Float64Array {
    const qpos = this.#data.qpos as Float64Array;
    return Float64Array.from(names, (name) => qpos[this.#joint(name).position]!);
  }

  jointVelocities(names: readonly string[]): Float64Array {
    const qvel = this.#data.qvel as Float64Array;
    return Float64Array.from(names, (name) => qvel[this.#joint(name).velocity]!);
  }

  bodyPose(index: number): Pose {
    const { numbers, offset, quaternions, quaternionOffset } = this.#bodyArrays(index);
    const p = numbers.subarray(offset, offset + 3);
    const q = quaternions.subarray(quaternionOffset, quaternionOffset + 4);
    return { position: [p[0]!, p[1]!, p[2]!], orientation: [q[1]!, q[2]!, q[3]!, q[0]!] };
  }

  /** Puts a body somewhere, at rest. */
  setBodyPose(index: number, pose: Pose): void {
    const { numbers, offset, quaternions, quaternionOffset } = this.#bodyArrays(index);
    const [x, y, z, w] = pose.orientation;
    numbers.set(pose.position, offset);
    quaternions.set([w, x, y, z], quaternionOffset);
    if (this.#isFixed(index)) return;
    const joint = (this.#model.body_jntadr as Int32Array)[this.body(objectBodyName(index))]!;
    const velocity = (this.#model.jnt_dofadr as Int32Array)[joint]!;
    (this.#data.qvel as Float64Array).fill(0, velocity, velocity + 6);
  }

  /** Pushes a link from now on with a force in newtons, base axes; zeros let go. */
  pushLink(link: string, forceN: Vec3): void {
    const perBody = 6;
    (this.#data.xfrc_applied as Float64Array).set(forceN, this.body(link) * perBody);
  }

  contacts(): ContactSet {
    return new ContactSet(this.#model, this.#data);
  }

  /** MuJoCo's number of a link or object, as used in contacts. */
  body(name: string): number {
    return known(this.#bodies, name, 'body');
  }

  dispose(): void {
    this.#data.delete();
    this.#model.delete();
  }

  #placeFurniture({ position, orientation: [x, y, z, w] }: Pose): void {
    if (this.#furnitureRoot === undefined) throw new Error('this world has no furniture');
    const body = this.body(this.#furnitureRoot);
    (this.#model.body_pos as Float64Array).set(position, body * 3);
    (this.#model.body_quat as Float64Array).set([w, x, y, z], body * 4);
  }

  #joint(name: string): JointAddress {
    return known(this.#joints, name, 'joint');
  }

  #address(joint: number): JointAddress {
    return {
      position: (this.#model.jnt_qposadr as Int32Array)[joint]!,
      velocity: (this.#model.jnt_dofadr as Int32Array)[joint]!,
    };
  }

  /** Supports do not move: they are mocap bodies. */
  #isFixed(index: number): boolean {
    return isSupportKind(this.models[index]!.kind);
  }

  #bodyArrays(index: number): {
    numbers: Float64Array;
    offset: number;
    quaternions: Float64Array;
    quaternionOffset: number;
  } {
    const body = this.body(objectBodyName(index));
    if (this.#isFixed(index)) {
      const mocap = (this.#model.body_mocapid as Int32Array)[body]!;
      const numbers = this.#data.mocap_pos as Float64Array;
      const quaternions = this.#data.mocap_quat as Float64Array;
      return { numbers, offset: mocap * 3, quaternions, quaternionOffset: mocap * 4 };
    }
    const joint = (this.#model.body_jntadr as Int32Array)[body]!;
    const numbers = this.#data.qpos as Float64Array;
    const offset = this.#address(joint).position;
    return { numbers, offset, quaternions: numbers, quaternionOffset: offset + 3 };
  }
}

/** Steps of the solver in a time span that is a multiple of its time step. */
export function stepsIn(seconds: number): number {
  const count = Math.round(seconds / TIMESTEP_SEC);
  if (count < 1 || Math.abs(count * TIMESTEP_SEC - seconds) > 1e-9) {
    throw new RangeError(`expected a positive multiple of ${TIMESTEP_SEC} s, found ${seconds} s`);
  }
  return count;
}

function known<T>(map: ReadonlyMap<string, T>, name: string, what: string): T {
  const value = map.get(name);
  if (value === undefined) throw new Error(`the simulated arm has no ${what} '${name}'`);
  return value;
}

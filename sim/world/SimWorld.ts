import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Pose } from '../../core/math/types.ts';
import type { JointSample } from '../../core/observation/Observation.ts';
import type { SimArm } from '../arms/SimArm.ts';
import { simArmOf } from '../arms/simArms.ts';
import type { CameraModel } from '../render/CameraModel.ts';
import type { GoalReading } from '../tasks/GoalJudge.ts';
import { taskScene } from '../tasks/taskScene.ts';
import type { TaskSpec } from '../tasks/TaskSpec.ts';
import { taskNamed } from '../tasks/taskNamed.ts';
import type { ArmCommand } from './ArmCommand.ts';
import { drawerJoint, drawerPose, DRAWERS, type DrawerName } from './cabinet.ts';
import { fingerLinks } from './fingerLinks.ts';
import { initialPositions } from './initialPositions.ts';
import { mujoco, type Mujoco } from './mujoco.ts';
import { stepsIn, type Physics } from './Physics.ts';
import { PhysicsCache } from './PhysicsCache.ts';
import { SceneRenderer, type PlacedBody } from './SceneRenderer.ts';
import { instructionAt, modelOf, restPose, type Goal, type Scene } from './Scene.ts';
import { SceneTimeline, type GoalVerdict } from './SceneTimeline.ts';
import { SimClock } from './SimClock.ts';
import { isGripped, taskContacts, type ArmLinks, type TaskContacts } from './TaskContacts.ts';

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
  readonly arm: SimArm;
  /** Arm joints, fingers, then joints that are held: the order of `jointSample`. */
  readonly jointNames: readonly string[];
  readonly #links: ArmLinks;
  readonly #renderer: SceneRenderer;
  readonly #cache: PhysicsCache;
  #physics: Physics;
  #timeline: SceneTimeline;
  readonly #clock: SimClock;
  #tick = 0;

  private constructor(api: Mujoco, embodiment: Embodiment, urdf: UrdfModel, arm: SimArm) {
    const { armJoints, fingerJoints, heldJoints } = embodiment;
    this.embodiment = embodiment;
    this.urdf = urdf;
    this.arm = arm;
    this.jointNames = [...armJoints, ...fingerJoints, ...Object.keys(heldJoints)];
    const fingers = fingerLinks(embodiment, urdf);
    this.#links = { all: [...urdf.links.keys()], fingers };
    this.#clock = new SimClock(embodiment.tickSec);
    this.#cache = new PhysicsCache(api, urdf, arm, fingers);
    this.#renderer = new SceneRenderer(urdf, arm);
    this.#timeline = new SceneTimeline(taskScene(arm.tasks[0]!, 0));
    this.#physics = this.#cache.of(this.scene);
    this.resetScene(this.scene);
  }

  /** Starts with the first task of the arm and seed 0. */
  static async create(options: {
    readonly embodiment: Embodiment;
    readonly urdfText: string;
  }): Promise<SimWorld> {
    const { embodiment, urdfText } = options;
    return new SimWorld(await mujoco(), embodiment, parseUrdf(urdfText), simArmOf(embodiment));
  }

  /** Where it is in the present scene. */
  get camera(): CameraModel {
    return this.#renderer.camera;
  }

  /** Puts the arm home and the objects of the task where the seed says. */
  reset(task: TaskSpec | string, seed: bigint | number): { readonly instruction: string } {
    return this.resetScene(
      taskScene(typeof task === 'string' ? taskNamed(task, this.arm.tasks) : task, seed),
    );
  }

  resetScene(scene: Scene): { readonly instruction: string } {
    this.#timeline = new SceneTimeline(scene);
    this.#physics = this.#cache.of(scene);
    this.#clock.reset();
    this.#tick = 0;
    this.#physics.reset(
      initialPositions(this.embodiment, this.urdf, scene),
      scene.objects.map(restPose),
      scene.cabinet?.baseFromCabinet,
    );
    this.#renderer.setScene(scene);
    return { instruction: scene.instruction };
  }

  /** After a reset: no tick passes before `start`, as long as no one has said what to do. */
  waitForStart(): void {
    this.#clock.waitForStart();
  }

  start(): void {
    this.#clock.start();
  }

  /** With what is to be done now, and objects where they were put last. */
  get scene(): Scene {
    return this.#timeline.scene;
  }

  /** Policy periods that have passed since the reset, or since the start. */
  get tick(): number {
    return this.#tick;
  }

  /** What the operator says now. */
  get instruction(): string {
    return instructionAt(this.scene, this.#tick);
  }

  /** Virtual time since the reset. */
  get timeNs(): bigint {
    return this.#clock.timeNs;
  }

  /** Advances by a multiple of the solver's step; without a command the last one holds. */
  step(command: ArmCommand | undefined, dtSec = 0.02): void {
    this.stepFinely((step) => (step === 0 ? command : undefined), dtSec);
  }

  /** The same with a command for each step of the solver. */
  stepFinely(commandAt: (step: number) => ArmCommand | undefined, dtSec: number): void {
    const count = stepsIn(dtSec);
    for (let step = 0; step < count; step++) {
      this.#follow(commandAt(step));
      this.#physics.step(1);
    }
    const tick = this.#clock.advance(count);
    if (tick === undefined) return;
    if (tick > this.#tick) this.#timeline.endTick(this.#reading());
    while (this.#tick < tick) this.#beginTick(this.#tick + 1);
  }

  jointSample(): JointSample {
    return {
      stampNs: this.timeNs,
      names: this.jointNames,
      positions: this.#physics.jointPositions(this.jointNames),
      velocities: this.#physics.jointVelocities(this.jointNames),
    };
  }

  /** Draws the camera's picture: rgb8, width × height × 3 bytes. */
  renderInto(out: Uint8Array): void {
    this.#renderer.render(this.#jointPositions(), this.bodies(), out);
  }

  /** Labels pixels: object i as i + 1, everything else 0; width × height bytes. */
  renderIdsInto(out: Uint8Array): void {
    this.#renderer.renderIds(this.#jointPositions(), this.bodies(), out);
  }

  /** The objects in the scene's order. */
  bodies(): readonly PlacedBody[] {
    return this.scene.objects.map((object, i) => ({
      model: modelOf(object),
      baseFromBody: this.#physics.bodyPose(i),
    }));
  }

  /** Puts object `index` somewhere else, at rest, as an operator's hand would. */
  moveObject(index: number, baseFromBody: Pose): void {
    this.#physics.setBodyPose(index, baseFromBody);
  }

  contacts(goal: Goal = this.scene.goal): TaskContacts {
    return taskContacts(this.#physics, goal, this.#links);
  }

  /** Whether both fingers press on a link of the cabinet. */
  grips(link: string): boolean {
    return isGripped(this.#physics, link, this.#links);
  }

  /** How far a drawer of the scene's cabinet is pulled out, metres. */
  drawerOpenM(drawer: DrawerName): number {
    return this.#physics.jointPositions([drawerJoint(drawer)])[0]!;
  }

  baseFromDrawer(drawer: DrawerName): Pose {
    const place = this.scene.cabinet;
    if (place === undefined) throw new Error(`${this.scene.task} has no cabinet`);
    return drawerPose(place.baseFromCabinet, drawer, this.drawerOpenM(drawer));
  }

  /** SimplerEnv's rule for the scene's goal, see `GoalJudge`; with several, all of them. */
  success(): boolean {
    const { followUp } = this.scene;
    if (followUp?.goal !== undefined && this.#tick < followUp.fromTick) return false;
    return this.verdicts().every(({ isMet }) => isMet);
  }

  /** The goals that were given so far, and whether they are met, see `SceneTimeline`. */
  verdicts(): readonly GoalVerdict[] {
    return this.#timeline.verdicts(this.#reading());
  }

  /** Frees the memory held in WebAssembly; the world cannot be used afterwards. */
  dispose(): void {
    this.#cache.dispose();
  }

  #follow(command: ArmCommand | undefined): void {
    if (command === undefined) return;
    this.#physics.setTargets(command.names.map((name, i) => [name, command.positions[i]!]));
    const finger = this.embodiment.fingerJoints[0]!;
    this.#physics.setTargets([[finger, command.gripperJointPosition]]);
  }

  #beginTick(tick: number): void {
    this.#tick = tick;
    this.#timeline.beginTick(tick, () => this.#reading(), {
      moveObject: (index, pose) => this.moveObject(index, pose),
      push: (forceN) => this.#physics.pushLink(this.embodiment.eeLink, forceN ?? [0, 0, 0]),
    });
  }

  #reading(): GoalReading {
    return {
      bodies: this.bodies(),
      contactsOf: (goal) => this.contacts(goal),
      openM: (drawer) => this.drawerOpenM(drawer),
      baseFromDrawer: (drawer) => this.baseFromDrawer(drawer),
    };
  }

  #jointPositions(): ReadonlyMap<string, number> {
    const names = [
      ...this.jointNames,
      ...(this.scene.cabinet === undefined ? [] : DRAWERS.map(drawerJoint)),
    ];
    const positions = this.#physics.jointPositions(names);
    return new Map(names.map((name, i) => [name, positions[i]!]));
  }
}

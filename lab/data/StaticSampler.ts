import type { Embodiment, WorkspaceBox } from '../../core/embodiment/Embodiment.ts';
import { AreaResizer } from '../../core/image/AreaResizer.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { InverseKinematics } from '../../core/kinematics/InverseKinematics.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import { quatFromAxisAngle, quatMultiply } from '../../core/math/quat.ts';
import { Random } from '../../core/math/random.ts';
import type { Pose, Vec3 } from '../../core/math/types.ts';
import { vec3Add, vec3Scale } from '../../core/math/vec3.ts';
import { rollOut } from '../../sim/expert/predict.ts';
import type { TaskGeometry, TaskState } from '../../sim/expert/TaskState.ts';
import { carriedPose, isWithDrawer } from '../../sim/expert/TaskState.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import type { SimArm } from '../../sim/arms/SimArm.ts';
import { jointPositionsOf } from '../../sim/world/homePositions.ts';
import { SceneRenderer } from '../../sim/world/SceneRenderer.ts';
import type { GroundingRow } from './columns.ts';
import { IMAGE_HEIGHT, IMAGE_WIDTH } from './columns.ts';
import { spatialLabels } from './labels.ts';
import { bodiesOf, drawersOf, initialGeometry, initialState } from './sceneState.ts';

/** Longest way from any state to the end of a task. */
const HORIZON_TICKS = 60;
/** A task takes about 23 ticks; those after it show it done. */
const TYPICAL_TICKS = 30;
const HOME_SHARE = 0.4;
const ANYWHERE_SHARE = 0.15;
const NUDGE_M = 0.015;
const NUDGE_RAD = 0.12;

/**
 * Single pictures with their spatial answer: a scene, the arm at home, somewhere along the way to
 * the goal (perhaps holding the source), or anywhere above the table. No physics: the picture
 * follows from the poses.
 */
export class StaticSampler {
  readonly #embodiment: Embodiment;
  readonly #urdf: UrdfModel;
  readonly #arm: SimArm;
  readonly #renderer: SceneRenderer;
  readonly #ik: InverseKinematics;
  readonly #baseFromHome: Pose;
  readonly #frame: Uint8Array;
  readonly #resizer: AreaResizer;

  constructor(embodiment: Embodiment, urdf: UrdfModel) {
    const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
    const arm = simArmOf(embodiment);
    const { width, height } = arm.camera;
    this.#embodiment = embodiment;
    this.#urdf = urdf;
    this.#arm = arm;
    this.#renderer = new SceneRenderer(urdf, arm);
    this.#ik = new InverseKinematics(chain, { maxIterations: 60 });
    this.#baseFromHome = chain.forward(embodiment.homeJoints);
    this.#frame = new Uint8Array(width * height * 3);
    this.#resizer = new AreaResizer(
      { width, height },
      { width: IMAGE_WIDTH, height: IMAGE_HEIGHT },
    );
  }

  sample(seed: number): GroundingRow {
    const scene = this.#arm.trainingScene(seed, 'static');
    const geometry = initialGeometry(scene, this.#arm.grasp, this.#baseFromHome.orientation);
    this.#renderer.setScene(scene);
    const random = new Random(seed).fork('static');
    const start = initialState(scene, this.#baseFromHome);
    for (;;) {
      const state = drawState(start, geometry, random, this.#arm);
      const joints = this.#jointsFor(state);
      if (joints === undefined) continue;
      const all = new Map([...joints, ...drawersOf(scene, state)]);
      this.#renderer.render(all, bodiesOf(scene, state), this.#frame);
      const image = new Uint8Array(IMAGE_WIDTH * IMAGE_HEIGHT * 3);
      this.#resizer.resize(this.#frame, image);
      const { states } = rollOut(state, geometry, HORIZON_TICKS);
      const labels = spatialLabels(this.#arm.camera, geometry, states);
      if (labels !== undefined) return { image, instruction: scene.instruction, ...labels };
    }
  }

  /** Undefined where the arm does not reach the pose. */
  #jointsFor(state: TaskState): ReadonlyMap<string, number> | undefined {
    const q = Float64Array.from(this.#embodiment.homeJoints);
    if (this.#ik.solve(q, state.baseFromEe, q).status !== 'ok') return undefined;
    return jointPositionsOf(this.#embodiment, this.#urdf, q, state.gripperOpening);
  }
}

function drawState(
  start: TaskState,
  geometry: TaskGeometry,
  random: Random,
  { roam }: SimArm,
): TaskState {
  const choice = random.uniform();
  if (choice < HOME_SHARE) return start;
  if (choice < HOME_SHARE + ANYWHERE_SHARE) return anywhere(start, geometry, random, roam);
  const { states } = rollOut(start, geometry, HORIZON_TICKS);
  const state = states[random.int(TYPICAL_TICKS)]!;
  const isFree = state.baseFromEe.position[2] > geometry.grasp.tableZM + 0.07;
  return isFree && !isWithDrawer(geometry) ? nudged(state, random) : state;
}

function anywhere(
  start: TaskState,
  geometry: TaskGeometry,
  random: Random,
  { min, max }: WorkspaceBox,
): TaskState {
  const yaw = random.uniform(-1.2, 1.2);
  const gripperOpening = random.uniform() < 0.8 ? 1 : 0;
  const at = (k: 0 | 1 | 2): number => random.uniform(min[k], max[k]);
  const position: Vec3 = [at(0), at(1), at(2)];
  const { grasp: hand, homeOrientation } = geometry;
  return {
    ...start,
    gripperOpening,
    baseFromEe: {
      position,
      orientation: hand.downOrientation(hand.neutralYawRad + yaw, position, homeOrientation),
    },
  };
}

/** The state with the arm, and what it holds, some centimetres and degrees off. */
function nudged(state: TaskState, random: Random): TaskState {
  const offset: Vec3 = [random.normal(), random.normal(), Math.abs(random.normal())];
  const turn = quatFromAxisAngle([0, 0, 1], NUDGE_RAD * random.normal());
  const baseFromEe: Pose = {
    position: vec3Add(state.baseFromEe.position, vec3Scale(offset, NUDGE_M)),
    orientation: quatMultiply(turn, state.baseFromEe.orientation),
  };
  const baseFromSource = state.held
    ? carriedPose(state.baseFromSource, state.baseFromEe, baseFromEe)
    : state.baseFromSource;
  return { ...state, baseFromEe, baseFromSource };
}

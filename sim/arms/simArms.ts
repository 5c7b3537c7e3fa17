import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { googleGrasp, widowxGrasp } from '../expert/GraspProfile.ts';
import { googleHeadCamera, widowxFrontCamera } from '../render/CameraModel.ts';
import { GOOGLE_TASKS } from '../tasks/googleTasks.ts';
import { googleTrainingScene } from '../tasks/googleTrainingScene.ts';
import { WIDOWX_TASKS } from '../tasks/tasks.ts';
import { DEFAULT_MIX, STATIC_MIX, trainingScene } from '../tasks/trainingScene.ts';
import {
  googleTwoInstructionScene,
  widowxTwoInstructionScene,
} from '../tasks/twoInstructionScenes.ts';
import { bench, counter, kitchen } from '../world/surroundings.ts';
import type { Servo, SimArm } from './SimArm.ts';

const WIDOWX_ARM: Servo = { stiffness: 200, damping: 6, armature: 0.02 };
const WIDOWX_FINGER: Servo = { stiffness: 1200, damping: 40, armature: 0.05 };

const GOOGLE_STIFFNESS = [2000, 2000, 1500, 1000, 800, 500, 300];
const GOOGLE_HEAD: Servo = { stiffness: 500, damping: 40, armature: 0.1 };
const GOOGLE_FINGER: Servo = { stiffness: 8, damping: 0.4, armature: 0.002 };

const widowxArm: SimArm = {
  camera: widowxFrontCamera,
  cameraName: 'front',
  servoOf: ({ type }) => (type === 'prismatic' ? WIDOWX_FINGER : WIDOWX_ARM),
  fingersMeet: false,
  surroundingsOf: () => bench,
  tasks: WIDOWX_TASKS,
  trainingScene: (seed, kind, instructions) =>
    instructions === 2
      ? widowxTwoInstructionScene(seed)
      : trainingScene(seed, kind === 'static' ? STATIC_MIX : DEFAULT_MIX),
  recordedTicks: ({ followUp, maxTicks }) => (followUp === undefined ? 70 : maxTicks),
  roam: { min: [0.16, -0.18, 0.09], max: [0.38, 0.18, 0.2] },
  grasp: widowxGrasp,
};

const googleRobotArm: SimArm = {
  camera: googleHeadCamera,
  cameraName: 'head',
  servoOf: ({ name }) => {
    if (googleRobot.fingerJoints.includes(name)) return GOOGLE_FINGER;
    const stiffness = GOOGLE_STIFFNESS[googleRobot.armJoints.indexOf(name)];
    // about critical damping of what each joint moves
    return stiffness === undefined
      ? GOOGLE_HEAD
      : { stiffness, damping: stiffness / 20, armature: stiffness / 4000 };
  },
  fingersMeet: true,
  surroundingsOf: ({ cabinet }) => (cabinet === undefined ? counter : kitchen),
  tasks: GOOGLE_TASKS,
  trainingScene: (seed, kind, instructions) =>
    instructions === 2 ? googleTwoInstructionScene(seed) : googleTrainingScene(seed, kind),
  recordedTicks: ({ maxTicks }) => maxTicks,
  roam: { min: [0.42, -0.25, 0.86], max: [0.68, 0.25, 1.02] },
  grasp: googleGrasp,
};

const ARMS: ReadonlyMap<string, SimArm> = new Map([
  [widowx.name, widowxArm],
  [googleRobot.name, googleRobotArm],
]);

/** Throws if there is no simulation of that arm. */
export function simArmOf({ name }: Pick<Embodiment, 'name'>): SimArm {
  const arm = ARMS.get(name);
  if (arm === undefined) {
    throw new Error(`no simulation of '${name}', expected one of ${[...ARMS.keys()].join(', ')}`);
  }
  return arm;
}

/** The tasks that the simulation of an arm knows. */
export function taskNamesOf(embodiment: Pick<Embodiment, 'name'>): readonly string[] {
  return simArmOf(embodiment).tasks.map(({ name }) => name);
}

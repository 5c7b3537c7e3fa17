import type { DatasetKind, InstructionCount } from '../tasks/DatasetKind.ts';
import type { WorkspaceBox } from '../../core/embodiment/Embodiment.ts';
import type { UrdfMovableJoint } from '../../core/kinematics/UrdfModel.ts';
import type { GraspProfile } from '../expert/GraspProfile.ts';
import type { CameraModel } from '../render/CameraModel.ts';
import type { TaskSpec } from '../tasks/TaskSpec.ts';
import type { Scene } from '../world/Scene.ts';
import type { Surroundings } from '../world/surroundings.ts';

/** What a joint's drive adds to the URDF: its position loop, and the inertia of its gear train. */
export type Servo = {
  readonly stiffness: number;
  readonly damping: number;
  readonly armature: number;
};

/** All that is specific to one arm in the simulation. */
export type SimArm = {
  readonly camera: CameraModel;
  /** As in the topics of the camera and in the views of models. */
  readonly cameraName: string;
  /** Gravity is compensated, as firmware and gains of the arms do within a few millimetres. */
  servoOf(joint: UrdfMovableJoint): Servo;
  /** Whether the fingers would meet with nothing between them. */
  readonly fingersMeet: boolean;
  surroundingsOf(scene: Scene): Surroundings;
  /** The tasks that its simulation knows; worlds begin with the first. */
  readonly tasks: readonly TaskSpec[];
  /** A scene of training data; pictures without motion show more kinds of scenes than episodes. */
  trainingScene(seed: number, kind: DatasetKind, instructions?: InstructionCount): Scene;
  /** Ticks after which recording a scene ends if its task is not done; staying then comes on top. */
  recordedTicks(scene: Scene): number;
  /** Where the end effector roams in pictures without motion. */
  readonly roam: WorkspaceBox;
  /** How the scripted expert works with this arm. */
  readonly grasp: GraspProfile;
};

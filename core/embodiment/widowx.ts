import type { Embodiment } from './Embodiment.ts';

/** WidowX 250 6DOF (wx250s) as in BridgeData: 5 Hz, deltas on the previous target. */
export const widowx: Embodiment = {
  name: 'widowx',
  urdfFile: 'wx250s.urdf',
  baseLink: 'base_link',
  eeLink: 'ee_gripper_link',
  armJoints: ['waist', 'shoulder', 'elbow', 'forearm_roll', 'wrist_angle', 'wrist_rotate'],
  fingerJoints: ['left_finger', 'right_finger'],
  tickSec: 0.2,
  gripper: { joint: 'left_finger', closed: 0.015, open: 0.037 },
  deltaBase: 'target',
  homeJoints: [-0.018, 0.04, 0.222, -0.005, 1.365, 0.002],
  heldJoints: {},
  limits: {
    // The arm is stretched out at −1.375 (atan of 0.04975 / 0.25, less a right angle). Beyond, the
    // elbow hangs down, and the way back ends at the limit of the wrist.
    position: { elbow: { lower: -1.25, upper: 1.606 } },
    velocity: [3.14, 3.14, 3.14, 3.14, 3.14, 3.14],
    // An angle d from rest to rest within a tick of 10 periods takes 152 d / s² and 5700 d / s³ at
    // the smoothest: enough for 0.29 rad in one tick (4 cm close to the base), 0.44 rad for the light
    // wrist. Jerk leaves room beyond that for a change of mind at a seam.
    acceleration: [45, 45, 45, 67, 67, 67],
    jerk: [2500, 2500, 2500, 3500, 3500, 3500],
    gripperVelocity: 0.15,
    gripperAcceleration: 4,
    // z: with the gripper pointing down, the finger tips (15.4 mm beyond the end effector) just
    // reach the mounting surface
    workspace: { min: [0.08, -0.3, 0.015], max: [0.5, 0.3, 0.35] },
    maxStepM: 0.05,
    maxStepRad: 0.5,
    clearance: { selfM: 0.01, tableZM: -0.005 },
    singularity: { slowM: 0.02, stopM: 0.01 },
  },
};

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
  limits: {
    velocity: [3.14, 3.14, 3.14, 3.14, 3.14, 3.14],
    // from rest to rest within a tick over an angle d takes 4 d / tick²: 0.3 rad for 30 rad/s²
    acceleration: [30, 30, 30, 40, 40, 40],
    gripperVelocity: 0.15,
    gripperAcceleration: 4,
    // z: with the gripper pointing down, the finger tips (15.4 mm beyond the end effector) just
    // reach the mounting surface
    workspace: { min: [0.08, -0.3, 0.015], max: [0.5, 0.3, 0.35] },
    maxStepM: 0.05,
    maxStepRad: 0.5,
  },
};

import type { Embodiment } from './Embodiment.ts';

/** Google Robot as in SimplerEnv: 3 Hz, deltas on the measured pose; its head is no part of the arm. */
export const googleRobot: Embodiment = {
  name: 'google_robot',
  urdfFile: 'google_robot.urdf',
  baseLink: 'link_base',
  eeLink: 'link_gripper_tcp',
  armJoints: [
    'joint_torso',
    'joint_shoulder',
    'joint_bicep',
    'joint_elbow',
    'joint_forearm',
    'joint_wrist',
    'joint_gripper',
  ],
  fingerJoints: ['joint_finger_right', 'joint_finger_left'],
  tickSec: 1 / 3,
  // rad: the fingers turn
  gripper: { joint: 'joint_finger_right', closed: 1.3, open: 0 },
  deltaBase: 'measured',
  homeJoints: [-0.264, 0.083, 0.502, 1.157, 0.029, 1.593, -1.081],
  // The head looks down at what is in front of the base.
  heldJoints: { joint_head_pan: -0.003, joint_head_tilt: 0.785 },
  limits: {
    position: {},
    velocity: [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5],
    acceleration: [2, 2, 2, 2, 2, 2, 2],
    jerk: [50, 50, 50, 50, 50, 50, 50],
    gripperVelocity: 1,
    gripperAcceleration: 7,
    // In front of the base, from the lowest drawer of a cabinet to above a kitchen counter.
    workspace: { min: [0.25, -0.6, 0.1], max: [1.05, 0.6, 1.3] },
    maxStepM: 0.12,
    maxStepRad: 0.5,
    // z: the floor
    clearance: { selfM: 0.01, tableZM: 0 },
    singularity: { slowM: 0.03, stopM: 0.015 },
  },
};

import { gripperOpeningOf } from '../../core/embodiment/Embodiment.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { quatFromAxisAngle, quatMultiply, quatRotate } from '../../core/math/quat.ts';
import type { Quat, Vec3 } from '../../core/math/types.ts';

/**
 * Near enough to grasp or to let go, and how wide the funnels above are in which the gripper goes
 * straight down. All leave room for what a policy cannot see to the millimetre: were it told to come
 * closer still, it would wait over the object for ever, and were it told to go up again, it would go
 * up and down.
 */
export type Nearness = {
  readonly horizontalM: number;
  readonly heightM: number;
  readonly angleRad: number;
  readonly funnelM: number;
  readonly funnelAngleRad: number;
};

/** How the scripted expert works with an arm: its gripper, its steps and its heights. */
export type GraspProfile = {
  /** The gripper opening at which the fingers touch something of this width. */
  openingAtWidth(widthM: number): number;
  /**
   * End-effector orientation with the gripper looking down at a place; with yaw 0 its fingers close
   * along base y.
   */
  downOrientation(yawRad: number, position: Vec3, homeOrientation: Quat): Quat;
  /** The orientation that one should become at a place, its yaw as it is. */
  levelled(orientation: Quat, position: Vec3): Quat;
  /** Of two ways to take a thing, the one nearer to this yaw is taken. */
  readonly neutralYawRad: number;
  readonly near: Nearness;
  /** Limits of one tick. */
  readonly maxStepM: number;
  readonly maxStepRad: number;
  /** Gripper travel within one tick, in units of opening. */
  readonly travelPerTick: number;
  /** While the gripper closes, it may be this many times as far off as to begin with. */
  readonly closingSlack: number;
  /** Lowest end-effector height for grasping, so that the finger tips clear the table. */
  readonly minGraspZM: number;
  /** Height of the table that things are dropped on. */
  readonly tableZM: number;
  /** Height of the end effector above the grasp pose before descending, and lowest such height. */
  readonly hoverAboveM: number;
  readonly minHoverZM: number;
  /** Height of the end effector while it carries something, and how far it retreats upwards. */
  readonly carryZM: number;
  /** Whether the gripper turns at any height; else only once nearly as high as it travels. */
  readonly turnsWhileRising: boolean;
  readonly retreatAboveM: number;
};

/** Position of the WidowX's finger joint at which its pads would meet, from the URDF's pads. */
const PADS_MEET_M = 0.011;

export const widowxGrasp: GraspProfile = {
  openingAtWidth: (widthM) => gripperOpeningOf(widowx.gripper, widthM / 2 + PADS_MEET_M),
  downOrientation: (yawRad, _, homeOrientation) =>
    quatMultiply(quatFromAxisAngle([0, 0, 1], yawRad), homeOrientation),
  levelled: (orientation) => orientation,
  neutralYawRad: 0,
  near: { horizontalM: 0.01, heightM: 0.008, angleRad: 0.25, funnelM: 0.02, funnelAngleRad: 0.5 },
  maxStepM: 0.035,
  maxStepRad: 0.35,
  travelPerTick: 0.88,
  closingSlack: 1,
  minGraspZM: 0.019,
  tableZM: 0,
  hoverAboveM: 0.075,
  minHoverZM: 0,
  carryZM: 0.135,
  turnsWhileRising: false,
  retreatAboveM: 0.085,
};

export const googleGrasp: GraspProfile = {
  openingAtWidth: (widthM) => gripperOpeningOf(googleRobot.gripper, fingerAngle(widthM)),
  downOrientation: (yawRad, position) => googleDown(yawRad, googleTilt(position)),
  levelled: googleLevelled,
  neutralYawRad: 1.29,
  near: {
    horizontalM: 0.009,
    heightM: 0.009,
    angleRad: 0.15,
    funnelM: 0.018,
    funnelAngleRad: 0.35,
  },
  maxStepM: 0.04,
  maxStepRad: 0.15,
  travelPerTick: 0.25,
  closingSlack: 3,
  minGraspZM: 0,
  tableZM: 0.808,
  hoverAboveM: 0.12,
  minHoverZM: 0.99,
  carryZM: 1.02,
  turnsWhileRising: true,
  retreatAboveM: 0.12,
};

/**
 * The finger joint's position when the fingers touch something of a width. From the URDF: the pads
 * are parallel and 75 mm apart at 0.7, and there close by 210 mm a radian at the end effector.
 */
function fingerAngle(widthM: number): number {
  return 0.7 + (0.075 - widthM) / 0.21;
}

/** At home the gripper looks forward from straight down by this angle, turned about this axis. */
const TILT_RAD = 0.33;
const TILT_AXIS = [0.446, -0.895, 0] as const;
const HOME_Z_M = 0.962;
/**
 * Higher up and farther away it has to look forward more, for the sake of the wrist's limit and of
 * the arm's length; lower down less, for the sake of a good grasp.
 */
const TILT_PER_M_ABOVE = 3.3;
const TILT_PER_M_BELOW = 1.2;
const NEAR_X_M = 0.52;
const TILT_PER_M_FORWARD = 1.6;
const LOW_Z_M = 0.86;
const FAR_X_M = 0.62;
const TILT_PER_M_FAR = 2.5;
const MAX_TILT_RAD = 0.9;

function googleTilt([x, , z]: Vec3): Quat {
  const over = z - HOME_Z_M;
  const high = Math.min(1, Math.max(0, (z - LOW_Z_M) / (HOME_Z_M - LOW_Z_M)));
  const wanted =
    TILT_RAD +
    over * (over > 0 ? TILT_PER_M_ABOVE : TILT_PER_M_BELOW) +
    high * TILT_PER_M_FORWARD * Math.max(0, x - NEAR_X_M) +
    TILT_PER_M_FAR * Math.max(0, x - FAR_X_M);
  return quatFromAxisAngle(TILT_AXIS, Math.min(MAX_TILT_RAD, Math.max(0, wanted)));
}

function googleDown(yawRad: number, tilt: Quat): Quat {
  return quatMultiply(tilt, quatMultiply(quatFromAxisAngle([0, 0, 1], yawRad), [0, 1, 0, 0]));
}

/** Takes off the shortest turn to straight down, and puts on the tilt of the height. */
function googleLevelled(orientation: Quat, position: Vec3): Quat {
  const [x, y, z] = quatRotate(orientation, [0, 0, 1]);
  const sine = Math.hypot(x, y);
  const down =
    sine < 1e-9
      ? orientation
      : quatMultiply(
          quatFromAxisAngle([-y / sine, x / sine, 0], Math.atan2(sine, -z)),
          orientation,
        );
  const [closingX, closingY] = quatRotate(down, [0, 1, 0]);
  return googleDown(Math.atan2(-closingX, closingY), googleTilt(position));
}

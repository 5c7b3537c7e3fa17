import type { CameraIntrinsics } from '../../core/observation/CameraIntrinsics.ts';
import { matrixFromQuat, quatMultiply, quatNormalize } from '../../core/math/quat.ts';
import type { Pose, Quat, Vec3 } from '../../core/math/types.ts';

/** A pixel position (centres of pixels at integers) and the distance along the optical axis. */
export type ProjectedPoint = { readonly u: number; readonly v: number; readonly depth: number };

/**
 * A pinhole camera without distortion. `baseFromCamera` is the optical frame of ROS: z forward,
 * x right, y down.
 */
export class CameraModel {
  readonly intrinsics: CameraIntrinsics;
  readonly baseFromCamera: Pose;
  /** Row-major rotation that turns base axes into optical axes. */
  readonly cameraFromBase: Float64Array;

  constructor(intrinsics: CameraIntrinsics, baseFromCamera: Pose) {
    this.intrinsics = intrinsics;
    this.baseFromCamera = baseFromCamera;
    const r = matrixFromQuat(baseFromCamera.orientation);
    this.cameraFromBase = Float64Array.of(r[0], r[3], r[6], r[1], r[4], r[7], r[2], r[5], r[8]);
  }

  get width(): number {
    return this.intrinsics.width;
  }

  get height(): number {
    return this.intrinsics.height;
  }

  /** Where a point of the base frame appears; undefined when it is not in front of the camera. */
  project(point: Vec3): ProjectedPoint | undefined {
    const m = this.cameraFromBase;
    const [ox, oy, oz] = this.baseFromCamera.position;
    const x = point[0] - ox;
    const y = point[1] - oy;
    const z = point[2] - oz;
    const depth = m[6]! * x + m[7]! * y + m[8]! * z;
    if (!(depth > 1e-6)) return undefined;
    const { fx, fy, cx, cy } = this.intrinsics;
    return {
      u: cx + (fx * (m[0]! * x + m[1]! * y + m[2]! * z)) / depth,
      v: cy + (fy * (m[3]! * x + m[4]! * y + m[5]! * z)) / depth,
      depth,
    };
  }

  /**
   * `project` in the normalised coordinates of plans: 0…1 over the image's area, so the left edge
   * of the first pixel is 0 and the right edge of the last is 1 at every resolution. Values outside
   * 0…1 are points outside the picture.
   */
  projectNormalised(point: Vec3): { readonly x: number; readonly y: number } | undefined {
    const p = this.project(point);
    if (p === undefined) return undefined;
    return { x: (p.u + 0.5) / this.width, y: (p.v + 0.5) / this.height };
  }

  /** The point of the base frame seen at a pixel, at a distance along the optical axis. */
  unproject(u: number, v: number, depth: number): Vec3 {
    const { fx, fy, cx, cy } = this.intrinsics;
    const x = ((u - cx) / fx) * depth;
    const y = ((v - cy) / fy) * depth;
    const m = this.cameraFromBase;
    const [ox, oy, oz] = this.baseFromCamera.position;
    return [
      ox + m[0]! * x + m[3]! * y + m[6]! * depth,
      oy + m[1]! * x + m[4]! * y + m[7]! * depth,
      oz + m[2]! * x + m[5]! * y + m[8]! * depth,
    ];
  }

  /** The same camera at another resolution: pixel areas, not centres, are what scales. */
  resized(width: number, height: number): CameraModel {
    const sx = width / this.width;
    const sy = height / this.height;
    const { fx, fy, cx, cy } = this.intrinsics;
    return new CameraModel(
      {
        width,
        height,
        fx: fx * sx,
        fy: fy * sy,
        cx: (cx + 0.5) * sx - 0.5,
        cy: (cy + 0.5) * sy - 0.5,
      },
      this.baseFromCamera,
    );
  }
}

/** The optical axes are the body's −y, −z and x. */
export const bodyFromOptical: Quat = [-0.5, 0.5, -0.5, 0.5];

/**
 * The optical orientation (z forward, x right, y down) of a camera whose body axes are x forward,
 * y left, z up, as SimplerEnv and SAPIEN give them. Normalises, since published poses are rounded.
 */
export function opticalFromForward(baseFromBody: Quat): Quat {
  return quatMultiply(quatNormalize(baseFromBody), bodyFromOptical);
}

/**
 * The third-person camera of SimplerEnv's WidowX scenes, in the arm's base frame
 * (position and orientation from its `bridge` settings, x forward and z up).
 */
export const widowxFrontCamera = new CameraModel(
  { width: 640, height: 480, fx: 623.588, fy: 623.588, cx: 319.5, cy: 239.5 },
  {
    position: [0, -0.16, 0.36],
    orientation: opticalFromForward([-0.0926, 0.3589, 0.2321, 0.8993]),
  },
);

/**
 * The head camera of Google Robot at the start of episodes, in the robot's base frame: from
 * SimplerEnv's settings, and the pose that the head's joints give there.
 */
export const googleHeadCamera = new CameraModel(
  { width: 640, height: 512, fx: 425, fy: 425, cx: 320, cy: 256 },
  {
    position: [0.146, 0, 1.213],
    orientation: opticalFromForward([0.0005, 0.3826, -0.0013, 0.9239]),
  },
);

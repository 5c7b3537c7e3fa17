/** A pinhole camera: size, focal lengths and principal point in pixels. */
export type CameraIntrinsics = {
  readonly width: number;
  readonly height: number;
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
};

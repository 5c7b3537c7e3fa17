import type { MessageType } from 'rclnodejs';
import type { CameraIntrinsics } from '../../core/observation/CameraIntrinsics.ts';
import { stampFromNs } from './time.ts';

type CameraInfoMessage = MessageType<'sensor_msgs/msg/CameraInfo'>;

/** An ideal camera: no distortion, rectified already. */
export function cameraInfoToMessage(
  { width, height, fx, fy, cx, cy }: CameraIntrinsics,
  stampNs: bigint,
  frame: string,
): CameraInfoMessage {
  return {
    header: { stamp: stampFromNs(stampNs), frame_id: frame },
    height,
    width,
    distortion_model: 'plumb_bob',
    d: [0, 0, 0, 0, 0],
    k: [fx, 0, cx, 0, fy, cy, 0, 0, 1],
    r: [1, 0, 0, 0, 1, 0, 0, 0, 1],
    p: [fx, 0, cx, 0, 0, fy, cy, 0, 0, 0, 1, 0],
    binning_x: 0,
    binning_y: 0,
    roi: { x_offset: 0, y_offset: 0, height: 0, width: 0, do_rectify: false },
  };
}

import type { MessageType } from 'rclnodejs';
import type { Observation, RgbImage } from '../../core/observation/Observation.ts';
import { poseFromMessage, poseToMessage } from './geometry.ts';
import { jointSampleFromMessage, jointSampleToMessage } from './jointState.ts';
import { nsFromStamp, secondsBetween, stampFromNs } from './time.ts';

type ImageMessage = MessageType<'sensor_msgs/msg/Image'>;
type ObservationMessage = MessageType<'st4vla_ros/msg/Observation'>;

export function rgbImageToMessage(image: RgbImage, stampNs: bigint, frame: string): ImageMessage {
  return {
    header: { stamp: stampFromNs(stampNs), frame_id: frame },
    height: image.height,
    width: image.width,
    encoding: 'rgb8',
    is_bigendian: 0,
    step: image.width * 3,
    data: image.data,
  };
}

/** @param nowNs the time of publishing, from which the ages count */
export function observationToMessage(
  observation: Observation,
  nowNs: bigint,
  frame: string,
): ObservationMessage {
  return {
    header: { stamp: stampFromNs(observation.stampNs), frame_id: frame },
    id: observation.id,
    view_names: observation.views.map((view) => view.name),
    views: observation.views.map((view) => rgbImageToMessage(view.image, view.stampNs, frame)),
    view_ages: observation.views.map((view) => secondsBetween(view.stampNs, nowNs)),
    joint_state: jointSampleToMessage(observation.joints),
    joint_state_age: secondsBetween(observation.joints.stampNs, nowNs),
    base_from_ee: poseToMessage(observation.baseFromEe),
    gripper_opening: observation.gripperOpening,
  };
}

/** @throws Error when an image is not what its header says */
export function observationFromMessage(message: ObservationMessage): Observation {
  return {
    id: BigInt(message.id),
    stampNs: nsFromStamp(message.header.stamp),
    views: message.views.map((view, i) => ({
      name: message.view_names[i] ?? `view ${i}`,
      image: rgbImageFromMessage(view),
      stampNs: nsFromStamp(view.header.stamp),
    })),
    joints: jointSampleFromMessage(message.joint_state),
    baseFromEe: poseFromMessage(message.base_from_ee),
    gripperOpening: message.gripper_opening,
  };
}

/** Views of an Observation are rgb8 without padding. */
function rgbImageFromMessage({ width, height, encoding, step, data }: ImageMessage): RgbImage {
  if (encoding !== 'rgb8' || step !== width * 3 || data.length !== step * height) {
    throw new Error(
      `a view of an observation has to be rgb8 with ${width * 3} bytes a row and ${height} rows, ` +
        `found ${encoding}, ${step} bytes a row and ${data.length} bytes`,
    );
  }
  return { width, height, data: data instanceof Uint8Array ? data : Uint8Array.from(data) };
}

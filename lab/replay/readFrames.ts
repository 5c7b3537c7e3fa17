import type { MessageType } from 'rclnodejs';
import { type BagReader, BagError } from '../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import type { DecodedImage } from '../../adapters/image/DecodedImage.ts';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import type { RgbImage } from '../../core/observation/Observation.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';

export type Image = MessageType<'sensor_msgs/msg/Image'>;
export type CompressedImage = MessageType<'sensor_msgs/msg/CompressedImage'>;

/** Image messages of either kind as pixels. */
export async function pixelsOf(
  type: string,
  message: Image | CompressedImage,
): Promise<DecodedImage> {
  const data = message.data as Uint8Array;
  if (type === 'sensor_msgs/msg/Image') return decodeRawImage({ ...(message as Image), data });
  return decodeCompressedImage(data);
}

/**
 * Pictures of a topic, in their own size and at least so far apart; those that do not decode are
 * left out.
 * @throws BagError where the topic's messages cannot be decoded
 */
export async function* readFrames(
  bag: BagReader,
  topicName: string,
  stepNs: bigint,
): AsyncGenerator<{ readonly image: RgbImage; readonly stampNs: bigint }, void, undefined> {
  const topic = bag.topics.find(({ name }) => name === topicName);
  const decoding = topic && messageDecoder<Image & CompressedImage>(topic);
  if (!decoding?.ok) throw new BagError(bag.path, decoding?.reason ?? `no topic ${topicName}`);
  let nextNs: bigint | undefined;
  for await (const { bytes } of bag.messages({ topics: [topicName] })) {
    const message = decoding.decode(bytes);
    const stampNs = nsFromStamp(message.header.stamp);
    // Cameras are not quite regular: half a step early is near enough.
    if (nextNs !== undefined && stampNs < nextNs - stepNs / 4n) continue;
    const decoded = await pixelsOf(topic!.type, message);
    if (!decoded.ok) continue;
    nextNs = stampNs + stepNs;
    yield { image: decoded.image, stampNs };
  }
}

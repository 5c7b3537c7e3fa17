import type { MessageType } from 'rclnodejs';
import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import { encodeJpeg } from '../../adapters/image/encodeImage.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';

/** Beyond this many at a time, pictures are left out: the encoder does not keep up. */
const MAX_IN_WORK = 8;

/** Turns sensor_msgs/Image into CompressedImage, both as bytes; encodes beside the main thread. */
export class JpegTap {
  readonly #images = new MessageCodec('sensor_msgs/msg/Image');
  readonly #compressed = new MessageCodec('sensor_msgs/msg/CompressedImage');
  readonly #quality: number;
  #inWork = 0;
  #dropped = 0;

  constructor(quality: number) {
    this.#quality = quality;
  }

  /** Pictures that could not be decoded, or came too fast. */
  get dropped(): number {
    return this.#dropped;
  }

  async convert(bytes: Uint8Array): Promise<Uint8Array | undefined> {
    const message: MessageType<'sensor_msgs/msg/Image'> = this.#images.decode(bytes);
    const { header, data } = message;
    const decoded = decodeRawImage({ ...message, data: data as Uint8Array });
    if (!decoded.ok || this.#inWork >= MAX_IN_WORK) {
      this.#dropped += 1;
      return undefined;
    }
    this.#inWork += 1;
    try {
      const jpeg = await encodeJpeg(decoded.image, this.#quality);
      return this.#compressed.encode({ header, format: 'rgb8; jpeg compressed rgb8', data: jpeg });
    } finally {
      this.#inWork -= 1;
    }
  }
}

import type { MessageType } from 'rclnodejs';
import type { DecodedImage } from '../../adapters/image/DecodedImage.ts';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import type { View } from '../../core/observation/Observation.ts';
import type { ImageSpec } from '../../core/policy/ModelSpec.ts';
import type { RecordedFrame } from '../../core/replay/RecordedWorld.ts';
import { ViewConverter } from '../../nodes/perception/ViewConverter.ts';
import { nsFromStamp } from '../../nodes/shared/messages/time.ts';

type Image = MessageType<'sensor_msgs/msg/Image'>;
type CompressedImage = MessageType<'sensor_msgs/msg/CompressedImage'>;

/** Turns image messages into frames, as the perception node does. */
export class FrameSource {
  readonly #size: Pick<ImageSpec, 'width' | 'height' | 'resample'>;
  #received = 0;
  #used = 0;
  #dropped = 0;
  #lastFault = '';

  constructor(size: Pick<ImageSpec, 'width' | 'height' | 'resample'>) {
    this.#size = size;
  }

  get figures() {
    return {
      received: this.#received,
      used: this.#used,
      dropped: this.#dropped,
      lastFault: this.#lastFault,
    };
  }

  /** @param decode of messages of that type */
  reader(
    view: string,
    type: string,
    decode: (bytes: Uint8Array) => unknown,
  ): (bytes: Uint8Array) => RecordedFrame {
    const converter = new ViewConverter(this.#size);
    const pixelsOf = type === 'sensor_msgs/msg/Image' ? rawPixels : compressedPixels;
    return (bytes) => {
      this.#received += 1;
      const message = decode(bytes) as Image & CompressedImage;
      return {
        decode: async () => {
          const decoded = await pixelsOf(message);
          if (!decoded.ok) {
            this.#dropped += 1;
            this.#lastFault = decoded.fault.message;
            return undefined;
          }
          this.#used += 1;
          const image = converter.convert(decoded.image);
          return { name: view, image, stampNs: nsFromStamp(message.header.stamp) } satisfies View;
        },
      };
    };
  }
}

async function rawPixels(message: Image): Promise<DecodedImage> {
  return decodeRawImage({ ...message, data: message.data as Uint8Array });
}

function compressedPixels({ data }: CompressedImage): Promise<DecodedImage> {
  return decodeCompressedImage(data as Uint8Array);
}

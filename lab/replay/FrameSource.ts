import type { View } from '../../core/observation/Observation.ts';
import type { ImageSpec } from '../../core/policy/ModelSpec.ts';
import type { RecordedFrame } from '../../core/replay/RecordedWorld.ts';
import { ViewConverter } from '../../core/image/ViewConverter.ts';
import { nsFromStamp } from '../../adapters/messages/time.ts';
import { type CompressedImage, type Image, pixelsOf } from './readFrames.ts';

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
    return (bytes) => {
      this.#received += 1;
      const message = decode(bytes) as Image & CompressedImage;
      return {
        decode: async () => {
          const decoded = await pixelsOf(type, message);
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

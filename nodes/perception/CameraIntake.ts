import type { DecodedImage } from '../../adapters/image/DecodedImage.ts';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { decodeRawImage } from '../../adapters/image/decodeRawImage.ts';
import type { PictureLimits } from '../../adapters/image/pictureLimits.ts';
import type { View } from '../../core/observation/Observation.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import { nsFromStamp, type Stamp } from '../../adapters/messages/time.ts';
import { EventRate } from '../shared/diagnostics/EventRate.ts';
import { newestFrame } from '../shared/node/qos.ts';
import type { ViewConverter } from '../../core/image/ViewConverter.ts';

export type Camera = {
  readonly name: string;
  readonly topic: string;
  readonly transport: string;
};

/** A message's header and how to get at its pixels. */
type Frame = {
  readonly header: { readonly stamp: Stamp; readonly frame_id: string };
  readonly decode: () => DecodedImage | Promise<DecodedImage>;
};

/**
 * One camera: from messages to views at the model's size. The newest frame wins: one that comes
 * while another is still being decoded takes the place of what waited before it. A bad frame is
 * dropped and counted.
 */
export class CameraIntake {
  readonly camera: Camera;
  /** Asked before a frame is decoded. */
  readonly #wanted: (stampNs: bigint) => boolean;
  readonly #deliver: (view: View, frameId: string) => void;
  readonly #converter: ViewConverter;
  readonly #rate = new EventRate();
  #waiting: Frame | undefined;
  #busy = false;
  #received = 0;
  #dropped = 0;
  #replaced = 0;
  #droppedAtLastReport = 0;
  #lastFault = '';

  constructor(
    node: ManagedNode,
    camera: Camera,
    options: {
      readonly converter: ViewConverter;
      /** Of pictures that are decoded; larger ones are dropped. */
      readonly limits: PictureLimits;
      readonly wanted: (stampNs: bigint) => boolean;
      readonly deliver: (view: View, frameId: string) => void;
    },
  ) {
    this.camera = camera;
    this.#converter = options.converter;
    this.#wanted = options.wanted;
    this.#deliver = options.deliver;
    const { topic } = camera;
    const { limits } = options;
    if (camera.transport === 'compressed') {
      node.listenRaw('sensor_msgs/msg/CompressedImage', topic, newestFrame(), (message) =>
        this.#take({
          header: message.header,
          decode: () => decodeCompressedImage(message.data as Uint8Array, limits),
        }),
      );
    } else {
      node.listenRaw('sensor_msgs/msg/Image', topic, newestFrame(), (message) =>
        this.#take({
          header: message.header,
          decode: () =>
            decodeRawImage({ ...message, data: message.data as Uint8Array }, { limits }),
        }),
      );
    }
  }

  diagnostic(): Diagnostic {
    const newlyDropped = this.#dropped - this.#droppedAtLastReport;
    this.#droppedAtLastReport = this.#dropped;
    const { name, topic } = this.camera;
    const { isSilent } = this.#rate;
    return {
      part: `camera ${name}`,
      level: newlyDropped > 0 ? 'error' : isSilent ? 'stale' : 'ok',
      message:
        newlyDropped > 0
          ? `${topic}: ${newlyDropped} frames dropped: ${this.#lastFault}`
          : isSilent
            ? `${topic}: no frames`
            : `${topic}: ${this.#rate.hz().toFixed(1)} Hz`,
      values: {
        topic,
        rate_hz: this.#rate.hz().toFixed(2),
        received: this.#received,
        dropped: this.#dropped,
        replaced_by_newer: this.#replaced,
        last_fault: this.#lastFault,
      },
    };
  }

  async #take(frame: Frame): Promise<void> {
    this.#received++;
    this.#rate.tick();
    if (!this.#wanted(nsFromStamp(frame.header.stamp))) return;
    if (this.#waiting) this.#replaced++;
    this.#waiting = frame;
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#next(); next; next = this.#next()) {
        const decoding = next.decode();
        this.#finish(next, decoding instanceof Promise ? await decoding : decoding);
      }
    } finally {
      this.#busy = false;
    }
  }

  #next(): Frame | undefined {
    const frame = this.#waiting;
    this.#waiting = undefined;
    return frame;
  }

  #finish({ header }: Frame, decoded: DecodedImage): void {
    if (!decoded.ok) {
      this.#dropped++;
      this.#lastFault = decoded.fault.message;
      return;
    }
    const image = this.#converter.convert(decoded.image);
    const view = { name: this.camera.name, image, stampNs: nsFromStamp(header.stamp) };
    this.#deliver(view, header.frame_id);
  }
}

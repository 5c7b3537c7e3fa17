import { nsOf } from '../math/time.ts';
import { CONTROL_PERIOD_SEC } from '../control/controlPeriod.ts';
import type { VirtualWorld } from '../execution/VirtualLoop.ts';
import type { JointSample, View } from '../observation/Observation.ts';

/** A camera's picture as it was recorded; decoded only when someone looks. */
export type RecordedFrame = {
  /** Undefined where the picture is damaged. */
  readonly decode: () => Promise<View | undefined>;
};

/** Something that was received, and when. */
export type RecordedEvent = { readonly arrivalNs: bigint } & (
  | { readonly kind: 'joints'; readonly sample: JointSample }
  | { readonly kind: 'frame'; readonly frame: RecordedFrame }
  | { readonly kind: 'instruction'; readonly text: string }
);

/**
 * What was recorded of an arm, its cameras and its operator, as a world in virtual time. Commands
 * change nothing in it. Every frame is shown, as a live node sees it that keeps up.
 */
export class RecordedWorld implements VirtualWorld {
  readonly arm = 'recorded';
  readonly #periodNs: bigint;
  /** What is yet to come, the earliest first. */
  #events: RecordedEvent[] = [];
  #samples: JointSample[] = [];
  #frames: RecordedFrame[] = [];
  #instruction: string | undefined;
  #timeNs: bigint;

  constructor(startNs: bigint, periodSec = CONTROL_PERIOD_SEC) {
    this.#timeNs = startNs;
    this.#periodNs = nsOf(periodSec);
  }

  get timeNs(): bigint {
    return this.#timeNs;
  }

  /** Events have to come in the order of their arrival, and before their time. */
  add(event: RecordedEvent): void {
    this.#events.push(event);
  }

  jointSamples(): readonly JointSample[] {
    this.#receive();
    const samples = this.#samples;
    this.#samples = [];
    return samples;
  }

  instruction(): string | undefined {
    this.#receive();
    const instruction = this.#instruction;
    this.#instruction = undefined;
    return instruction;
  }

  /** What has come since the last call, in the order in which it came. */
  async look(): Promise<readonly View[] | undefined> {
    this.#receive();
    const frames = this.#frames;
    this.#frames = [];
    const views: View[] = [];
    for (const frame of frames) {
      const view = await frame.decode();
      if (view) views.push(view);
    }
    return views.length > 0 ? views : undefined;
  }

  step(): void {
    this.#timeNs += this.#periodNs;
  }

  #receive(): void {
    let count = 0;
    for (const event of this.#events) {
      if (event.arrivalNs > this.#timeNs) break;
      count += 1;
      if (event.kind === 'joints') this.#samples.push(event.sample);
      else if (event.kind === 'frame') this.#frames.push(event.frame);
      else this.#instruction = event.text;
    }
    if (count > 0) this.#events = this.#events.slice(count);
  }
}

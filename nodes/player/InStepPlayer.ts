import type { BagMessage } from '../../adapters/bags/Bag.ts';
import { CONTROL_PERIOD_NS, controlPeriodStart } from '../../core/control/controlPeriod.ts';
import type { BagPlayerOptions } from './BagPlayer.ts';

export type InStepOptions = BagPlayerOptions & {
  readonly kindOf: (topic: string) => 'instruction' | 'primary' | 'frame' | 'other';
  /** When a frame was taken. */
  readonly stampOf: (message: BagMessage) => bigint;
  /** Whether an instruction is not the one that is followed already; by default every one is new. */
  readonly isNew?: (message: BagMessage) => boolean;
  /** Forgets the instructions before, when the bag continues at another time. */
  readonly forget?: () => void;
  /** Lets the arm's commands begin again from where the bag says that it is. */
  readonly resetController: () => Promise<void>;
  /** Waits until perception has taken what was published before. */
  readonly received: () => Promise<void>;
  /** Waits until the pipeline has answered a frame of the primary view, or longer than it may take. */
  readonly answered: (stampNs: bigint) => Promise<void>;
  /** Waits until the controller has done the period of this time, or longer than it may take. */
  readonly stepped: (timeNs: bigint) => Promise<void>;
};

/**
 * A bag in the controller's periods, each of which begins when all nodes have done the one before: the
 * same frames become the same chunks at the same ticks, however long inference takes. A period
 * has first instructions, then joint states, then frames, and the command at its end, as in a replay in virtual time without delays.
 */
export class InStepPlayer {
  /** Of the first period and of the last one. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly #options: InStepOptions;
  #nowNs: bigint;

  constructor(options: InStepOptions) {
    const { cursor } = options;
    this.#options = options;
    this.startNs = controlPeriodStart(cursor.startNs);
    this.endNs = controlPeriodStart(cursor.endNs + CONTROL_PERIOD_NS - 1n);
    // The first period is yet to come.
    this.#nowNs = this.startNs - CONTROL_PERIOD_NS;
  }

  get nowNs(): bigint {
    return this.#nowNs;
  }

  get hasEnded(): boolean {
    return this.#nowNs >= this.endNs;
  }

  /** Continues with the period of this time, which may be earlier; sends what is latched there. */
  async seek(timeNs: bigint): Promise<void> {
    const { cursor, publish, publishClock, forget } = this.#options;
    forget?.();
    this.#nowNs = controlPeriodStart(timeNs) - CONTROL_PERIOD_NS;
    publishClock(this.#nowNs);
    for (const { topic, bytes } of await cursor.seek(this.#nowNs + 1n)) publish(topic, bytes);
  }

  /** Plays all periods that end by this time. */
  async playUntil(timeNs: bigint): Promise<void> {
    if (!this.#options.cursor.hasBegun) await this.seek(this.startNs);
    while (this.#nowNs + CONTROL_PERIOD_NS <= timeNs && !this.hasEnded) {
      const leapNs = this.#options.cursor.leapFrom(this.#nowNs);
      const nextNs = this.#nowNs + CONTROL_PERIOD_NS;
      await this.#period(leapNs === undefined ? nextNs : controlPeriodStart(leapNs));
    }
  }

  repeatClock(): void {
    this.#options.publishClock(this.#nowNs);
  }

  async #period(timeNs: bigint): Promise<void> {
    const { cursor, kindOf, stampOf, publish, publishClock, isNew } = this.#options;
    const messages: BagMessage[] = [];
    for await (const message of cursor.until(timeNs)) messages.push(message);
    const of = (...kinds: ReturnType<typeof kindOf>[]) =>
      messages.filter(({ topic }) => kinds.includes(kindOf(topic)));
    const instructions = of('instruction');
    const begins = instructions.filter((message) => isNew?.(message) ?? true).length > 0;
    if (begins) await this.#options.resetController();
    for (const { topic, bytes } of [...instructions, ...of('other'), ...of('frame')])
      publish(topic, bytes);
    const primary = of('primary');
    if (primary.length > 0) await this.#options.received();
    for (const frame of primary) {
      publish(frame.topic, frame.bytes);
      await this.#options.answered(stampOf(frame));
    }
    publishClock(timeNs);
    this.#nowNs = timeNs;
    await this.#options.stepped(timeNs);
  }
}

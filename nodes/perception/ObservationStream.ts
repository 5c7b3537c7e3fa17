import type { JointSample, View } from '../../core/observation/Observation.ts';
import type {
  Assembly,
  ObservationAssembler,
} from '../../core/observation/ObservationAssembler.ts';
import type { ManagedNode, Publisher } from '../shared/node/ManagedNode.ts';
import { frameIdOf } from '../../adapters/messages/frameId.ts';
import { observationToMessage } from '../../adapters/messages/observation.ts';
import { secondsBetween } from '../../adapters/messages/time.ts';
import { sensorData } from '../shared/node/qos.ts';
import type { PerceptionStatistics } from './PerceptionStatistics.ts';

export type ObservationStreamOptions = {
  readonly newAssembler: () => ObservationAssembler;
  readonly statistics: PerceptionStatistics;
  readonly primaryView: string;
  /** Most observations a second; 0 for no bound. */
  readonly maxRateHz: () => number;
};

/** Views and joint states in, observations out on the topic. */
export class ObservationStream {
  readonly #node: ManagedNode;
  readonly #options: ObservationStreamOptions;
  readonly #publisher: Publisher<'st4vla_ros/msg/Observation'>;
  #assembler: ObservationAssembler;
  #lastStampNs = 0n;
  /** What the primary view waits for; undefined while none does. */
  #waitingFor: string | undefined;
  #frameId = '';

  constructor(node: ManagedNode, options: ObservationStreamOptions) {
    this.#node = node;
    this.#options = options;
    this.#assembler = options.newAssembler();
    const type = 'st4vla_ros/msg/Observation';
    this.#publisher = node.advertiseRaw(type, 'observation', sensorData());
  }

  restart(): void {
    this.#assembler = this.#options.newAssembler();
    this.#lastStampNs = 0n;
    this.#waitingFor = undefined;
  }

  /** False where a view would come too soon after the last observation. */
  wants(name: string, stampNs: bigint): boolean {
    const maxRateHz = this.#options.maxRateHz();
    if (name !== this.#options.primaryView || maxRateHz === 0) return true;
    // A frame that comes a little early is not put off by a whole frame.
    return Math.abs(secondsBetween(this.#lastStampNs, stampNs)) >= 0.9 / maxRateHz;
  }

  addJoints(sample: JointSample): void {
    const answer = this.#assembler.addJoints(sample);
    this.#options.statistics.joints(answer.accepted ? undefined : answer.reason);
    const completed = this.#assembler.complete();
    if (completed) this.#handle(completed);
  }

  addView(view: View, frameId: string): void {
    if (view.name === this.#options.primaryView) {
      if (this.#waitingFor !== undefined) this.#options.statistics.refuse(this.#waitingFor);
      this.#frameId = frameIdOf(frameId);
    }
    this.#handle(this.#assembler.addView(view));
  }

  #handle(assembly: Assembly): void {
    if (assembly.status === 'kept') return;
    this.#waitingFor = assembly.status === 'waiting' ? assembly.reason : undefined;
    if (assembly.status === 'refused') this.#options.statistics.refuse(assembly.reason);
    if (assembly.status !== 'observation') return;
    const { observation } = assembly;
    const nowNs = this.#node.nowNs();
    this.#lastStampNs = observation.stampNs;
    this.#publisher.publish(observationToMessage(observation, nowNs, this.#frameId));
    this.#options.statistics.published(secondsBetween(observation.stampNs, nowNs));
  }
}

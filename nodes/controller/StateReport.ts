import { executionStateToMessage } from '../../adapters/messages/executionState.ts';
import { CONTROL_PERIOD_SEC } from '../../core/control/controlPeriod.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { ManagedNode, Publisher } from '../shared/node/ManagedNode.ts';
import { reliable } from '../shared/node/qos.ts';
import { ControllerStatistics } from './ControllerStatistics.ts';

const TYPE = 'st4vla_ros/msg/ExecutionState';

/** Publishes what the controller does on `execution_state`, and counts it. */
export class StateReport {
  readonly statistics = new ControllerStatistics(CONTROL_PERIOD_SEC);
  readonly #publisher: Publisher<typeof TYPE>;
  readonly #baseFrame: string;
  #last: ControllerOutput | undefined;

  /** @param baseFrame frame of the poses */
  constructor(node: ManagedNode, baseFrame: string) {
    this.#publisher = node.advertise(TYPE, 'execution_state', reliable(1));
    this.#baseFrame = baseFrame;
  }

  /** The output that was published last. */
  get last(): ControllerOutput | undefined {
    return this.#last;
  }

  /** @param startedMs when the control period began, by the process; NaN if this is not one */
  publish(output: ControllerOutput, nowNs: bigint, startedMs: number): void {
    this.#last = output;
    this.#publisher.publish(executionStateToMessage(output, nowNs, this.#baseFrame));
    this.statistics.step(output, startedMs);
  }
}

import type { Heartbeat } from '../../../core/supervision/Heartbeat.ts';
import type { ManagedNode, Publisher } from './ManagedNode.ts';
import { heartbeatToMessage } from '../../../adapters/messages/heartbeat.ts';
import { hostIdentity } from '../process/processIdentity.ts';
import { reliable } from './qos.ts';

/**
 * Tells a supervisor that this process is alive, from its main thread: one that hangs is silent,
 * as one that is stopped.
 */
export class HeartbeatSender {
  readonly #node: ManagedNode;
  readonly #publisher: Publisher<'st4vla_ros/msg/Heartbeat'>;
  readonly #beat: Omit<Heartbeat, 'isLeaving'>;
  #timer: NodeJS.Timeout | undefined;

  /** Call it before the node spins. */
  constructor(node: ManagedNode, periodSec: number) {
    this.#node = node;
    this.#publisher = node.advertiseRaw('st4vla_ros/msg/Heartbeat', 'heartbeat', reliable(1));
    this.#beat = { node: node.fullName, host: hostIdentity(), pid: process.pid, periodSec };
  }

  start(): void {
    const send = this.#node.guard.wrap('heartbeat', () => this.#send(false));
    this.#timer = setInterval(send, this.#beat.periodSec * 1000);
    send();
  }

  /** Sends the last heartbeat: the process was asked to end. */
  stop(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#send(true);
  }

  #send(isLeaving: boolean): void {
    this.#publisher.publish(heartbeatToMessage({ ...this.#beat, isLeaving }, this.#node.nowNs()));
  }
}

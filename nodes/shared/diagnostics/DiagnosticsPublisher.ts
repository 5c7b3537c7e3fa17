import { printable } from '../../../core/text/printable.ts';
import type { ManagedNode, Publisher } from '../node/ManagedNode.ts';
import { stampFromNs } from '../../../adapters/messages/time.ts';
import { reliable } from '../node/qos.ts';

const LEVELS = ['ok', 'warn', 'error', 'stale'] as const;

/** Longer texts are cut, characters. */
const MAX_TEXT = 1000;

/** How one part of a node fares. */
export type Diagnostic = {
  /** Of the part, e.g. `camera front`; the node's name is put before it. */
  readonly part: string;
  /** In the order of diagnostic_msgs/DiagnosticStatus. */
  readonly level: (typeof LEVELS)[number];
  readonly message: string;
  readonly values?: Readonly<Record<string, string | number | bigint | boolean>>;
};

/** Publishes a node's diagnostics on `/diagnostics`, exceptions in its callbacks included. */
export class DiagnosticsPublisher {
  readonly #node: ManagedNode;
  readonly #publisher: Publisher<'diagnostic_msgs/msg/DiagnosticArray'>;
  #reportedExceptions = 0;

  constructor(node: ManagedNode) {
    this.#node = node;
    this.#publisher = node.advertise(
      'diagnostic_msgs/msg/DiagnosticArray',
      '/diagnostics',
      reliable(),
    );
  }

  publish(parts: readonly Diagnostic[]): void {
    this.#publisher.publish({
      header: { stamp: stampFromNs(this.#node.nowNs()), frame_id: '' },
      status: [this.#callbacks(), ...parts].map(({ part, level, message, values = {} }) => ({
        level: LEVELS.indexOf(level),
        name: `${this.#node.fullName}: ${part}`,
        message: printable(message, MAX_TEXT),
        hardware_id: '',
        values: Object.entries(values).map(([key, value]) => ({
          key,
          value: printable(String(value), MAX_TEXT),
        })),
      })),
    });
  }

  /** An error while exceptions come, a warning ever after the first. */
  #callbacks(): Diagnostic {
    const faults = [...this.#node.guard.faults];
    const count = faults.reduce((sum, [, fault]) => sum + fault.count, 0);
    const isNew = count > this.#reportedExceptions;
    this.#reportedExceptions = count;
    return {
      part: 'callbacks',
      level: isNew ? 'error' : count > 0 ? 'warn' : 'ok',
      message: count === 0 ? 'no exception' : `${count} exceptions since the start`,
      values: {
        active: this.#node.isActive,
        ...Object.fromEntries(faults.map(([name, f]) => [name, `${f.count}: ${f.lastMessage}`])),
      },
    };
  }
}

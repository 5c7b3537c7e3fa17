import type { Diagnostic } from '../diagnostics/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../node/ManagedNode.ts';
import type { OtherHands } from './OtherHands.ts';

/** Reports other nodes that keep this one still: in the log when that changes, and as a diagnostic. */
export class HandDiagnostics {
  readonly #node: ManagedNode;
  readonly #hands: OtherHands;
  #reported: string | undefined;

  constructor(node: ManagedNode, hands: OtherHands) {
    this.#node = node;
    this.#hands = hands;
    this.diagnostic();
  }

  diagnostic(): Diagnostic {
    const conflict = this.#hands.conflict(performance.now());
    if (conflict !== this.#reported) {
      const logger = this.#node.getLogger();
      if (conflict === undefined) logger.warn('alone again');
      else logger.error(conflict);
      this.#reported = conflict;
    }
    const { isBlind } = this.#hands;
    const unknown = 'this middleware does not tell whether another node does the same';
    return {
      part: 'one hand',
      level: conflict !== undefined ? 'error' : isBlind ? 'warn' : 'ok',
      message: conflict ?? (isBlind ? unknown : ''),
    };
  }
}

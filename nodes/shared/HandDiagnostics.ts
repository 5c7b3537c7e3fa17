import type { Diagnostic } from './DiagnosticsPublisher.ts';
import type { ManagedNode } from './ManagedNode.ts';
import type { OtherHands } from './OtherHands.ts';

/** Tells of other nodes that keep this one still: in the log when that changes, and as a diagnostic. */
export class HandDiagnostics {
  readonly #node: ManagedNode;
  readonly #hands: OtherHands;
  #told: string | undefined;

  constructor(node: ManagedNode, hands: OtherHands) {
    this.#node = node;
    this.#hands = hands;
    this.diagnostic();
  }

  diagnostic(): Diagnostic {
    const obstacle = this.#hands.obstacle(performance.now());
    if (obstacle !== this.#told) {
      const logger = this.#node.getLogger();
      if (obstacle === undefined) logger.warn('alone again');
      else logger.error(obstacle);
      this.#told = obstacle;
    }
    const { isBlind } = this.#hands;
    const unknown = 'this middleware does not tell whether another node does the same';
    return {
      part: 'one hand',
      level: obstacle !== undefined ? 'error' : isBlind ? 'warn' : 'ok',
      message: obstacle ?? (isBlind ? unknown : ''),
    };
  }
}

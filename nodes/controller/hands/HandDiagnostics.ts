import type { Diagnostic } from '../../shared/DiagnosticsPublisher.ts';
import type { ManagedNode } from '../../shared/ManagedNode.ts';
import type { OtherHands } from './OtherHands.ts';

/** Tells of other hands on the arm, in the log when that changes and in the diagnostics. */
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
      if (obstacle === undefined) logger.warn('no other hand is on the arm any more');
      else logger.error(obstacle);
      this.#told = obstacle;
    }
    const { isBlind } = this.#hands;
    const unknown = 'this middleware does not tell whether another hand is on the arm';
    return {
      part: 'one hand',
      level: obstacle !== undefined ? 'error' : isBlind ? 'warn' : 'ok',
      message: obstacle ?? (isBlind ? unknown : ''),
    };
  }
}

import type { ProvenProcess } from './Witness.ts';

/**
 * `absent`: it need not be there, and is not; `starting`: not heard yet; `overdue`: that takes too
 * long; `silent`: it was heard, and is not any more; `ended`: its process is gone, and did not say
 * that it would go; `left`: it said so; `given_up`: it fails again and again.
 */
export type NodeState =
  'absent' | 'starting' | 'overdue' | 'alive' | 'silent' | 'ended' | 'left' | 'given_up';

export type NodeReport = {
  readonly state: NodeState;
  readonly host: string;
  readonly pid: number;
  /** The kernel shows that the process is this node, started by the launch of the supervisor. */
  readonly isProven: boolean;
  /** Processes that followed on one that had failed. */
  readonly restarts: number;
  /** Since the last heartbeat that counts, or since it was expected. */
  readonly silentSec: number;
  /** Heartbeats in its name that contradict what is known. */
  readonly refused: number;
  /** What was wrong with the last of them; absent where that is some time ago. */
  readonly contradiction: string | undefined;
};

/** `kill`: end the process; `give_up`: stop the arm; `report`: nothing but say it. */
export type NodeVerdict =
  | { readonly kind: 'kill'; readonly process: ProvenProcess; readonly reason: string }
  | { readonly kind: 'give_up' | 'report'; readonly reason: string };

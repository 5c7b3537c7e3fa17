import type { Heartbeat } from './Heartbeat.ts';
import type { SupervisionPolicy } from './Supervisor.ts';

/**
 * `starting`: not heard yet, or not again; `overdue`: that takes too long; `silent`: it was heard,
 * and is not any more; `left`: it said that it would go; `given_up`: it fails again and again.
 */
export type NodeState = 'starting' | 'overdue' | 'alive' | 'silent' | 'left' | 'given_up';

export type NodeReport = {
  readonly state: NodeState;
  readonly host: string;
  readonly pid: number;
  /** Processes that followed on one that had failed. */
  readonly restarts: number;
  /** Since the last heartbeat, or since it was expected. */
  readonly silentSec: number;
};

/** `kill`: end the process; `give_up`: stop the arm. */
export type Verdict = 'kill' | 'give_up';

const SILENCE_LIMIT_SEC = 30;

/** One node in the eyes of the supervisor. */
export class WatchedNode {
  readonly #policy: SupervisionPolicy;
  #sinceSec: number;
  #last: Heartbeat | undefined;
  #state: NodeState = 'starting';
  #restarts = 0;
  /** When it failed, within the policy's window. */
  #failuresSec: number[] = [];
  #hasGivenUp = false;

  constructor(policy: SupervisionPolicy, nowSec: number) {
    this.#policy = policy;
    this.#sinceSec = nowSec;
  }

  beat(heartbeat: Heartbeat, nowSec: number): void {
    const last = this.#last;
    const isOther =
      last !== undefined && (last.pid !== heartbeat.pid || last.host !== heartbeat.host);
    // One that was started again before anybody noticed its end.
    if (isOther && this.#state === 'alive') this.#failuresSec.push(nowSec);
    if (isOther && this.#state !== 'left') this.#restarts += 1;
    this.#last = heartbeat;
    this.#sinceSec = nowSec;
    this.#state = heartbeat.isLeaving ? 'left' : 'alive';
  }

  check(nowSec: number): { kind: Verdict; host: string; pid: number; reason: string } | undefined {
    const { maxRestarts, windowSec, startSec } = this.#policy;
    const silentSec = nowSec - this.#sinceSec;
    this.#failuresSec = this.#failuresSec.filter((sec) => nowSec - sec <= windowSec);
    if (this.#state === 'starting' && silentSec > startSec) this.#state = 'overdue';
    const isSilent = this.#state === 'alive' && silentSec > this.#toleratedSec();
    if (isSilent) {
      this.#failuresSec.push(nowSec);
      this.#state = 'silent';
    }
    const failures = this.#failuresSec.length;
    if (failures <= maxRestarts) this.#hasGivenUp = false;
    else if (!this.#hasGivenUp) {
      this.#hasGivenUp = true;
      return this.#action('give_up', `has failed ${failures} times within ${windowSec} s`);
    }
    if (this.#hasGivenUp) return undefined;
    return isSilent ? this.#action('kill', `is silent for ${silentSec.toFixed(2)} s`) : undefined;
  }

  report(nowSec: number): NodeReport {
    return {
      state: this.#hasGivenUp ? 'given_up' : this.#state,
      host: this.#last?.host ?? '',
      pid: this.#last?.pid ?? 0,
      restarts: this.#restarts,
      silentSec: nowSec - this.#sinceSec,
    };
  }

  /** Twice as long after each failure: what fails again and again is not ended every time at once. */
  #toleratedSec(): number {
    const baseSec = this.#policy.missedBeats * (this.#last?.periodSec ?? 0);
    const longestSec = Math.max(baseSec, SILENCE_LIMIT_SEC);
    return Math.min(longestSec, baseSec * 2 ** this.#failuresSec.length);
  }

  #action(kind: Verdict, reason: string) {
    return { kind, host: this.#last?.host ?? '', pid: this.#last?.pid ?? 0, reason };
  }
}

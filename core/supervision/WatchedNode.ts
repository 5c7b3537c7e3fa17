import { Contradictions } from './Contradictions.ts';
import type { Heartbeat } from './Heartbeat.ts';
import type { NodeReport, NodeState, NodeVerdict } from './NodeReport.ts';
import { describe, Source } from './Source.ts';
import type { SupervisionPolicy } from './SupervisionPolicy.ts';
import type { Witness } from './Witness.ts';

const SILENCE_LIMIT_SEC = 30;
/** How long a process may take to end after it said that it leaves. */
const LEAVE_LIMIT_SEC = 5;
/** How long the farewell of a process that has ended may be on its way. */
const FAREWELL_SEC = 0.5;
/** Heartbeats of one process before it may be ended for its silence. */
const MIN_BEATS = 2;
/** By how much the period in a heartbeat may differ from the configured one. */
const PERIOD_TOLERANCE = 0.01;

/**
 * One node in the eyes of the supervisor. A heartbeat is what someone says, so it has consequences
 * (an end, a failure that counts) only for a process that the kernel proves to be this node.
 */
export class WatchedNode {
  readonly #name: string;
  readonly #policy: SupervisionPolicy;
  readonly #witness: Witness;
  readonly #contradictions = new Contradictions();
  /** When the last heartbeat that counts came, or when it was first expected. */
  #sinceSec: number;
  #source: Source | undefined;
  #state: NodeState;
  /**
   * The machine of a process that was proven: from then on no process of which nothing is proven may
   * pass for this node.
   */
  #host = '';
  #restarts = 0;
  /** When it failed, within the policy's window. */
  #failuresSec: number[] = [];
  #hasGivenUp = false;

  /**
   * @param name its full name
   * @param isOptional it need not be there
   */
  constructor(
    name: string,
    { policy, witness }: { readonly policy: SupervisionPolicy; readonly witness: Witness },
    { nowSec, isOptional }: { readonly nowSec: number; readonly isOptional: boolean },
  ) {
    this.#name = name;
    this.#policy = policy;
    this.#witness = witness;
    this.#sinceSec = nowSec;
    this.#state = isOptional ? 'absent' : 'starting';
  }

  beat(heartbeat: Heartbeat, nowSec: number): void {
    const source = this.#source;
    const problem = source?.isSender(heartbeat)
      ? this.#beatOfSource(source, heartbeat, nowSec)
      : this.#beatOfAnother(heartbeat, nowSec);
    if (problem !== undefined) this.#contradictions.add(problem, nowSec);
  }

  /** @param isFlooded this many heartbeats come that some may be lost */
  check(nowSec: number, isFlooded: boolean): NodeVerdict | undefined {
    const { maxRestarts, windowSec, startSec, periodSec } = this.#policy;
    this.#lookForAnother(nowSec);
    const end = this.#noticeEnd(nowSec);
    const source = this.#source;
    if (isFlooded && this.#state === 'alive' && source?.isSeenAtWork(nowSec, periodSec))
      this.#sinceSec = nowSec;
    const silentSec = nowSec - this.#sinceSec;
    this.#failuresSec = this.#failuresSec.filter((sec) => nowSec - sec <= windowSec);
    if (this.#state === 'starting' && silentSec > startSec) this.#state = 'overdue';
    const isSilent = this.#state === 'alive' && silentSec > this.#toleratedSec();
    if (isSilent) {
      if (source?.proof) this.#failuresSec.push(nowSec);
      this.#state = 'silent';
    }
    const failures = this.#failuresSec.length;
    if (failures <= maxRestarts) this.#hasGivenUp = false;
    else if (!this.#hasGivenUp) {
      this.#hasGivenUp = true;
      return { kind: 'give_up', reason: `has failed ${failures} times within ${windowSec} s` };
    }
    if (isSilent && source && !this.#hasGivenUp) return onSilence(source, silentSec);
    if (end !== undefined) return { kind: 'report', reason: end };
    const news = this.#contradictions.news(nowSec);
    return news === undefined
      ? undefined
      : { kind: 'report', reason: `is heard in contradiction and not believed: ${news}` };
  }

  report(nowSec: number): NodeReport {
    return {
      state: this.#hasGivenUp ? 'given_up' : this.#state,
      host: this.#source?.host ?? '',
      pid: this.#source?.pid ?? 0,
      isProven: this.#source?.proof !== undefined,
      restarts: this.#restarts,
      silentSec: nowSec - this.#sinceSec,
      refused: this.#contradictions.count,
      contradiction: this.#contradictions.shown(nowSec),
    };
  }

  /** Returns what contradicts what is known; `undefined` where the heartbeat is believed. */
  #beatOfSource(source: Source, heartbeat: Heartbeat, nowSec: number): string | undefined {
    if (heartbeat.isLeaving) {
      if (source.leaveIsForged || source.beats === 0)
        return `${describe(source)} is said to leave, and stays`;
      // What the kernel can show is waited for.
      if (source.proof) source.leavingSec ??= nowSec;
      else this.#leave();
      return undefined;
    }
    let problem: string | undefined;
    if (source.leavingSec !== undefined) {
      source.leavingSec = undefined;
      source.leaveIsForged = true;
      problem = `${describe(source)} was said to leave, and is heard again`;
    }
    // What comes faster than it should is dropped before it costs anything.
    const isEarly = nowSec - this.#sinceSec < this.#policy.periodSec / 4;
    if (this.#state === 'alive' && isEarly) return problem;
    source.prove(heartbeat);
    if (source.proof) this.#host = source.host;
    const doubt = this.#problemOfPeriod(heartbeat) ?? source.impossible();
    if (doubt === undefined) this.#believe(source, nowSec);
    return problem ?? doubt;
  }

  /** As above, of a process other than the one that is known. */
  #beatOfAnother(heartbeat: Heartbeat, nowSec: number): string | undefined {
    const source = this.#source;
    const problem = this.#problemOfPeriod(heartbeat);
    if (problem !== undefined) return problem;
    const proof = this.#witness.prove(heartbeat);
    if (proof) {
      const isSecond = source?.proof !== undefined && !source.isGone();
      if (isSecond) return `${describe(heartbeat)}, of this launch, has its name, too`;
    } else {
      const longestSec = this.#policy.missedBeats * this.#policy.periodSec;
      const isTaken = source !== undefined && nowSec - this.#sinceSec <= longestSec;
      if (this.#host !== '' || isTaken) return `${describe(heartbeat)} claims its name`;
    }
    if (!heartbeat.isLeaving) {
      if (proof) this.#host = heartbeat.host;
      this.#follow(source, proof !== undefined, nowSec);
      this.#source = new Source(heartbeat, this.#witness, proof);
      this.#believe(this.#source, nowSec);
    }
    return undefined;
  }

  /** Counts what it means that another process has come after `former`. */
  #follow(former: Source | undefined, isProven: boolean, nowSec: number): void {
    if (!former || (isProven && !former.proof)) return;
    this.#restarts += 1;
    // One that was started again before its end was noticed.
    if (former.proof && this.#state === 'alive') this.#failuresSec.push(nowSec);
  }

  /** Returns what to say about a process that is gone without having said that it would go. */
  #noticeEnd(nowSec: number): string | undefined {
    const source = this.#source;
    if (!source?.isGone()) return undefined;
    if (source.leavingSec !== undefined) {
      this.#leave();
      return undefined;
    }
    source.goneSec ??= nowSec;
    if (nowSec - source.goneSec < FAREWELL_SEC) return undefined;
    if (this.#state !== 'silent') this.#failuresSec.push(nowSec);
    this.#state = 'ended';
    this.#sinceSec = nowSec;
    this.#source = undefined;
    return `has ended: ${describe(source)}`;
  }

  /** After an end: a process that dies before it is heard is one more failure. */
  #lookForAnother(nowSec: number): void {
    const proof = this.#state === 'ended' ? this.#witness.find(this.#name) : undefined;
    if (!proof) return;
    this.#source = new Source({ host: this.#host, pid: proof.pid }, this.#witness, proof);
    this.#state = 'starting';
    this.#sinceSec = nowSec;
    this.#restarts += 1;
  }

  #problemOfPeriod({ periodSec, pid }: Heartbeat): string | undefined {
    const expected = this.#policy.periodSec;
    const isRight = Math.abs(periodSec - expected) <= PERIOD_TOLERANCE * expected;
    if (isRight) return undefined;
    return `process ${pid} says that its heartbeat_period is ${Number(periodSec.toPrecision(3))} s, not ${expected} s`;
  }

  #believe(source: Source, nowSec: number): void {
    source.beats += 1;
    this.#sinceSec = nowSec;
    this.#state = 'alive';
  }

  #leave(): void {
    this.#state = 'left';
    this.#source = undefined;
  }

  /** Twice as long after each failure: what fails again and again is not ended every time at once. */
  #toleratedSec(): number {
    const baseSec = this.#policy.missedBeats * this.#policy.periodSec;
    const longestSec = Math.max(baseSec, SILENCE_LIMIT_SEC);
    const sec = Math.min(longestSec, baseSec * 2 ** this.#failuresSec.length);
    return this.#source?.leavingSec === undefined ? sec : Math.max(sec, LEAVE_LIMIT_SEC);
  }
}

function onSilence(source: Source, silentSec: number): NodeVerdict {
  const left = source.leavingSec === undefined ? '' : ', after it said that it leaves';
  const reason = `is silent for ${silentSec.toFixed(2)} s${left}`;
  const { proof } = source;
  if (proof && source.beats >= MIN_BEATS) return { kind: 'kill', process: proof, reason };
  const why = proof
    ? `${describe(source)} was heard only once`
    : `${describe(source)} is not proven to be this node, started by this launch`;
  return { kind: 'report', reason: `${reason}; it is left as it is: ${why}` };
}

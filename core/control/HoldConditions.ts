import type { ExecutionStatus } from '../execution/ExecutionStatus.ts';
import type { ArmAnchor } from './ArmAnchor.ts';
import type { ArmMotion } from './ArmMotion.ts';
import type { FaultLatch } from './FaultLatch.ts';
import type { JointMonitor } from './JointMonitor.ts';

/** What a controller does, and why; the reason is empty while it runs freely. */
export type ControlState = { readonly status: ExecutionStatus; readonly reason: string };

type Parts = {
  readonly monitor: JointMonitor;
  readonly anchor: ArmAnchor;
  readonly motion: ArmMotion;
  readonly faults: FaultLatch;
};

/** Everything that forbids motion: a fault, a stop, a receiver that is not ready, an unknown place. */
export class HoldConditions {
  /** Why the arm is stopped until `resume`. */
  stopReason: string | undefined;
  /** Why the receiver of the commands would not follow them now. */
  inhibition: string | undefined;
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Why the arm is stopped, by an operator or by its receiver. */
  get stopped(): string | undefined {
    return this.stopReason ?? this.inhibition;
  }

  /**
   * Judges a period, before its step.
   *
   * @returns what forbids motion, the gravest first, undefined if nothing does; and whether commands
   * no longer continue from the last one, so that a new epoch has to begin
   */
  judge(nowNs: bigint): { readonly hold: ControlState | undefined; readonly isLost: boolean } {
    const { monitor, anchor, faults } = this.#parts;
    const stale = monitor.staleness(nowNs);
    this.#watchDriver(stale !== undefined);
    const { fault } = faults;
    const location = stale === undefined ? anchor.locate(fault !== undefined) : undefined;
    const isLost = location?.isLost === true;
    const held = (status: ExecutionStatus, reason: string) => ({
      hold: { status, reason },
      isLost,
    });
    if (fault !== undefined) return held('FAULT', fault);
    const { stopped } = this;
    if (stopped !== undefined) return held('STOPPED', stopped);
    if (stale !== undefined) return held('HOLD_STALE', stale);
    if (location === undefined || location.status === 'known') return { hold: undefined, isLost };
    return held(location.status === 'misplaced' ? 'FAULT' : 'HOLD_STALE', location.reason);
  }

  /** Whether the arm follows. While it need not, or cannot, it may be moved by others. */
  #watchDriver(isStale: boolean): void {
    const { monitor, anchor, motion, faults } = this.#parts;
    const mustFollow = !isStale && anchor.isSet && this.stopped === undefined;
    faults.check(mustFollow, motion.positions, monitor.joints);
    if (isStale || faults.fault !== undefined) anchor.suspect();
  }
}

import assert from 'node:assert/strict';
import type { Heartbeat } from '../../../core/supervision/Heartbeat.ts';
import { Supervisor } from '../../../core/supervision/Supervisor.ts';
import { Kernel } from './Kernel.ts';

const PERIOD_SEC = 0.2;
const POLICY = {
  periodSec: PERIOD_SEC,
  missedBeats: 5,
  startSec: 10,
  maxRestarts: 2,
  windowSec: 60,
};
const NAMES = { expected: ['/policy'], optional: ['/recorder'] };

/** A supervisor of `/policy` in virtual time, checked 20 times a second, and what strangers send. */
export class Bench {
  nowSec = 0;
  readonly kernel = new Kernel();
  readonly supervisor = new Supervisor(POLICY, NAMES, { witness: this.kernel, nowSec: 0 });
  /** Sent 20 times a second. */
  forged: Partial<Heartbeat>[] = [];

  beat(pid: number, other: Partial<Heartbeat> = {}): void {
    const beat = { node: '/policy', host: 'here', pid, periodSec: PERIOD_SEC, isLeaving: false };
    this.supervisor.beat({ ...beat, ...other }, this.nowSec);
  }

  /** A process of this launch works for a while; what the supervisor wants meanwhile. */
  runs(pid: number, seconds: number, other: Partial<Heartbeat> = {}): string[] {
    if (other.host === undefined) this.kernel.start(other.node ?? '/policy', pid);
    const beats = Math.round(seconds / PERIOD_SEC);
    return Array.from({ length: beats }, () => {
      this.kernel.run(pid);
      this.beat(pid, other);
      return this.waits(PERIOD_SEC);
    }).flat();
  }

  waits(seconds: number): string[] {
    const wanted: string[] = [];
    for (const endSec = this.nowSec + seconds - 1e-9; this.nowSec < endSec; this.nowSec += 0.05) {
      for (const beat of this.forged) this.beat(0, beat);
      const actions = this.supervisor.check(this.nowSec);
      for (const { node, ...action } of actions) {
        assert.ok(action.reason.startsWith(node));
        const pid = action.kind === 'kill' ? ` ${action.process.pid}` : '';
        wanted.push(`${action.kind}${pid}: ${action.reason}`);
      }
    }
    return wanted;
  }

  get state(): string {
    return this.report.state;
  }

  get report() {
    return this.reportOf('/policy')!;
  }

  reportOf(node: string) {
    return this.supervisor.reports(this.nowSec).get(node);
  }
}

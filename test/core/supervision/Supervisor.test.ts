import assert from 'node:assert/strict';
import { Supervisor } from '../../../core/supervision/Supervisor.ts';

const POLICY = { missedBeats: 5, startSec: 10, maxRestarts: 2, windowSec: 60 };
const PERIOD_SEC = 0.2;

/** A supervisor of `/policy` in virtual time, checked 20 times a second. */
class Bench {
  readonly supervisor = new Supervisor(POLICY, ['/policy'], 0);
  nowSec = 0;

  beat(pid: number, isLeaving = false): void {
    const beat = { node: '/policy', host: 'here', pid, periodSec: PERIOD_SEC, isLeaving };
    this.supervisor.beat(beat, this.nowSec);
  }

  /** Beats of a process for a while; what the supervisor wants meanwhile. */
  runs(pid: number, seconds: number): string[] {
    const beats = Math.round(seconds / PERIOD_SEC);
    return Array.from({ length: beats }, () => {
      this.beat(pid);
      return this.waits(PERIOD_SEC);
    }).flat();
  }

  waits(seconds: number): string[] {
    const wanted: string[] = [];
    for (const endSec = this.nowSec + seconds - 1e-9; this.nowSec < endSec; this.nowSec += 0.05) {
      const actions = this.supervisor.check(this.nowSec);
      wanted.push(...actions.map(({ kind, pid, reason }) => `${kind} ${pid}: ${reason}`));
    }
    return wanted;
  }

  get state(): string {
    return this.report.state;
  }

  get report() {
    return this.supervisor.reports(this.nowSec).get('/policy')!;
  }
}

describe('Supervisor', () => {
  it('waits for a node to start, and says when that takes too long', () => {
    const bench = new Bench();
    assert.deepEqual(bench.waits(9), []);
    assert.equal(bench.state, 'starting');
    assert.deepEqual(bench.waits(2), []);
    assert.equal(bench.state, 'overdue');
    assert.deepEqual(bench.runs(7, 1), []);
    assert.equal(bench.state, 'alive');
  });

  it('ends a silent process once, and is content with the next one', () => {
    const bench = new Bench();
    bench.runs(7, 2);
    assert.deepEqual(bench.waits(0.75), []);
    assert.deepEqual(bench.waits(3), ['kill 7: /policy is silent for 1.05 s']);
    assert.equal(bench.state, 'silent');
    assert.deepEqual(bench.runs(8, 5), []);
    assert.deepEqual([bench.state, bench.report.restarts], ['alive', 1]);
  });

  it('takes a process back that was silent and is not any more', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.waits(2);
    bench.runs(7, 1);
    assert.deepEqual([bench.state, bench.report.restarts], ['alive', 0]);
  });

  it('waits twice as long after each failure', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.waits(2);
    bench.runs(8, 1);
    assert.deepEqual(bench.waits(1.5), []);
    assert.deepEqual(bench.waits(1), ['kill 8: /policy is silent for 2.05 s']);
  });

  it('gives up, once, what fails too often, and begins anew when that is long ago', () => {
    const bench = new Bench();
    const wanted = [7, 8, 9].flatMap((pid) => [...bench.runs(pid, 1), ...bench.waits(6)]);
    assert.deepEqual(wanted.slice(2), ['give_up 9: /policy has failed 3 times within 60 s']);
    assert.equal(bench.state, 'given_up');
    assert.deepEqual(bench.runs(10, 30), []);
    assert.equal(bench.state, 'given_up');
    assert.deepEqual(bench.runs(10, 31), []);
    assert.equal(bench.state, 'alive');
    assert.deepEqual(bench.waits(2), ['kill 10: /policy is silent for 1.05 s']);
  });

  it('counts a process that was started again before it was missed', () => {
    const bench = new Bench();
    const wanted = [7, 8, 9, 10].flatMap((pid) => bench.runs(pid, 0.4));
    assert.deepEqual(wanted, ['give_up 10: /policy has failed 3 times within 60 s']);
    assert.equal(bench.report.restarts, 3);
  });

  it('does not mind a node that leaves', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.beat(7, true);
    assert.deepEqual(bench.waits(100), []);
    assert.equal(bench.state, 'left');
    bench.runs(8, 1);
    assert.deepEqual([bench.state, bench.report.restarts], ['alive', 0]);
  });

  it('watches also a node that it did not expect, from its first heartbeat on', () => {
    const bench = new Bench();
    const other = { node: '/recorder', host: 'there', pid: 3, periodSec: 1, isLeaving: false };
    bench.supervisor.beat(other, 0);
    bench.runs(7, 4.8);
    assert.deepEqual(bench.runs(7, 1), ['kill 3: /recorder is silent for 5.05 s']);
  });
});

import assert from 'node:assert/strict';
import { Bench } from './Bench.ts';

describe('Supervisor', () => {
  it('waits for a node to start, and says when that takes too long', () => {
    const bench = new Bench();
    assert.deepEqual(bench.waits(9), []);
    assert.equal(bench.state, 'starting');
    assert.deepEqual(bench.waits(2), []);
    assert.equal(bench.state, 'overdue');
    assert.deepEqual(bench.runs(7, 1), []);
    assert.deepEqual([bench.state, bench.report.isProven], ['alive', true]);
  });

  it('ends a silent process once, and is content with the next one', () => {
    const bench = new Bench();
    bench.runs(7, 2);
    assert.deepEqual(bench.waits(0.75), []);
    assert.deepEqual(bench.waits(3), ['kill 7: /policy is silent for 1.05 s']);
    assert.equal(bench.state, 'silent');
    bench.kernel.end(7);
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
    bench.kernel.end(7);
    bench.runs(8, 1);
    assert.deepEqual(bench.waits(1.5), []);
    assert.deepEqual(bench.waits(1), ['kill 8: /policy is silent for 2.05 s']);
  });

  it('gives up, once, what fails too often, and begins again when that is long ago', () => {
    const bench = new Bench();
    const wanted = [7, 8, 9].flatMap((pid) => {
      const actions = [...bench.runs(pid, 1), ...bench.waits(6)];
      bench.kernel.end(pid);
      return actions;
    });
    assert.deepEqual(wanted.slice(2), ['give_up: /policy has failed 3 times within 60 s']);
    assert.equal(bench.state, 'given_up');
    assert.deepEqual(bench.runs(10, 30), []);
    assert.equal(bench.state, 'given_up');
    assert.deepEqual(bench.runs(10, 31), []);
    assert.equal(bench.state, 'alive');
    assert.deepEqual(bench.waits(2), ['kill 10: /policy is silent for 1.05 s']);
  });

  it('counts a process that was started again before it was missed', () => {
    const bench = new Bench();
    const wanted = [7, 8, 9, 10].flatMap((pid) => {
      const actions = bench.runs(pid, 0.4);
      bench.kernel.end(pid);
      return actions;
    });
    assert.deepEqual(wanted, ['give_up: /policy has failed 3 times within 60 s']);
    assert.equal(bench.report.restarts, 3);
  });

  it('notices at once that a process has ended, and counts those that die before they are heard', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.kernel.end(7);
    assert.deepEqual(bench.waits(0.45), [], 'its farewell may be on its way');
    assert.deepEqual(bench.waits(2), ['report: /policy has ended: process 7 of here']);
    assert.equal(bench.state, 'ended');
    bench.kernel.start('/policy', 8);
    assert.deepEqual(bench.waits(0.1), []);
    assert.deepEqual([bench.state, bench.report.pid, bench.report.restarts], ['starting', 8, 1]);
    bench.kernel.end(8);
    assert.deepEqual(bench.waits(2), ['report: /policy has ended: process 8 of here']);
    bench.kernel.start('/policy', 9);
    bench.waits(0.1);
    bench.kernel.end(9);
    assert.deepEqual(bench.waits(2), ['give_up: /policy has failed 3 times within 60 s']);
  });

  it('does not mind a node that leaves, and forgets its process', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.beat(7, { isLeaving: true });
    assert.deepEqual(bench.waits(1), []);
    bench.kernel.end(7);
    assert.deepEqual(bench.waits(100), []);
    assert.deepEqual([bench.state, bench.report.pid], ['left', 0]);
    bench.runs(8, 1);
    assert.deepEqual([bench.state, bench.report.restarts], ['alive', 0]);
  });

  it('watches an optional node from its first heartbeat on', () => {
    const bench = new Bench();
    bench.waits(20);
    assert.equal(bench.reportOf('/recorder')?.state, 'absent');
    bench.runs(3, 1, { node: '/recorder' });
    const [kill, ...more] = bench.runs(7, 3);
    assert.match(kill!, /^kill 3: \/recorder is silent for 1.0\d s$/);
    assert.deepEqual(more, []);
  });

  it('does not count the time in which it was held up itself', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.nowSec += 100; // frozen, or a computer that slept
    assert.deepEqual(bench.waits(0.3), []);
    assert.deepEqual(bench.runs(7, 1), []);
    assert.deepEqual(bench.waits(2), ['kill 7: /policy is silent for 1.05 s']);
  });

  it('does not stand still under checks that are late all the time', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    const wanted = Array.from({ length: 10 }, () => {
      bench.nowSec += 1;
      return bench.waits(0.05);
    }).flat();
    assert.match(wanted[0]!, /^kill 7: /);
  });

  it('keeps no name that it was not told of', () => {
    const bench = new Bench();
    for (let i = 0; i < 100_000; i++) bench.beat(i, { node: `/n${i}`, host: `robot ${i}` });
    bench.beat(1, { node: '/n\x1b]0;title\x07' });
    assert.deepEqual(bench.waits(3), []);
    assert.deepEqual([...bench.supervisor.reports(3).keys()].sort(), ['/policy', '/recorder']);
    assert.deepEqual(bench.supervisor.others, { beats: 100_001, lastName: '' });
  });
});

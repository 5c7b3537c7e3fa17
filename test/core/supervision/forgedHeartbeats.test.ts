import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Bench } from './Bench.ts';

/** Somebody else's process, on this machine or on another one. */
const STRANGERS = [
  { name: 'another process here', host: 'here', pid: 99 },
  { name: 'the same id elsewhere', host: 'there', pid: 7 },
  { name: 'no process', host: 'here', pid: 0 },
  { name: 'a nameless machine', host: '', pid: 4294967295 },
] as const;

describe('Supervisor and forged heartbeats', () => {
  for (const { name, ...stranger } of STRANGERS) {
    it(`${name}: neither redirects an end nor hides a hang, and is reported`, () => {
      const bench = new Bench();
      bench.runs(7, 1);
      bench.forged = [stranger];
      const [report, ...more] = bench.runs(7, 3);
      assert.match(report!, /^report: \/policy is heard in contradiction and not believed: /);
      assert.deepEqual(more, [], 'it is told once');
      assert.deepEqual([bench.report.pid, bench.report.restarts], [7, 0]);
      assert.match(bench.report.contradiction!, /claims its name/);
      assert.deepEqual(bench.waits(4), ['kill 7: /policy is silent for 1.05 s']);
      bench.kernel.end(7);
      assert.deepEqual(bench.runs(8, 3), []);
      assert.deepEqual([bench.state, bench.report.pid, bench.report.restarts], ['alive', 8, 1]);
    });
  }

  it('no process of which nothing is proven is ended, or counts as a failure', () => {
    const bench = new Bench();
    const wanted = Array.from({ length: 12 }, (_, i) => {
      bench.beat(100 + i);
      bench.beat(100 + i);
      return bench.waits(5);
    }).flat();
    assert.equal(wanted.length, 12);
    for (const action of wanted) assert.match(action, /^report: .* is not proven to be this node/);
    assert.equal(bench.state, 'silent');
  });

  it('a node of another machine is watched, and nothing comes of its silence but a report', () => {
    const bench = new Bench();
    const wanted = Array.from({ length: 6 }, (_, i) => [
      ...bench.runs(100 + i, 2, { host: 'robot boot pid' }),
      ...bench.waits(3),
    ]).flat();
    assert.equal(wanted.length, 6);
    assert.ok(wanted.every((action) => action.startsWith('report: /policy is silent')));
    assert.deepEqual([bench.report.restarts, bench.report.isProven], [5, false]);
    bench.beat(105, { host: 'robot boot pid', isLeaving: true });
    assert.equal(bench.state, 'left');
  });

  it('a proven process takes the place of a stranger that was heard first', () => {
    const bench = new Bench();
    bench.forged = [{ host: 'there', pid: 99 }];
    bench.waits(1);
    assert.deepEqual([bench.report.pid, bench.report.isProven], [99, false]);
    bench.runs(7, 2);
    assert.deepEqual([bench.report.pid, bench.report.isProven], [7, true]);
    assert.equal(bench.report.restarts, 0);
    assert.deepEqual(bench.waits(2), ['kill 7: /policy is silent for 1.05 s']);
  });

  it('copies of the real heartbeat do not hide that the process is frozen, or has ended', () => {
    for (const isEnded of [false, true]) {
      const bench = new Bench();
      bench.forged = [{ pid: 7 }];
      const [report, ...more] = bench.runs(7, 2);
      assert.match(report!, /^report: .* process 7, which does not run, is said to live$/);
      assert.deepEqual([...more, bench.state], ['alive']);
      if (isEnded) bench.kernel.end(7);
      const [end, ...others] = bench.waits(4);
      if (isEnded) assert.equal(end, 'report: /policy has ended: process 7 of here');
      else assert.match(end!, /^kill 7: \/policy is silent for 1/);
      assert.deepEqual(others, []);
      assert.match(bench.report.contradiction!, isEnded ? /claims its name/ : /does not run/);
    }
  });

  it('a forged farewell hides neither a hang nor a crash', () => {
    const bench = new Bench();
    const farewell = { pid: 7, isLeaving: true };
    bench.runs(7, 1);
    bench.beat(7, farewell);
    // Nothing contradicts it: it is given the time that leaving may take.
    const [kill, ...more] = bench.waits(8);
    assert.match(kill!, /^kill 7: \/policy is silent for 5.\d+ s, after it said that it leaves$/);
    assert.deepEqual(more, []);

    const other = new Bench();
    other.forged = [farewell];
    assert.match(
      other.runs(7, 2)[0]!,
      /process 7 of here (was|is) said to leave, and (is heard again|stays)/,
    );
    other.kernel.end(7);
    assert.deepEqual(other.waits(2), ['report: /policy has ended: process 7 of here']);
    assert.equal(other.state, 'ended', 'and not left');
  });

  it('forged farewells do not hide that processes die before they are heard', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.kernel.end(7);
    const wanted = [8, 9, 10].flatMap((pid) => {
      const actions = bench.waits(1);
      bench.kernel.start('/policy', pid);
      bench.forged = [{ pid, isLeaving: true }];
      actions.push(...bench.waits(1));
      bench.kernel.end(pid);
      return actions;
    });
    const last = 'give_up: /policy has failed 3 times within 60 s';
    assert.ok([...wanted, ...bench.waits(1)].includes(last));
  });

  it('neither a short nor a long period is believed', () => {
    for (const periodSec of [0.001, 1e9, 0, -1, Number.NaN, Infinity]) {
      const bench = new Bench();
      bench.forged = [{ pid: 7, periodSec }];
      const wanted = bench.runs(7, 3);
      assert.deepEqual(wanted.slice(1), []);
      assert.match(wanted[0]!, /^report: .*process 7 says that its heartbeat_period is/);
      assert.equal(bench.state, 'alive');
      assert.deepEqual(bench.waits(2), ['kill 7: /policy is silent for 1.05 s']);
    }
    const first = new Bench();
    first.kernel.start('/policy', 7);
    first.beat(7, { periodSec: 0.001 });
    assert.equal(first.waits(2).length, 1);
    assert.equal(first.state, 'starting');
  });

  it('a process that was heard only once is not ended', () => {
    const bench = new Bench();
    bench.runs(7, 0.2);
    const [report, ...more] = bench.waits(2);
    assert.match(report!, /^report: .* is left as it is: process 7 of here was heard only once$/);
    assert.deepEqual(more, []);
  });

  it('of two processes of this launch with one name the first one counts', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.kernel.start('/policy', 8);
    bench.forged = [{ pid: 8 }];
    assert.match(bench.runs(7, 1)[0]!, /process 8 of here, of this launch, has its name, too/);
    assert.equal(bench.report.pid, 7);
    bench.kernel.end(7);
    bench.waits(0.1);
    assert.deepEqual([bench.report.pid, bench.report.restarts], [8, 1]);
  });

  it('a flood in which heartbeats are lost ends no process that works, but one that hangs', () => {
    const bench = new Bench();
    bench.runs(7, 1);
    bench.forged = Array.from({ length: 100 }, (_, i) => ({ node: `/n${i}`, pid: i }));
    const wanted = Array.from({ length: 400 }, () => {
      bench.kernel.run(7);
      return bench.waits(0.05);
    }).flat();
    assert.deepEqual(wanted, []);
    assert.equal(bench.state, 'alive');
    assert.match(bench.waits(2)[0]!, /^kill 7: /);
  });

  it('nothing that strangers send ends a process that works, or stops the arm', () => {
    const beat = fc.record({
      host: fc.constantFrom('here', 'there', ''),
      pid: fc.constantFrom(0, 1, 6, 7, 8, 99, 4294967295),
      periodSec: fc.constantFrom(0.2, 0.2, 0.2, 0.001, 100),
      isLeaving: fc.boolean(),
    });
    const property = fc.property(
      fc.array(fc.array(beat, { maxLength: 3 }), { maxLength: 60 }),
      (sent) => {
        const bench = new Bench();
        const wanted = sent.flatMap((beats) => {
          bench.forged = beats;
          return bench.runs(7, 0.6);
        });
        bench.forged = [];
        wanted.push(...bench.runs(7, 3));
        assert.deepEqual(
          wanted.filter((action) => !action.startsWith('report')),
          [],
        );
        assert.deepEqual([bench.state, bench.report.pid, bench.report.restarts], ['alive', 7, 0]);
        assert.match(bench.waits(6).at(-1)!, /^kill 7: /);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

import assert from 'node:assert/strict';
import { sharedMemoryFaults } from '../../nodes/shared/process/sharedMemory.ts';
import { ConnectionReport } from '../../nodes/shared/graph/ConnectionReport.ts';
import { ConnectionWatch } from '../../nodes/shared/graph/ConnectionWatch.ts';
import type { Endpoint, Graph } from '../../nodes/shared/graph/graph.ts';

const TEXT = 'std_msgs/msg/String';
const LATCHED = { reliability: 'reliable', durability: 'transient_local' } as const;
const RELIABLE = { reliability: 'reliable', durability: 'volatile' } as const;
const BEST_EFFORT = { reliability: 'best_effort', durability: 'volatile' } as const;

let lastId = 0;
const end = (node: string | undefined, policies: Partial<Endpoint>): Endpoint => {
  return { node, gid: `${lastId++}`, type: TEXT, ...RELIABLE, ...policies };
};

function graphOf(publishers: readonly Endpoint[], listeners: readonly Endpoint[] = []): Graph {
  return {
    countPublishers: () => publishers.length,
    countSubscriptions: () => listeners.length,
    publishers: () => publishers,
    subscriptions: () => listeners,
  };
}

function textsFor(watch: ConnectionWatch, graph: Graph): string[] {
  return watch.check(graph).map(({ text }) => text);
}

describe('ConnectionWatch', () => {
  for (const [request, offer, gap] of [
    [LATCHED, LATCHED, undefined],
    [LATCHED, RELIABLE, 'durability: expected transient_local, found volatile'],
    [RELIABLE, BEST_EFFORT, 'reliability: expected reliable, found best_effort'],
    [
      LATCHED,
      BEST_EFFORT,
      'reliability: expected reliable, found best_effort; durability: expected transient_local, found volatile',
    ],
    [RELIABLE, LATCHED, undefined],
    [BEST_EFFORT, LATCHED, undefined],
    [LATCHED, { reliability: 'unknown', durability: 'unknown' }, undefined],
  ] as const) {
    const how = `${offer.reliability} ${offer.durability}`;
    it(`${gap ? 'names' : 'is content with'} ${how} for ${request.reliability} ${request.durability}`, () => {
      const watch = new ConnectionWatch();
      watch.listens('/x', TEXT, request);
      const expected = gap && [`what /rig publishes on /x is not received: ${gap}`];
      assert.deepEqual(textsFor(watch, graphOf([end('/rig', offer)])), expected ?? []);
      const publishing = new ConnectionWatch();
      publishing.publishes('/x', TEXT, offer);
      const reached = gap && [`what is published on /x does not reach /rig: ${gap}`];
      assert.deepEqual(textsFor(publishing, graphOf([], [end('/rig', request)])), reached ?? []);
    });
  }

  it('is content where one of several subscriptions fits', () => {
    const watch = new ConnectionWatch();
    for (const request of [LATCHED, RELIABLE, BEST_EFFORT]) watch.listens('/x', TEXT, request);
    assert.deepEqual(textsFor(watch, graphOf([end('/rig', BEST_EFFORT)])), []);
  });

  it('names another type on the same topic', () => {
    const watch = new ConnectionWatch();
    watch.listens('/halt', TEXT, RELIABLE);
    const other = end('/rig', { type: 'std_msgs/msg/Bool' });
    const expected = `type: expected ${TEXT}, found std_msgs/msg/Bool`;
    const text = `what /rig publishes on /halt is not received: ${expected}`;
    assert.deepEqual(textsFor(watch, graphOf([other])), [text]);
  });

  it('names both sources where one is expected, and only there', () => {
    const graph = graphOf([end('/state_publisher', {}), end('/driver', {})]);
    const watch = new ConnectionWatch();
    watch.listens('/joint_states', TEXT, BEST_EFFORT);
    assert.deepEqual(textsFor(watch, graph), []);
    watch.expectsOneSource('/joint_states');
    const expected = '/joint_states: expected one publisher, found 2: /driver, /state_publisher';
    assert.deepEqual(textsFor(watch, graph), [expected]);
    assert.deepEqual(textsFor(watch, graphOf([end('/driver', {})])), []);
  });

  it('names a topic that the node cannot do without and that has had no publisher for some looks', () => {
    const watch = new ConnectionWatch();
    watch.listens('/clock', TEXT, BEST_EFFORT);
    watch.listens('/instruction', TEXT, BEST_EFFORT);
    watch.requiresSource('/clock');
    const [none, one] = [graphOf([]), graphOf([end('/bridge', {})])];
    const missing = ['/clock: expected a publisher, found none'];
    const looks = [none, none, none, none, none, none, one, none, none, none, none, none];
    const found = looks.map((graph) => textsFor(watch, graph));
    const expected = [[], [], [], [], missing, missing, [], [], [], [], [], missing];
    assert.deepEqual(found, expected);
  });

  it('looks at no more than some ends of a topic, and says how many there are', () => {
    const watch = new ConnectionWatch();
    watch.listens('/x', TEXT, RELIABLE);
    const flood: Graph = {
      ...graphOf([]),
      countPublishers: () => 100_000,
      publishers: () => assert.fail('it looked'),
    };
    assert.deepEqual(textsFor(watch, flood), ['/x: expected at most 64 publishers, found 100000']);
  });

  it('says of a publisher without a known node what it is', () => {
    const watch = new ConnectionWatch();
    watch.listens('/x', TEXT, RELIABLE);
    const [text = ''] = textsFor(watch, graphOf([end(undefined, BEST_EFFORT)]));
    assert.match(text, /^what a program without a node publishes on \/x is not received: /);
  });

  it('lets nothing of a name through to a terminal that is no name', () => {
    const watch = new ConnectionWatch();
    watch.listens('/x', TEXT, RELIABLE);
    const [text = ''] = textsFor(
      watch,
      graphOf([end(`/a\u001b]0;b\n${'c'.repeat(500)}`, BEST_EFFORT)]),
    );
    assert.match(text, /^what \/a\?\?0\?b\?c{50,} publishes/);
    assert.ok(text.length < 250, text);
  });
});

describe('ConnectionReport', () => {
  const watch = new ConnectionWatch();
  watch.listens('/x', TEXT, RELIABLE);
  watch.publishes('/y', TEXT, BEST_EFFORT);
  let publishers: Endpoint[];
  let listeners: Endpoint[];
  let logged: string[];
  let report: ConnectionReport;
  beforeEach(() => {
    publishers = [];
    listeners = [];
    logged = [];
    const graph: Graph = {
      countPublishers: () => publishers.length,
      countSubscriptions: () => listeners.length,
      publishers: () => publishers,
      subscriptions: () => listeners,
    };
    report = new ConnectionReport(watch, graph, (text) => logged.push(text));
  });

  it('logs what begins, once, and has in the diagnostics what lasts', () => {
    report.check();
    assert.equal(report.diagnostic().level, 'ok');
    publishers.push(end('/rig', BEST_EFFORT));
    report.check();
    report.check();
    assert.equal(logged.length, 1);
    assert.equal(report.diagnostic().level, 'error');
    assert.equal(report.diagnostic().message, logged[0]);
    publishers.pop();
    report.check();
    assert.deepEqual(report.diagnostic(), {
      part: 'connections',
      level: 'ok',
      message: '',
      values: { faults: 0 },
    });
    publishers.push(end('/rig', BEST_EFFORT));
    report.check();
    assert.equal(logged.length, 2, 'it began again');
  });

  it('also says what else keeps messages from arriving', () => {
    let free = 1000;
    const space = () => ({ bavail: free, bsize: 4096, blocks: 16384 });
    const graph = graphOf([]);
    report = new ConnectionReport(
      watch,
      graph,
      (text) => logged.push(text),
      () => sharedMemoryFaults(space),
    );
    report.check();
    assert.equal(report.diagnostic().level, 'ok');
    free = 10;
    report.check();
    assert.equal(report.diagnostic().level, 'error');
    assert.match(
      logged.join(),
      /^\/dev\/shm: expected 1 MiB free, found 0\.0 of 64\.0: messages .* lost/,
    );
  });

  it('asks for no shared memory where there is none', () => {
    const missing = () => assert.fail('ENOENT');
    assert.deepEqual(sharedMemoryFaults(missing), []);
    assert.deepEqual(
      sharedMemoryFaults(() => ({ bavail: 0, bsize: 4096, blocks: 0 })),
      [],
    );
  });

  it('warns of a listener that is not reached', () => {
    listeners.push(end('/viewer', RELIABLE));
    report.check();
    assert.equal(report.diagnostic().level, 'warn');
  });

  it('says some of many and counts the others', () => {
    for (let i = 0; i < 20; i++) publishers.push(end(`/n${i}`, BEST_EFFORT));
    report.check();
    assert.equal(logged.length, 6);
    assert.equal(logged.at(-1), 'and 15 more of the kind');
    assert.match(report.diagnostic().message, /\/n4 publishes .*; and 15 more$/);
  });
});

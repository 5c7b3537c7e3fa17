import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateFolder } from '../../adapters/files/PrivateFolder.ts';
import { strangeArm } from '../../nodes/controller/hands/strangeArm.ts';
import type { EndpointId } from '../../nodes/shared/graph/graph.ts';
import { OtherHands } from '../../nodes/shared/hands/OtherHands.ts';
import { Predecessors } from '../../nodes/shared/hands/Predecessors.ts';
import { hostIdentity, startOfProcess } from '../../nodes/shared/process/processIdentity.ts';

const own: EndpointId = { node: '/controller', gid: 'own' };
const twin: EndpointId = { node: '/controller', gid: 'twin' };
const stranger: EndpointId = { node: '/teleop', gid: 'stranger' };
const nameless: EndpointId = { node: undefined, gid: 'nameless' };

type Graph = Readonly<Record<string, readonly EndpointId[] | undefined>>;

describe('OtherHands', () => {
  let graph: Graph;
  let dead: readonly string[];
  let looks: number;
  const hands = (otherConflict?: () => string | undefined) =>
    new OtherHands({
      fullName: '/controller',
      meaning: 'another hand is on the arm',
      topics: ['/arm', '/gripper'],
      publishersOf: (topic) => {
        looks += 1;
        return graph[topic];
      },
      isHarmless: (gid) => gid === 'own' || dead.includes(gid),
      ...(otherConflict && { otherConflict }),
    });
  beforeEach(() => {
    graph = { '/arm': [own], '/gripper': [own] };
    dead = [];
    looks = 0;
  });

  it('sees none where all publishers are its own', () => {
    assert.equal(hands().conflict(0), undefined);
  });

  it('names who publishes what, a node of the same name and one without a name, too', () => {
    const begin = 'another hand is on the arm:';
    for (const [arm, gripper, expected] of [
      [[own, stranger], [own], '/teleop publishes /arm;'],
      [[own], [stranger], '/teleop publishes /gripper;'],
      [[own, twin], [own, twin], 'another /controller publishes /arm and 1 more topics;'],
      [[nameless], [own], 'a node without a known name publishes /arm;'],
    ] as const) {
      graph = { '/arm': arm, '/gripper': gripper };
      const found = hands().conflict(0);
      assert.ok(found?.startsWith(`${begin} ${expected}`), found);
    }
  });

  it('does not let many names make a long text', () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ node: `/n${i}`, gid: `${i}` }));
    graph = { '/arm': many, '/gripper': [] };
    const found = hands().conflict(0)!;
    assert.match(found, /: \/n0, \/n1, \/n2, \/n3 and 996 more publishes \/arm;/);
  });

  it('passes over those who are proven to have ended', () => {
    graph = { '/arm': [own, twin], '/gripper': [own, twin] };
    dead = ['twin'];
    assert.equal(hands().conflict(0), undefined);
  });

  it('looks ten times a second, and at once when told to', () => {
    const one = hands();
    for (const nowMs of [0, 50, 99]) assert.equal(one.conflict(nowMs), undefined);
    assert.equal(looks, 2);
    graph = { '/arm': [stranger], '/gripper': [] };
    assert.equal(one.conflict(99.9), undefined);
    assert.match(one.conflict(100)!, /\/teleop/);
    graph = { '/arm': [own], '/gripper': [own] };
    one.look(101);
    assert.equal(one.conflict(102), undefined);
  });

  it('says that it cannot see where the middleware does not tell', () => {
    const one = hands();
    graph = {};
    one.look(0);
    assert.deepEqual([one.conflict(0), one.isBlind], [undefined, true]);
    graph = { '/arm': [own], '/gripper': [own] };
    one.look(1);
    assert.equal(one.isBlind, false);
  });

  it('has other reasons to be still, which go first', () => {
    graph = { '/arm': [stranger], '/gripper': [] };
    assert.equal(hands(() => 'a goal').conflict(0), 'a goal');
    assert.match(hands(() => undefined).conflict(0)!, /teleop/);
  });
});

describe('Predecessors', () => {
  let path: string;
  let folder: PrivateFolder;
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'st4vla-hands-'));
    folder = new PrivateFolder(path);
  });
  afterEach(() => rmSync(path, { recursive: true }));
  const file = () => join(path, 'hands-a.json');
  const entry = { host: hostIdentity(), pid: process.pid, start: startOfProcess(process.pid)! };

  it('takes no process for dead that still runs', async () => {
    await new Predecessors(folder, 'a').introduce(['one', 'two']);
    const next = new Predecessors(folder, 'a');
    assert.deepEqual([next.isDead('one'), next.isDead('unheard of')], [false, false]);
  });

  it('takes one for dead that has ended, and one whose id another process has', async () => {
    const child = spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
    const { pid } = child;
    const gone = { ...entry, pid: pid!, start: startOfProcess(pid!)!, gids: ['gone'] };
    const reused = { ...entry, start: '1', gids: ['reused'] };
    writeFileSync(file(), JSON.stringify([gone, reused]), { mode: 0o600 });
    assert.equal(new Predecessors(folder, 'a').isDead('gone'), false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const next = new Predecessors(folder, 'a');
    assert.deepEqual([next.isDead('gone'), next.isDead('reused')], [true, true]);
    assert.equal(new Predecessors(folder, 'b').isDead('gone'), false);
    await next.introduce(['mine']);
    assert.equal(new Predecessors(folder, 'a').isDead('gone'), true, 'it is still known');
  });

  it('believes nothing of other machines, and nothing that it did not write', () => {
    const dead = { ...entry, start: '1', gids: ['x'] };
    for (const content of [
      [{ ...dead, host: 'elsewhere' }],
      [{ ...dead, pid: -1 }],
      [{ ...dead, gids: 'x' }],
      [{ ...dead, start: 1 }],
      [null],
      { 0: dead },
      'no list',
    ]) {
      writeFileSync(file(), JSON.stringify(content), { mode: 0o600 });
      assert.equal(new Predecessors(folder, 'a').isDead('x'), false, JSON.stringify(content));
    }
    assert.equal(new Predecessors(undefined, 'a').isDead('x'), false);
  });

  it('forgets the oldest of many', async () => {
    for (let i = 0; i < 40; i += 1) await new Predecessors(folder, 'a').introduce([`${i}`]);
    const found = folder.read('hands-a.json');
    assert.ok(found.kind === 'text');
    assert.equal((JSON.parse(found.text) as unknown[]).length, 16);
  });
});

describe('an arm that only a program has', () => {
  const reason = (
    arm: 'real' | 'simulated' | 'recorded',
    sources: string[],
    listeners: string[] = [],
  ) => {
    const endpoints = (names: string[]) => names.map((node) => ({ node, gid: node }));
    return strangeArm({
      arm,
      jointStates: '/joint_states',
      commands: ['/arm', '/gripper'],
      publishersOf: () => endpoints(sources),
      listenersOf: (topic) => (topic === '/arm' ? endpoints(listeners) : []),
    });
  };

  it('is commanded where its own program alone says where it is', () => {
    assert.equal(reason('simulated', ['/simulator'], ['/simulator', '/logger']), undefined);
    assert.equal(reason('simulated', ['/gazebo_bridge']), undefined);
    assert.equal(reason('recorded', ['/replay/player'], ['/replay/recorder']), undefined);
    assert.equal(reason('recorded', ['/rosbag2_player']), undefined);
    assert.equal(reason('real', ['/driver', '/other'], ['/driver']), undefined);
  });

  it('is not where a driver does', () => {
    for (const arm of ['simulated', 'recorded'] as const) {
      assert.match(
        reason(arm, ['/simulator', '/player', '/driver'])!,
        /\/driver publishes \/joint_s/,
      );
    }
    assert.match(reason('simulated', ['/player'])!, /\/player publishes/);
    assert.match(
      reason('recorded', ['/player'], ['/recorder', '/xs_sdk'])!,
      /: \/xs_sdk listens to \/arm$/,
    );
  });
});

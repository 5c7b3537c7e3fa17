import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { replay } from '../../lab/replay/replay.ts';
import { command } from '../../cli/replay/replayArguments.ts';
import type { Json, Peer } from './Peer.ts';
import { newestPoint } from './newestPoint.ts';
import { root, RosSession } from './RosSession.ts';
import { given } from './widowx.ts';

const TRIGGER = 'std_srvs/srv/Trigger';
const SEEK = 'st4vla_ros/srv/Seek';
const sample = join(root, 'test', 'fixtures', 'bags', 'jazzy_mcap');
const spoon = join(root, 'test', 'fixtures', 'replay', 'spoon');

/** Joint positions that a replay in virtual time commands, one a period. */
async function virtualCommands(golden: string): Promise<number[][]> {
  const delays = ['--delay-ticks', '0', '--plan-delay-ticks', '0'];
  const parsed = command.parse([spoon, '--golden', golden, '--update', ...delays]);
  assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'replay');
  await replay(parsed.arguments);
  return (await readFile(golden, 'utf8'))
    .split('\n')
    .filter((line) => line.includes('"stage":"command"'))
    .map((line) => (JSON.parse(line) as { positions: number[] }).positions);
}

/** A player that publishes under the names of the bag. */
const asRecorded = (...parameters: string[]) => given("prefix:=''", ...parameters);

const largest = (a: readonly number[], b: readonly number[]) =>
  Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));

describe('player, with an rclpy listener', () => {
  let session: RosSession;
  let peer: Peer;
  beforeEach(async () => {
    session = await RosSession.open();
    peer = await session.startPeer();
  });
  afterEach(() => session.close());

  const watchSample = async () => {
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState');
    await peer.watch('/camera/front/image_raw', 'sensor_msgs/msg/Image', 'sensor');
    await peer.watch('/instruction', 'std_msgs/msg/String', 'latched');
    await peer.watch('/clock', 'rosgraph_msgs/msg/Clock');
  };
  const clockNs = () => {
    const { sec, nanosec } = peer.last('/clock')?.clock ?? { sec: 0, nanosec: 0 };
    return BigInt(sec) * 1_000_000_000n + BigInt(nanosec);
  };

  it('publishes a bag to its end, with the clock, and ends', async () => {
    await watchSample();
    const node = session.startNode('player', asRecorded(`bag:=${sample}`));
    assert.equal(await node.ended, 0, node.output());
    assert.match(node.output(), /"\/strange" is left out: this ROS lacks the package strange_msgs/);
    const joints = peer.messages('/joint_states');
    assert.equal(joints.length, 60);
    assert.deepEqual(joints[59]!.message.position, [0.59, -0.5]);
    assert.deepEqual(peer.last('/instruction'), { data: 'put the spoon on the towel' });
    assert.equal(peer.last('/camera/front/image_raw').data.length, 144);
    assert.equal(clockNs(), 1_700_000_001_180_000_000n);
    // Played in its own time: 1.18 s.
    const [first, last] = [joints[0]!, joints[59]!];
    assert.ok(last.at - first.at > 1, `${last.at - first.at}`);
  });

  it('starts paused, goes step by step, and jumps', async () => {
    await watchSample();
    session.startNode('player', asRecorded(`bag:=${sample}`, 'start_paused:=true', 'step:=0.1'));
    await session.until('the clock', () => clockNs() > 0n);
    assert.equal(clockNs(), 1_700_000_000_000_000_000n);
    assert.equal(peer.messages('/joint_states').length, 0);
    const step = await peer.call('/player/step', TRIGGER);
    assert.deepEqual(step, { success: true, message: 'to 0.10 s' });
    await session.until('a step', () => peer.messages('/joint_states').length === 6);
    assert.ok((await peer.call('/player/seek', SEEK, { seconds: 1.0 })).accepted);
    await session.until('the jump', () => clockNs() === 1_700_000_001_000_000_000n);
    assert.ok(!(await peer.call('/player/seek', SEEK, { seconds: 99.0 })).accepted);
    await peer.call('/player/resume', TRIGGER);
    await session.until('the end', () => clockNs() === 1_700_000_001_180_000_000n);
    // The clock comes on a topic of its own, and before what belongs to its time.
    await session.until('the rest', () => peer.messages('/joint_states').length >= 6 + 10);
    assert.equal(peer.messages('/joint_states').length, 6 + 10);
  });

  it('refuses what is no bag, with the reason', async () => {
    const node = session.startNode('player', given('bag:=/nowhere'));
    assert.equal(await node.ended, 2);
    assert.match(node.output(), /bag: expected a bag that can be read, found .*no such file/);
  });

  it('refuses to start after the end of the bag', async () => {
    const node = session.startNode('player', asRecorded(`bag:=${sample}`, 'start:=99.0'));
    assert.equal(await node.ended, 2);
    assert.match(node.output(), /start: expected 0 to \d+\.\d+ s, the length of the bag, found 99/);
  });

  it('plays below a namespace of its own unless told otherwise', async () => {
    await peer.watch('/joint_states', 'sensor_msgs/msg/JointState');
    await peer.watch('/replay/joint_states', 'sensor_msgs/msg/JointState');
    const node = session.startNode('player', given(`bag:=${sample}`, 'wait:=1.0'));
    assert.equal(await node.ended, 0, node.output());
    assert.equal(peer.messages('/replay/joint_states').length, 60);
    assert.equal(peer.messages('/joint_states').length, 0);
    const refused = session.startNode('player', given(`bag:=${sample}`, 'prefix:=replay/'));
    assert.equal(await refused.ended, 2);
    assert.match(refused.output(), /prefix: expected an absolute namespace .*, found replay\//);
  });

  it('refuses to play where a driver publishes joint states or listens to commands', async () => {
    await peer.drive(['waist'], [0], 50);
    const node = session.startNode('player', asRecorded(`bag:=${sample}`));
    assert.equal(await node.ended, 2, node.output());
    assert.match(
      node.output(),
      /\/joint_states: expected no other publisher of it .*, found \/peer/,
    );
    const listens =
      /\/arm_controller\/joint_trajectory: expected no arm that listens .* found \/peer/;
    assert.match(node.output(), listens);
    assert.match(node.output(), /onto_live_arm: true/);
  });

  it('plays beside a driver where it is told to, and pauses where one comes later', async () => {
    await peer.watchDiagnostics();
    const options = ['start_paused:=true', 'diagnostics_period:=0.2', 'wait:=0.5'];
    const node = session.startNode(
      'player',
      asRecorded(`bag:=${sample}`, 'rate:=0.01', ...options),
    );
    const state = () => peer.diagnostic('/player: bag')?.values.state;
    await session.until('the player', () => state() === 'paused');
    await peer.call('/player/resume', TRIGGER);
    await session.until('playing', () => state() === 'playing');
    await peer.drive(['waist'], [0], 50);
    await session.until('a pause', () => state() === 'paused');
    assert.match(peer.diagnostic('/player: others').message, /\/joint_states: expected no other/);
    node.process.kill('SIGINT');
    assert.equal(await node.ended, 0);
    const told = session.startNode(
      'player',
      asRecorded(`bag:=${sample}`, 'onto_live_arm:=true', 'wait:=0.5'),
    );
    assert.equal(await told.ended, 0, told.output());
  });

  it('feeds the live nodes, which then command the arm', async function () {
    this.timeout(120_000);
    const folder = await mkdtemp(join(tmpdir(), 'st4vla-played-'));
    try {
      await peer.watchDiagnostics();
      const file = join(root, 'config', 'widowx.yaml');
      const place = ['-r', '__ns:=/replay', '-r', '/clock:=/replay/clock'];
      session.startNode('recorder', [
        ...given(`folder:=${folder}`, 'mode:=always', 'use_sim_time:=true'),
        '--params-file',
        file,
        ...place,
      ]);
      const live = ['--params-file', file, ...given('use_sim_time:=true'), ...place];
      const jpeg = [
        ...given('cameras.names:=[front]', 'cameras.transports:=[compressed]'),
        ...given('cameras.topics:=[camera/front/image_raw/compressed]', 'robot:=widowx'),
        ...given('model:=models/nano-widowx', 'use_sim_time:=true'),
        ...place,
      ];
      session.startNode('perception', jpeg);
      session.startNode('policy', live);
      // no arm follows its commands
      session.startNode('controller', [...live, ...given('arm:=recorded')]);
      await session.until('active nodes', () =>
        ['/perception', '/policy', '/controller', '/recorder'].every(
          (name) => peer.diagnostic(`/replay${name}: callbacks`)?.values.active === 'true',
        ),
      );
      const asked = given(`bag:=${spoon}`, 'in_step:=true', 'rate:=4.0');
      const played = session.startNode('player', [...asked, ...place]);
      assert.equal(await played.ended, 0, played.output());
    } finally {
      await session.close();
    }
    const bag = await openBag(join(folder, '0001_recording'));
    const topic = bag.topics.find(
      ({ name }) => name === '/replay/arm_controller/joint_trajectory',
    )!;
    const decoding = messageDecoder<Json>(topic);
    assert.ok(decoding.ok);
    const live: number[][] = [];
    for await (const { bytes } of bag.messages({ topics: [topic.name] })) {
      live.push([...newestPoint(decoding.decode(bytes)).positions]);
    }
    await bag.close();
    const virtual = await virtualCommands(join(folder, 'replay.jsonl'));
    // Where inference takes what it takes, and all the same: the very chunks, at the very ticks.
    // At its end the controller may tell the arm once more to come to rest.
    assert.ok(live.length >= virtual.length, `${live.length} of ${virtual.length}`);
    const apart = Math.max(...virtual.map((told, i) => largest(told, live[i]!)));
    const moved = Math.max(...virtual.map((told) => largest(told, virtual[0]!)));
    assert.ok(moved > 1, `the arm was told to move by ${moved} rad`);
    assert.ok(apart < 0.01, `${apart} rad apart, moved by ${moved} rad`);
    await rm(folder, { recursive: true });
  });
});

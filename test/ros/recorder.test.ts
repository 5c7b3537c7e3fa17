import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { given, jointState, smallPicture, streamJoints, streamPictures } from './widowx.ts';

const FINISH = 'st4vla_ros/srv/FinishEpisode';
const STATE = 'st4vla_ros/msg/ExecutionState';

describe('recorder, with an rclpy robot', () => {
  let session: RosSession;
  let peer: Peer;
  let folder: string;
  const recorderArguments = (name: string, ...more: string[]): string[] => [
    ...given(
      'diagnostics_period:=0.2',
      'cameras.topics:=[camera/front/image_raw]',
      'cameras.transports:=[raw]',
      `folder:=${join(folder, name)}`,
      ...more,
    ),
    '-r',
    `__node:=${name}`,
  ];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-recordings-'));
    session = await RosSession.open();
    session.startNode('recorder', recorderArguments('episodes', 'images:=jpeg'));
    session.startNode('recorder', recorderArguments('ring', 'mode:=snapshot'));
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    for (const name of ['/episodes', '/ring']) {
      await session.until(`${name} active`, () => {
        return peer.diagnostic(`${name}: callbacks`)?.values.active === 'true';
      });
    }
    await streamJoints(peer);
    await streamPictures(peer, smallPicture);
  });
  after(async () => {
    await session.close();
    await rm(folder, { recursive: true });
  });

  const recording = (name: string) => peer.diagnostic(`/${name}: recording`)?.values;
  const written = (name: string): Promise<string[]> => readdir(join(folder, name)).catch(() => []);
  const messagesOf = async (path: string): Promise<Map<string, Json[]>> => {
    const bag = await openBag(path);
    assert.deepEqual(bag.notices, []);
    const messages = new Map<string, Json[]>();
    for (const topic of bag.topics) {
      const decoding = messageDecoder<Json>(topic);
      assert.ok(decoding.ok);
      messages.set(topic.name, []);
      for await (const { bytes } of bag.messages({ topics: [topic.name] })) {
        messages.get(topic.name)!.push(decoding.decode(bytes));
      }
    }
    await bag.close();
    return messages;
  };

  it('records an episode for an instruction, and how it came out', async () => {
    const sentence = { data: 'put the spoon on the towel' };
    await peer.publish('/instruction', 'std_msgs/msg/String', sentence, 'latched');
    await session.until('a second of recording', () => {
      return Number(recording('episodes')?.messages ?? 0) > 60;
    });
    const request = { success: true, notes: 'nicely' };
    const answer = await peer.call('/episodes/finish_episode', FINISH, request);
    assert.ok(answer.accepted);
    assert.match(answer.message, /0001_put_the_spoon_on_the_towel$/);
    const again = await peer.call('/episodes/finish_episode', FINISH, request);
    assert.deepEqual(again, { accepted: false, message: 'no episode is being recorded' });

    const episode = join(folder, 'episodes', '0001_put_the_spoon_on_the_towel');
    await session.until('episode.yaml', async () => {
      return (await readdir(episode)).includes('episode.yaml');
    });
    const facts = parse(await readFile(join(episode, 'episode.yaml'), 'utf8'));
    assert.deepEqual(
      [facts.instruction, facts.success, facts.notes, facts.dropped_messages],
      [sentence.data, true, 'nicely', 0],
    );
    const messages = await messagesOf(episode);
    assert.deepEqual(messages.get('/instruction'), [sentence]);
    const joints = messages.get('/joint_states')!;
    assert.ok(joints.length > 30, `${joints.length}`);
    assert.deepEqual(joints[0].name, jointState.name);
    assert.deepEqual([...joints[0].position], jointState.position);
    const [picture] = messages.get('/camera/front/image_raw/compressed')!;
    assert.deepEqual([...picture.data.subarray(0, 3)], [0xff, 0xd8, 0xff]);
    assert.ok(!messages.has('/camera/front/image_raw'));
  });

  it('writes what was before a fault of the controller, once', async () => {
    assert.deepEqual(await written('ring'), []);
    const state = { status: 5, reason: 'elbow beyond its limit' };
    await peer.publish('/execution_state', STATE, state);
    await peer.publish('/execution_state', STATE, state);
    const name = '0001_snapshot_elbow_beyond_its_limit';
    await session.until('the snapshot', async () => {
      return (await written(join('ring', name))).includes('episode.yaml');
    });
    const messages = await messagesOf(join(folder, 'ring', name));
    assert.ok(messages.get('/joint_states')!.length > 20);
    assert.equal(messages.get('/execution_state')!.at(-1).reason, state.reason);
    const [image] = messages.get('/camera/front/image_raw')!;
    assert.deepEqual([image.width, image.height, image.data.length], [64, 48, 64 * 48 * 3]);
    const answer = await peer.call('/ring/snapshot', 'std_srvs/srv/Trigger');
    assert.ok(answer.success);
    await session.until('another', async () => (await written('ring')).length === 2);
  });

  it('leaves a file that can be read when it is killed', async () => {
    const doomed = session.startNode('recorder', recorderArguments('doomed', 'mode:=always'));
    await session.until('a second of recording', () => {
      return Number(recording('doomed')?.messages ?? 0) > 60;
    });
    doomed.process.kill('SIGKILL');
    await doomed.ended;
    const bag = await openBag(join(folder, 'doomed', '0001_recording'));
    const count = bag.topics.reduce((sum, topic) => sum + topic.count, 0);
    assert.ok(count > 10, `${count}`);
    assert.match(bag.notices.join(), /metadata.yaml: missing[^]*ends early/);
    await bag.close();
  });

  it('lists all that is wrong with its parameters', async () => {
    const wrong = ['extra_topics:="/tf, /x nobody/msg/Knows"', 'cameras.transports:=[raw, raw]'];
    const node = session.startNode('recorder', recorderArguments('wrong', ...wrong));
    assert.equal(await node.ended, 2);
    assert.match(node.output(), /extra_topics: expected `topic package\/msg\/Type`, found "\/tf"/);
    assert.match(node.output(), /cameras.transports: expected 1 elements/);
    assert.match(
      node.output(),
      /\/x: expected a type of the ROS that is sourced, which lacks the package nobody, found nobody/,
    );
  });

  it('ends within a second, with its recording whole', async () => {
    const node = session.startNode('recorder', recorderArguments('whole', 'mode:=always'));
    await session.until('some recording', () => Number(recording('whole')?.messages ?? 0) > 20);
    node.process.kill('SIGINT');
    assert.equal(await node.ended, 0);
    const messages = await messagesOf(join(folder, 'whole', '0001_recording'));
    assert.ok(messages.get('/joint_states')!.length > 10);
  });
});

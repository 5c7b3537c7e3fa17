import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Json, Peer } from './Peer.ts';
import { root, RosSession } from './RosSession.ts';
import {
  given,
  policyArgumentsFor,
  perceptionArgumentsFor,
  smallPicture,
  streamJoints,
  streamPictures,
} from './widowx.ts';

const model = join(root, 'test', 'fixtures', 'talking-model');
const BOX = { label: 'spoon', x1: 0.25, y1: 0.25, x2: 0.5, y2: 0.5, score: 1 };

describe('answers in words', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    await peer.watch('/plan', 'st4vla_ros/msg/SpatialPlan');
    const topic = 'camera/front/image_raw';
    session.startNode('perception', [
      ...perceptionArgumentsFor(topic, 'raw'),
      ...given(
        `model:=${model}`,
        'cameras.names:=[front,wrist]',
        `cameras.topics:=[${topic},${topic}]`,
        'cameras.transports:=[raw,raw]',
      ),
    ]);
    const decoding = given('decode_every:=3', 'decode_kinds:=[boxes,trajectory]');
    session.startNode('policy', [...policyArgumentsFor(model), ...decoding]);
    await streamJoints(peer);
    await streamPictures(peer, smallPicture);
    await session.until('activity', () => peer.diagnostic('/policy: callbacks'));
  });
  after(() => session.close());

  const ask = (request: Json): Promise<Json> =>
    peer.call('/policy/ask_spatial', 'st4vla_ros/srv/AskSpatial', request);
  const instruct = (data: string) =>
    peer.publish('/instruction', 'std_msgs/msg/String', { data }, 'latched');

  it('are refused before there is a plan', async () => {
    const { success, message } = await ask({ kind: 'boxes' });
    assert.deepEqual([success, message], [false, 'there is no plan yet']);
  });

  it('come with every third plan, beside the plan without', async () => {
    await instruct('put the spoon on the towel');
    const said = () => peer.messages('/plan').filter(({ message }) => message.raw_text !== '');
    await session.until('two answers', () => said().length > 1);
    const { boxes, raw_text: text, plan_id: id, trajectory } = said()[0]!.message;
    assert.deepEqual(boxes, [BOX]);
    assert.match(text, /^\[ \{ "bbox_2d" .*\nno idea \.$/);
    assert.deepEqual([trajectory, id], [[], 1]);
    assert.equal(said()[1]!.message.plan_id % 3, 1);
    const silent = peer.messages('/plan').filter(({ message }) => message.raw_text === '');
    assert.ok(silent.some(({ message }) => message.plan_id === 1));
  });

  it('are given to who asks', async () => {
    const boxes = await ask({ kind: 'boxes' });
    assert.deepEqual([boxes.success, boxes.message, boxes.tokens], [true, '', 19]);
    assert.deepEqual(boxes.plan.boxes, [BOX]);
    assert.ok(boxes.latency > 0);
    const points = await ask({ kind: 'points', instruction: 'the towel' });
    assert.deepEqual(points.plan.points, [{ label: '', x: 0.25, y: 0.5, score: 1 }]);
    assert.equal(points.plan.instruction, 'the towel');
  });

  it('are reported, not guessed, where they cannot be read', async () => {
    const path = await ask({ kind: 'trajectory' });
    assert.deepEqual([path.success, path.plan.trajectory], [false, []]);
    assert.equal(path.plan.raw_text, 'no idea .');
    assert.match(path.message, /no coordinates/);
    const problem = /^unreadable: no coordinates in the answer$/;
    await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/policy: answers');
      return Number(found?.values.unreadable) > 0 && problem.test(found.message);
    });
  });

  it('are refused for what nobody can answer', async () => {
    const { success, message } = await ask({ kind: 'poem' });
    assert.equal(success, false);
    assert.match(message, /kind: expected boxes, points, trajectory, found "poem"/);
    assert.match((await ask({ kind: 'boxes', instruction: '...' })).message, /no words/);
  });

  it('keep neither planner nor expert waiting, however long they take', async () => {
    await peer.watch('/action_chunk', 'st4vla_ros/msg/ActionChunk', 'reliable', ['plan_id']);
    const question = ask({ kind: 'boxes', instruction: 'the spoon forever' });
    question.catch(() => undefined);
    for (let round = 0; round < 3; round++) {
      peer.forget('/plan');
      peer.forget('/action_chunk');
      await session.until('plans', () => peer.messages('/plan').length > 2);
      await session.until('chunks', () => peer.messages('/action_chunk').length > 1);
    }
    const { message } = await ask({ kind: 'points' });
    assert.equal(message, 'another question is being answered');
  });
});

import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import {
  controllerArguments,
  perceptionArguments,
  policyArguments,
  smallPicture,
  streamJoints,
  streamPictures,
} from './widowx.ts';

const ACTION = 'st4vla_ros/action/ExecuteTask';
const [TIMEOUT, CANCELED, STOPPED, SUPERSEDED] = [0, 1, 2, 3];
const [SUCCEEDED, WAS_CANCELED, ABORTED] = [4, 5, 6];
const STRING = 'std_msgs/msg/String';

describe('camera → perception → policy → controller → commands', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('perception', perceptionArguments);
    session.startNode('policy', policyArguments);
    session.startNode('controller', controllerArguments);
    peer = await session.startPeer();
    await peer.watch('/plan', 'st4vla_ros/msg/SpatialPlan');
    await peer.watch('/action_chunk', 'st4vla_ros/msg/ActionChunk');
    await peer.watch('/execution_state', 'st4vla_ros/msg/ExecutionState');
    await peer.watch('/arm_controller/joint_trajectory', 'trajectory_msgs/msg/JointTrajectory');
    await peer.watchDiagnostics();
    await streamJoints(peer);
    await streamPictures(peer, smallPicture);
    await session.until('observations', () => {
      const found = peer.diagnostic('/policy: observations');
      return Number(found?.values.received ?? 0) > 3;
    });
    // An epoch that a controller begins at its start would be that of the first chunk.
    await state('a controller', Boolean);
  });
  after(() => session.close());

  const state = (what: string, accept: (state: Json) => boolean): Promise<Json> =>
    session.until(what, () => {
      const last = peer.last('/execution_state');
      return last !== undefined && accept(last) && last;
    });
  const instruct = (data: string): Promise<unknown> =>
    peer.publish('/instruction', STRING, { data }, 'latched');
  const send = async (name: string, timeout: number): Promise<void> => {
    const goal = { instruction: 'put the spoon on the towel', timeout };
    assert.deepEqual(await peer.sendGoal(name, '/execute_task', ACTION, goal), { accepted: true });
  };
  const ended = async (name: string): Promise<[number, number]> => {
    const { status, message } = await session.until(`the end of ${name}`, () => peer.result(name));
    return [status, message.ended];
  };

  it('does nothing without an instruction', () => {
    assert.equal(peer.last('/plan'), undefined);
    assert.equal(peer.last('/action_chunk'), undefined);
  });

  for (const [what, text, reason] of [
    ['an empty instruction', '', /refused: the instruction has no words/],
    [
      'a very long one',
      'a'.repeat(513),
      /refused: the instruction has 513 characters, at most 512/,
    ],
  ] as const) {
    it(`refuses ${what} with a reason`, async () => {
      await instruct(text);
      await session.until('the diagnostic', () =>
        reason.test(peer.diagnostic('/policy: instruction').message),
      );
      assert.equal(peer.last('/plan'), undefined);
    });
  }

  it('turns an instruction into plans, chunks and motion', async () => {
    await instruct('put the spoon on the towel');
    const plan = await session.until('a plan', () => peer.last('/plan'));
    assert.equal(plan.instruction, 'put the spoon on the towel');
    assert.deepEqual(
      plan.points.map(({ label }: Json) => label),
      ['pick', 'place', 'grip_a', 'grip_b'],
    );
    const chunk = await session.until('a chunk', () => {
      const last = peer.last('/action_chunk');
      return last?.horizon > 0 && (last as Json);
    });
    assert.equal(chunk.epoch, plan.epoch);
    assert.equal(chunk.actions.length, chunk.horizon * chunk.dim);
    assert.ok(chunk.plan_id > 0 && chunk.plan_age >= 0, `plan age ${chunk.plan_age}`);
    const running = await state('motion', (s) => s.chunk_id > 0 && s.row >= 0);
    assert.equal(running.epoch, plan.epoch);
    await state('ticks', (s) => s.ticks_consumed >= running.ticks_consumed + 3);
    await session.until('commands', () => peer.last('/arm_controller/joint_trajectory'));
  });

  it('begins a new epoch with another instruction and discards what is older', async () => {
    const { epoch: before } = await state('a state', Boolean);
    await instruct('put the spoon on the plate');
    const { epoch } = await state('the new epoch', (s) => s.epoch > before);
    await session.until('a plan of it', () => peer.last('/plan').epoch === epoch);
    await state('motion in it', (s) => s.epoch === epoch && s.row >= 0);
    assert.ok(peer.messages('/action_chunk').every(({ message }) => message.horizon > 0));
  });

  it('lets who comes late know the epoch', async () => {
    const { epoch } = await state('a state', Boolean);
    await peer.watch('/epoch', 'st4vla_ros/msg/Epoch', 'latched');
    const newest = await session.until('the epoch', () => peer.last('/epoch'));
    assert.equal(newest.epoch, epoch);
  });

  it('carries out a goal until its timeout, with feedback', async () => {
    await send('timeout', 1.5);
    const feedback = await session.until('feedback', () =>
      peer.feedback('timeout').find(({ phase }) => phase === 'acting'),
    );
    assert.ok(feedback.plan_age > 0 && feedback.plan_age < 10, `${feedback.plan_age}`);
    assert.deepEqual(await ended('timeout'), [SUCCEEDED, TIMEOUT]);
    const { ticks, duration } = peer.result('timeout').message;
    assert.ok(ticks >= 3 && ticks <= 9, `${ticks} ticks`);
    assert.ok(duration >= 1.5 && duration < 3, `${duration} s`);
    await state('rest', ({ leftover, row }) => leftover === 0 && row === -1);
  });

  it('ends a goal that is canceled', async () => {
    await send('canceled', 60);
    await session.until('feedback', () => peer.feedback('canceled').length > 0);
    await peer.cancelGoal('canceled');
    assert.deepEqual(await ended('canceled'), [WAS_CANCELED, CANCELED]);
  });

  it('ends a goal that another goal or an instruction takes the place of', async () => {
    await send('first', 60);
    await send('second', 60);
    assert.deepEqual(await ended('first'), [ABORTED, SUPERSEDED]);
    await instruct('put the spoon on the plate');
    assert.deepEqual(await ended('second'), [ABORTED, SUPERSEDED]);
  });

  it('ends a goal on ~/stop, adopts its epoch, and goes on after ~/resume', async () => {
    await send('stopped', 60);
    await state('motion', (s) => s.row >= 0);
    await peer.call('/controller/stop', 'std_srvs/srv/Trigger');
    assert.deepEqual(await ended('stopped'), [ABORTED, STOPPED]);
    const stopped = await state('the stop', ({ status }) => status === 4);
    await peer.call('/controller/resume', 'std_srvs/srv/Trigger');
    await send('resumed', 60);
    await state('motion', (s) => s.epoch > stopped.epoch && s.row >= 0);
    await peer.cancelGoal('resumed');
    await ended('resumed');
  });

  it('refuses goals that make no sense', async () => {
    for (const goal of [
      { instruction: '', timeout: 5 },
      { instruction: 'put the spoon on the towel', timeout: 0 },
    ]) {
      const answer = await peer.sendGoal('bad', '/execute_task', ACTION, goal);
      assert.deepEqual(answer, { accepted: false });
    }
  });

  it('has thrown nothing on the way', () => {
    for (const node of ['perception', 'policy', 'controller']) {
      assert.equal(peer.diagnostic(`/${node}: callbacks`).message, 'no exception');
    }
  });
});

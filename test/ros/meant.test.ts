import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { type NodeProcess, RosSession } from './RosSession.ts';
import {
  controllerArguments,
  forwardChunk,
  HOME,
  ARM_JOINTS,
  perceptionArguments,
  policyArguments,
  smallPicture,
  streamPictures,
} from './widowx.ts';

const CHUNK = 'st4vla_ros/msg/ActionChunk';
const EPOCH = 'st4vla_ros/msg/Epoch';
const STATE = 'st4vla_ros/msg/ExecutionState';
const TEXT = 'std_msgs/msg/String';
const [RUNNING, HOLD_STARVED, STOPPED] = [0, 2, 4];

describe('controller, with messages that are not meant', () => {
  let session: RosSession;
  let peer: Peer;
  let controller: NodeProcess;
  before(async () => {
    session = await RosSession.open();
    controller = session.startNode('controller', [...controllerArguments, '-p', 'max_blind:=2.0']);
    peer = await session.startPeer();
    await peer.watch('/execution_state', STATE);
    await peer.watchDiagnostics();
    await peer.drive([...ARM_JOINTS, 'left_finger'], [...HOME, 0.037], 50);
    await state('rest', ({ status }) => status === HOLD_STARVED);
  });
  after(() => session.close());

  const state = (what: string, accept: (state: Json) => boolean): Promise<Json> =>
    session.until(what, () => {
      const last = peer.last('/execution_state');
      return last !== undefined && accept(last) && last;
    });
  const chunks = () => peer.diagnostic('/controller: action chunks')?.values;
  const refused = () => Number(chunks()?.refused ?? 0);
  const refusal = (what: string, message: Json, late = 0): Promise<string> =>
    refusalAfter(what, () => peer.publish('/action_chunk', CHUNK, message, 'reliable', late));
  const refusalAfter = async (what: string, send: () => Promise<unknown>): Promise<string> => {
    const before = await session.until('diagnostics', () => chunks() && refused() + 1);
    await send();
    await session.until(`refusal of ${what}`, () => refused() >= before);
    return chunks().last_refusal as string;
  };

  it('refuses observations that are old, to come, or of no time, while the arm is idle', async () => {
    const { ticks_consumed: ticks, epoch } = await state('a state', () => true);
    for (const [late, reason] of [
      [3, /observation: expected one of the last 2.000 s, found one 3\.\d+ s old/],
      [86_400, /found one 86400\.\d+ s old/],
      [-60, /stamp: expected at most 0.1 s ahead of the clock, found 59\.\d+ s|found 60/],
    ] as const) {
      assert.match(await refusal(`${late} s`, forwardChunk(epoch), late), reason);
    }
    for (const stamp of [
      { sec: 0, nanosec: 0 },
      { sec: -5, nanosec: 0 },
    ]) {
      const message = forwardChunk(epoch, { header: { stamp, frame_id: '' } });
      assert.match(
        await refusal(JSON.stringify(stamp), message),
        /stamp: expected the time of an observation, found (0|-5) s/,
      );
    }
    const last = await state('a state', () => true);
    assert.deepEqual([last.status, last.ticks_consumed], [HOLD_STARVED, ticks]);
  });

  it('refuses epochs that leap, in chunks, in chunks without rows and by themselves', async () => {
    for (const [topic, type, message] of [
      ['/action_chunk', CHUNK, forwardChunk(4_294_967_295)],
      ['/action_chunk', CHUNK, forwardChunk(1000)],
      ['/action_chunk', CHUNK, { epoch: 1000 }],
      ['/epoch', EPOCH, { epoch: 1000 }],
    ] as const) {
      const qos = topic === '/epoch' ? 'latched' : 'reliable';
      const send = () => peer.publish(topic, type, message, qos);
      const reason = await refusalAfter(`epoch ${message.epoch} on ${topic}`, send);
      assert.match(reason, /epoch: expected \d+(…\d+| or later), found (4294967295|1000)/);
    }
    assert.ok(peer.last('/execution_state').epoch < 16);
  });

  it('takes the epoch of a chunk without rows, as of an older policy, and warns once', async () => {
    for (const ahead of [1, 2]) {
      const { epoch } = await state('a state', () => true);
      await peer.publish('/action_chunk', CHUNK, { epoch: epoch + ahead });
      await state('the epoch', (one) => one.epoch === epoch + ahead);
    }
    assert.equal(controller.output().match(/a chunk without rows on action_chunk/g)?.length, 1);
  });

  it('refuses an epoch larger than any', async () => {
    const message = { header: { frame_id: 'x'.repeat(2000) }, epoch: 1 };
    const send = () => peer.publish('/epoch', EPOCH, message, 'latched');
    assert.match(await refusalAfter('a large epoch', send), /epoch: expected at most 1024 bytes/);
  });

  it('refuses a chunk larger than any that may be executed', async () => {
    const rows = 4096;
    const message = forwardChunk(0, { horizon: rows, actions: Array(rows * 7).fill(0) });
    assert.match(await refusal('a large chunk', message), /expected at most \d+ bytes, found 114/);
  });

  it('goes on with the next chunk that is meant', async () => {
    const { epoch } = await state('a state', () => true);
    await peer.publish('/action_chunk', CHUNK, forwardChunk(epoch));
    await state('motion', ({ status }) => status === RUNNING);
  });

  it('tells its state all the time, and a reason of 1 MB in brief', async () => {
    await peer.publish('/halt', TEXT, { data: 'x'.repeat(1_000_000) });
    const stopped = await state('a stop', ({ status }) => status === STOPPED);
    assert.equal(stopped.reason, `${'x'.repeat(511)}…`);
    peer.forget('/execution_state');
    await session.until('more states', () => peer.messages('/execution_state').length > 25);
    assert.equal(peer.last('/execution_state').reason.length, 512);
  });
});

describe('policy, with messages that are not meant', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('perception', perceptionArguments);
    session.startNode('policy', [...policyArguments, '-p', 'max_observation_age:=5.0']);
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    await peer.watch('/action_chunk', CHUNK, 'reliable', ['epoch', 'horizon']);
    await peer.drive([...ARM_JOINTS, 'left_finger'], [...HOME, 0.037], 50);
    await streamPictures(peer, smallPicture);
    await peer.stream('/execution_state', STATE, { epoch: 7, speed_scale: 1 }, 50, 'reliable');
    await session.until('the policy', () => instruction()?.epoch === '7');
  });
  after(() => session.close());

  const values = (part: string) => peer.diagnostic(`/policy: ${part}`)?.values;
  const instruction = () => values('instruction');
  const say = (data: string) => peer.publish('/instruction', TEXT, { data }, 'latched');

  it('takes the sentence that it follows, said again and again, for nothing new', async () => {
    await say('put the spoon on the towel');
    await session.until('chunks', () => peer.last('/action_chunk')?.horizon > 0);
    const { epoch } = peer.last('/action_chunk');
    for (let i = 0; i < 8; i++) await say(' put the  spoon on the towel ');
    await session.until('repetitions', () => Number(instruction()?.repetitions) >= 8);
    peer.forget('/action_chunk');
    await session.until('more chunks', () => peer.messages('/action_chunk').length > 3);
    const epochs = peer.messages('/action_chunk').map(({ message }) => message.epoch);
    assert.deepEqual([...new Set(epochs)], [epoch]);
    await say('put the carrot on the plate');
    await session.until('the next epoch', () => peer.last('/action_chunk').epoch === epoch + 1);
  });

  it('stays at its epoch whatever a stranger reports', async () => {
    const { epoch } = peer.last('/action_chunk');
    const forged = [
      { epoch: 4_294_967_000, speed_scale: 1 },
      { epoch, speed_scale: 1, ticks_consumed: 2 ** 60 },
      { epoch, speed_scale: 40 },
    ];
    const before = Number(values('execution state')?.refused ?? 0);
    for (const message of forged) await peer.publish('/execution_state', STATE, message);
    await peer.publish('/execution_state', STATE, { epoch, status: STOPPED }, 'reliable', 60);
    await session.until('refusals', () => {
      return Number(values('execution state')?.refused) >= before + 4;
    });
    peer.forget('/action_chunk');
    await session.until('more chunks', () => peer.messages('/action_chunk').length > 3);
    const epochs = peer.messages('/action_chunk').map(({ message }) => message.epoch);
    assert.deepEqual([...new Set(epochs)], [epoch]);
  });

  it('follows a controller that was started again, whose epochs begin at 0', async () => {
    await peer.stream('/execution_state', STATE, { epoch: 500, speed_scale: 1 }, 50, 'reliable');
    await session.until('chunks of its epoch', () => peer.last('/action_chunk').epoch === 500);
    await peer.stream('/execution_state', STATE, { epoch: 0, speed_scale: 1 }, 50, 'reliable');
    await session.until('chunks of its epoch', () => peer.last('/action_chunk').epoch === 0);
  });
});

import assert from 'node:assert/strict';
import type { Json, Peer } from './Peer.ts';
import { assertClose } from '../core/arm.ts';
import { newestPoint } from './newestPoint.ts';
import { RosSession } from './RosSession.ts';
import {
  ARM_JOINTS,
  HOME,
  controllerArguments,
  controllerArgumentsFor,
  forwardChunk as chunk,
  streamJoints,
} from './widowx.ts';

const [RUNNING, HOLD_STALE, HOLD_STARVED, , STOPPED] = [0, 1, 2, 3, 4];
const TRAJECTORY = 'trajectory_msgs/msg/JointTrajectory';
const CHUNK = 'st4vla_ros/msg/ActionChunk';
const forwardNamespace = ['-r', '__ns:=/forward', '-r', 'joint_states:=/joint_states'];

describe('controller, with an rclpy arm', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('controller', controllerArguments);
    session.startNode('controller', [
      ...controllerArgumentsFor('forward_command'),
      ...forwardNamespace,
    ]);
    peer = await session.startPeer();
    await peer.watch('/execution_state', 'st4vla_ros/msg/ExecutionState');
    await peer.watch('/arm_controller/joint_trajectory', TRAJECTORY);
    await peer.watch('/gripper_controller/joint_trajectory', TRAJECTORY);
    for (const name of ['forward_position', 'gripper_position']) {
      const topic = `/forward/${name}_controller/commands`;
      await peer.watch(topic, 'std_msgs/msg/Float64MultiArray');
    }
    await peer.watchDiagnostics();
  });
  after(() => session.close());

  const state = (what: string, accept: (state: Json) => boolean): Promise<Json> =>
    session.until(what, () => {
      const last = peer.last('/execution_state');
      return last !== undefined && accept(last) && last;
    });
  const command = (): Json => peer.last('/arm_controller/joint_trajectory');
  const trigger = (name: string): Promise<Json> =>
    peer.call(`/controller/${name}`, 'std_srvs/srv/Trigger');
  const offer = (message: Json): Promise<unknown> => peer.publish('/action_chunk', CHUNK, message);

  it('commands nothing before it has seen joint states', async () => {
    const { reason } = await state('a state', ({ status }) => status === HOLD_STALE);
    assert.equal(reason, 'no joint state yet');
    assert.equal(command(), undefined);
  });

  it('then holds the arm where it is, over either sink', async () => {
    await streamJoints(peer);
    await state('starvation', ({ status }) => status === HOLD_STARVED);
    const arm = await session.until('commands', command);
    assert.deepEqual(arm.joint_names, ARM_JOINTS);
    const point = newestPoint(arm);
    assert.deepEqual(point.velocities, [0, 0, 0, 0, 0, 0]);
    point.positions.forEach((q: number, i: number) => assert.ok(Math.abs(q - HOME[i]!) < 1e-9));
    const gripper = await session.until('gripper commands', () =>
      peer.last('/gripper_controller/joint_trajectory'),
    );
    assert.deepEqual(gripper.joint_names, ['left_finger']);
    assertClose(newestPoint(gripper).positions, [0.037], 1.1e-5);
    const forward = await session.until('forward commands', () =>
      peer.last('/forward/forward_position_controller/commands'),
    );
    assert.deepEqual(forward.data, point.positions);
    await session.until('the gripper', () => {
      return peer.last('/forward/gripper_position_controller/commands')?.data[0] > 0.0369;
    });
  });

  it('executes a chunk tick by tick', async () => {
    const { epoch } = await state('a state', Boolean);
    await peer.publish('/action_chunk', CHUNK, chunk(epoch));
    const first = await state('motion', ({ status }) => status === RUNNING);
    const after = await state('four ticks', (s) => s.ticks_consumed >= first.ticks_consumed + 4);
    const ticks = after.ticks_consumed - first.ticks_consumed;
    assert.deepEqual([after.chunk_id, after.row], [7, first.row + ticks]);
    const moved = after.target_base_from_ee.position.x - first.target_base_from_ee.position.x;
    assert.ok(Math.abs(moved - 0.002 * ticks) < 1e-4, `${moved} m in ${ticks} ticks`);
    assert.ok(newestPoint(command()).velocities.some((v: number) => v !== 0));
  });

  it('comes to rest on ~/stop and stays so until ~/resume', async () => {
    const { epoch: before } = await state('motion', ({ status }) => status === RUNNING);
    const answer = await trigger('stop');
    assert.equal(answer.success, true);
    const { epoch, reason } = await state('the stop', ({ status }) => status === STOPPED);
    assert.equal(reason, 'by the operator');
    assert.equal(epoch, before + 1);
    await session.until('rest', () =>
      newestPoint(command()).velocities.every((v: number) => v === 0),
    );
    await offer(chunk(epoch + 5));
    await session.until('the refusal', () =>
      /stopped: by the operator/.test(
        peer.diagnostic('/controller: action chunks').values.last_refusal,
      ),
    );
    await trigger('reset');
    const still = await state('the reset', (s) => s.epoch > epoch);
    assert.equal(still.status, STOPPED);

    await trigger('resume');
    const resumed = await state('readiness', ({ status }) => status === HOLD_STARVED);
    await offer(chunk(epoch));
    await session.until('the refusal of an old epoch', () =>
      /epoch: expected \d+ or later/.test(
        peer.diagnostic('/controller: action chunks').values.last_refusal,
      ),
    );
    await offer(chunk(resumed.epoch));
    await state('motion', ({ status }) => status === RUNNING);
  });

  it('refuses a malformed chunk whole and says why', async () => {
    const { epoch } = await state('a state', Boolean);
    await offer(chunk(epoch + 1, { actions: [1, 2, 3] }));
    await session.until('the diagnostic', () =>
      /expected 16 . 7 = 112 numbers, found 3/.test(
        peer.diagnostic('/controller: action chunks').values.last_refusal,
      ),
    );
    assert.equal((await state('a state', Boolean)).epoch, epoch);
  });

  it('drops what is queued when a new epoch comes', async () => {
    const { epoch } = await state('a state', Boolean);
    await offer(chunk(epoch));
    await state('rows', ({ leftover }) => leftover > 0);
    await peer.publish('/epoch', 'st4vla_ros/msg/Epoch', { epoch: epoch + 3 }, 'latched');
    const after = await state('the epoch', (s) => s.epoch === epoch + 3);
    assert.equal(after.leftover, 0);
  });

  it('holds when joint states stay away, and goes on when they are back', async () => {
    await peer.unstream('/joint_states');
    const { reason } = await state('the hold', ({ status }) => status === HOLD_STALE);
    assert.match(reason, /^joint state is 1\.\d+ s old$/);
    await streamJoints(peer);
    await state('the end of the hold', ({ status }) => status === HOLD_STARVED);
  });

  it('leaves the arm at rest when it is deactivated', async () => {
    const { epoch } = await state('a state', Boolean);
    await offer(chunk(epoch));
    await session.until('motion', () =>
      newestPoint(command()).velocities.some((v: number) => v !== 0),
    );
    const { success } = await peer.call(
      '/controller/change_state',
      'lifecycle_msgs/srv/ChangeState',
      { transition: { id: 4 } },
    );
    assert.equal(success, true);
    await session.until('rest', () =>
      newestPoint(command()).velocities.every((v: number) => v === 0),
    );
  });
});

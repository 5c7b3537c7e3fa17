import assert from 'node:assert/strict';
import type { Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { perceptionArguments, smallPicture, streamJoints, streamPictures } from './widowx.ts';

const [CONFIGURE, CLEANUP, ACTIVATE, DEACTIVATE, ACTIVE_SHUTDOWN] = [1, 2, 3, 4, 7];

describe('lifecycle, driven by an rclpy client', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('perception', [...perceptionArguments, '-p', 'autostart:=false']);
    peer = await session.startPeer();
    await peer.watch('/observation', 'st4vla_ros/msg/Observation', 'sensor');
    await streamJoints(peer);
    await streamPictures(peer, smallPicture);
  });
  after(() => session.close());

  const change = async (id: number): Promise<boolean> => {
    const request = { transition: { id } };
    const service = '/perception/change_state';
    return (await peer.call(service, 'lifecycle_msgs/srv/ChangeState', request)).success;
  };
  const state = async (): Promise<string> => {
    const service = '/perception/get_state';
    return (await peer.call(service, 'lifecycle_msgs/srv/GetState')).current_state.label;
  };
  const works = () => session.until('observations', () => peer.messages('/observation').length > 3);

  it('waits unconfigured without autostart', async () => {
    assert.equal(await state(), 'unconfigured');
  });

  it('answers a transition that is impossible', async () => {
    assert.equal(await change(ACTIVATE), false);
    assert.equal(await change(99), false);
    assert.equal(await state(), 'unconfigured');
  });

  it('works while it is active, and only then', async () => {
    assert.equal(await change(CONFIGURE), true);
    assert.equal(await state(), 'inactive');
    assert.equal(peer.messages('/observation').length, 0);
    assert.equal(await change(ACTIVATE), true);
    await works();
    assert.equal(await change(DEACTIVATE), true);
    // What was on its way has arrived when a later answer has.
    assert.equal(await state(), 'inactive');
    peer.forget('/observation');
    assert.equal(await state(), 'inactive');
    assert.equal(peer.messages('/observation').length, 0);
  });

  it('starts again after a clean-up, and from observation 1', async () => {
    assert.equal(await change(CLEANUP), true);
    assert.equal(await state(), 'unconfigured');
    assert.equal(await change(CONFIGURE), true);
    peer.forget('/observation');
    assert.equal(await change(ACTIVATE), true);
    await works();
    assert.ok(peer.messages('/observation')[0]!.message.id < 5);
  });

  it('can be shut down', async () => {
    assert.equal(await change(ACTIVE_SHUTDOWN), true);
    assert.equal(await state(), 'finalized');
  });
});

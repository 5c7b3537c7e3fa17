import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import sharp from 'sharp';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import {
  ARM_JOINTS,
  HOME,
  jointState,
  perceptionArguments,
  perceptionArgumentsFor,
  picture,
  streamJoints,
  streamPictures,
} from './widowx.ts';

const otherNamespace = ['-r', '__ns:=/other', '-r', 'joint_states:=/joint_states'];
const COMPRESSED = 'sensor_msgs/msg/CompressedImage';
const hash = (value: number) =>
  createHash('sha256')
    .update(Buffer.alloc(16 * 12 * 3, value))
    .digest('hex');

describe('perception, with an rclpy camera', () => {
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    session.startNode('perception', perceptionArguments);
    session.startNode('perception', [
      ...perceptionArgumentsFor('jpeg', 'compressed'),
      ...otherNamespace,
    ]);
    peer = await session.startPeer();
    await peer.watch('/observation', 'st4vla_ros/msg/Observation', 'sensor');
    await peer.watch('/other/observation', 'st4vla_ros/msg/Observation', 'sensor');
    await peer.watchDiagnostics();
    for (const name of ['/perception', '/other/perception']) {
      await session.until(`${name} active`, () => {
        return peer.diagnostic(`${name}: callbacks`)?.values.active === 'true';
      });
    }
    await streamJoints(peer);
  });
  after(() => session.close());
  afterEach(() => peer.unstream('/camera/front/image_raw'));

  const observation = (what: string, accept: (o: Json) => boolean): Promise<Json> => {
    peer.forget('/observation');
    return session
      .until(what, () => peer.messages('/observation').find(({ message }) => accept(message)))
      .then(({ message }) => message);
  };

  it('pairs image and joint states, in the order and sizes that the model wants', async () => {
    await streamPictures(peer, picture(100));
    const found = await observation('an observation', () => true);
    assert.deepEqual(found.view_names, ['front']);
    const [view] = found.views;
    assert.deepEqual([view.width, view.height, view.encoding, view.step], [16, 12, 'rgb8', 48]);
    assert.equal(view.data.sha256, hash(100));
    assert.deepEqual(found.joint_state.name, [...ARM_JOINTS, 'left_finger']);
    assert.deepEqual(found.joint_state.position, [...HOME, 0.037]);
    assert.ok(Math.abs(found.base_from_ee.position.x - 0.292) < 1e-3);
    assert.equal(found.gripper_opening, 1);
    assert.deepEqual(found.header.stamp, view.header.stamp);
    assert.ok(found.view_ages[0] > 0 && found.view_ages[0] < 0.5, `${found.view_ages[0]}`);
    assert.ok(Math.abs(found.joint_state_age) < 0.5, `${found.joint_state_age}`);
  });

  it('gets all of the large images', async () => {
    // A diagnostic from after the last test's images, else their rest would count as ours.
    peer.forget('/diagnostics');
    const name = '/perception: camera front';
    const { values } = await session.until('diagnostics', () => peer.diagnostic(name));
    const before = Number(values.received);
    await streamPictures(peer, picture(100));
    await observation('two seconds of images', () => peer.messages('/observation').length > 60);
    const sent = await peer.unstream('/camera/front/image_raw');
    const received = await session.until('images', () => {
      const count = Number(peer.diagnostic(name).values.received) - before;
      return count >= 0.9 * sent && count;
    });
    assert.ok(received <= sent + 1, `${received} of ${sent}`);
  });

  const yuyv = { encoding: 'yuv422_yuy2', step: 1280, data: { fill: 128, length: 1280 * 480 } };
  const padded = { encoding: 'mono8', step: 700, data: { fill: 7, length: 700 * 480 } };
  for (const [changes, value] of [
    [yuyv, 130],
    [padded, 7],
  ] as const) {
    it(`reads ${changes.encoding} with ${changes.step} bytes a row`, async () => {
      await streamPictures(peer, picture(0, changes));
      await observation('its pixels', ({ views }) => views[0].data.sha256 === hash(value));
    });
  }

  it('reads JPEG, and lives on after a truncated one', async () => {
    const pixels = { width: 64, height: 48, channels: 3, background: { r: 80, g: 80, b: 80 } };
    const jpeg = await sharp({ create: pixels as never })
      .jpeg()
      .toBuffer();
    const message = (bytes: Buffer) => ({
      format: 'jpeg',
      data: { base64: bytes.toString('base64') },
    });
    const send = (bytes: Buffer) =>
      peer.stream('/other/jpeg', COMPRESSED, message(bytes), 30, 'sensor');
    const good = () => peer.messages('/other/observation').length > 3;

    await send(jpeg);
    await session.until('observations of JPEG', good);
    assert.equal(peer.last('/other/observation').views[0].data.sha256, hash(80));
    await send(jpeg.subarray(0, jpeg.length >> 1));
    const fault = await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/other/perception: camera front');
      return found.level === 2 && found;
    });
    assert.match(fault.message, /^jpeg: \d+ frames dropped: \d+ bytes that do not decode/);
    peer.forget('/other/observation');
    await send(jpeg);
    await session.until('observations after it', good);
    await peer.unstream('/other/jpeg');
  });

  for (const [what, changes, reason] of [
    ['an unknown encoding', { encoding: 'bayer_rggb8' }, /encoding 'bayer_rggb8', expected one of/],
    ['a row length that is too small', { step: 100 }, /step 100, expected at least 1920/],
    ['missing rows', { height: 481 }, /921600 bytes, expected step 1920 x height 481/],
  ] as const) {
    it(`drops frames with ${what}, says why, and lives`, async () => {
      await streamPictures(peer, picture(100, changes));
      const fault = await session.until('the diagnostic', () => {
        const found = peer.diagnostic('/perception: camera front');
        return found.level === 2 && reason.test(found.message) && found;
      });
      assert.match(fault.message, /^camera\/front\/image_raw: /);
      assert.ok(Number(fault.values.dropped) > 0);
      await streamPictures(peer, picture(100));
      await observation('the next good frame', () => true);
    });
  }

  it('refuses joint states that lack joints and names them', async () => {
    const { name, position } = jointState;
    const lacking = { name: name.slice(0, -4), position: position.slice(0, -4) };
    await peer.stream('/joint_states', 'sensor_msgs/msg/JointState', lacking, 50, 'sensor');
    const fault = await session.until('the diagnostic', () => {
      const found = peer.diagnostic('/perception: joint states');
      return found.level === 2 && found;
    });
    assert.equal(fault.message, 'joint state: missing waist, shoulder, left_finger');
    await streamPictures(peer, picture(100));
    await session.until('images without joint states are left out', () =>
      /the nearest joint state is/.test(peer.diagnostic('/perception: observation').message),
    );
    await streamJoints(peer);
    await observation('an observation', () => true);
  });
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { given, smallPicture, tinyModel } from './widowx.ts';

const STRING = 'std_msgs/msg/String';
const SENTENCE = 'put the spoon on the towel';
const STOPPED = 4;
/** Names that all arms of a domain share. */
const SHARED = /^\/(rosout|parameter_events|diagnostics|clock)$/;
/** More than a held arm ever moves, rad. */
const MOVED_RAD = 0.02;

const NODES = ['perception', 'policy', 'controller'];
const WIDOWX = ['left', 'right'] as const;
const GOOGLE = 'google';

/** The tiny model as one of the other arm. */
function tinyModelFor(robot: string, folder: string): string {
  const model = path.join(folder, robot);
  fs.cpSync(tinyModel, model, { recursive: true });
  const file = path.join(model, 'manifest.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8')) as { embodiment: string };
  manifest.embodiment = robot;
  fs.writeFileSync(file, JSON.stringify(manifest));
  return model;
}

/** The three nodes of an arm, as a launch file starts them in a namespace. */
function startArm(session: RosSession, namespace: string, robot: string, model: string): void {
  const common = [
    '-r',
    `__ns:=/${namespace}`,
    ...given(`robot:=${robot}`, 'diagnostics_period:=0.5'),
  ];
  const view = robot === 'widowx' ? 'camera/front/image_raw' : 'camera/head/image_raw';
  const cameras = given(
    'cameras.names:=[front]',
    `cameras.topics:=[${view}]`,
    'cameras.transports:=[raw]',
    'max_joint_skew:=1.0',
  );
  session.startNode('perception', [...common, ...given(`model:=${model}`), ...cameras]);
  session.startNode('policy', [...common, ...given(`model:=${model}`, 'isolation:=thread')]);
  const sink = given('sink:=joint_trajectory', 'stale_after:=2.0');
  session.startNode('controller', [...common, ...sink]);
}

describe('two WidowX and a Google Robot in one domain', function () {
  this.timeout(180_000); // many processes

  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-arms-'));
  let session: RosSession;
  let peer: Peer;
  before(async () => {
    session = await RosSession.open();
    for (const namespace of WIDOWX) {
      startArm(session, namespace, 'widowx', tinyModel);
      const simulator = ['-r', `__ns:=/${namespace}`, ...given('robot:=widowx', 'image_rate:=5.0')];
      session.startNode('simulator', simulator);
    }
    startArm(session, GOOGLE, 'google_robot', tinyModelFor('google_robot', folder));
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    for (const arm of [...WIDOWX, GOOGLE]) {
      await peer.watch(`/${arm}/execution_state`, 'st4vla_ros/msg/ExecutionState');
      await peer.watch(`/${arm}/plan`, 'st4vla_ros/msg/SpatialPlan', 'reliable', ['epoch']);
      await peer.watch(`/${arm}/joint_states`, 'sensor_msgs/msg/JointState', 'sensor');
      await peer.watch(
        `/${arm}/arm_controller/joint_trajectory`,
        'trajectory_msgs/msg/JointTrajectory',
        'reliable',
        ['joint_names'],
      );
    }
    const head = Object.entries(googleRobot.heldJoints);
    const joints = {
      name: [...googleRobot.armJoints, ...googleRobot.fingerJoints, ...head.map(([name]) => name)],
      position: [...googleRobot.homeJoints, 0, 0, ...head.map(([, position]) => position)],
    };
    await peer.stream(
      `/${GOOGLE}/joint_states`,
      'sensor_msgs/msg/JointState',
      joints,
      30,
      'sensor',
    );
    const image = `/${GOOGLE}/camera/head/image_raw`;
    await peer.stream(image, 'sensor_msgs/msg/Image', smallPicture, 5, 'sensor');
    for (const arm of [...WIDOWX, GOOGLE])
      await session.until(
        `observations of ${arm}`,
        () => Number(peer.diagnostic(`/${arm}/policy: observations`)?.values.received ?? 0) > 1,
        120_000,
      );
  });
  after(async () => {
    await session.close();
    fs.rmSync(folder, { recursive: true });
  });

  const state = (arm: string): Json => peer.last(`/${arm}/execution_state`);
  const until = (what: string, condition: () => boolean): Promise<boolean> =>
    session.until(what, condition, 60_000);
  const instruct = (arm: string): Promise<unknown> =>
    peer.publish(`/${arm}/instruction`, STRING, { data: SENTENCE }, 'latched');
  const positions = (arm: string): number[] => peer.last(`/${arm}/joint_states`).position;
  const distance = (a: readonly number[], b: readonly number[]): number =>
    Math.max(...a.map((position, i) => Math.abs(position - b[i]!)));
  /** What would show that an arm was told something. */
  const signs = (arm: string): Json => ({
    epoch: state(arm).epoch,
    ticks: state(arm).ticks_consumed,
    plans: peer.messages(`/${arm}/plan`).length,
  });

  for (const arm of [...WIDOWX, GOOGLE]) {
    it(`keeps all names of ${arm} in its namespace`, async () => {
      const nodes = arm === GOOGLE ? NODES : [...NODES, 'simulator'];
      for (const node of nodes) {
        const endpoints = await peer.endpoints(node, `/${arm}`);
        const names = Object.values(endpoints).flat();
        assert.ok(names.length > 10, `${node}: ${names.join(' ')}`);
        const outside = names.filter((name) => !name.startsWith(`/${arm}/`) && !SHARED.test(name));
        assert.deepEqual(outside, [], node);
      }
    });
  }

  it('moves the arm that is told to, and no other one', async () => {
    const others = ['right', GOOGLE];
    const before = new Map([...WIDOWX].map((arm) => [arm, positions(arm)]));
    const told = new Map(others.map((arm) => [arm, signs(arm)]));
    await instruct('left');
    await until('motion of the left arm', () => {
      const moved = distance(positions('left'), before.get('left')!);
      return state('left').ticks_consumed > 5 && moved > MOVED_RAD;
    });
    for (const arm of others) assert.deepEqual(signs(arm), told.get(arm), arm);
    assert.ok(distance(positions('right'), before.get('right')!) < MOVED_RAD / 4);
  });

  it('commands each robot by the names of its own joints', async () => {
    await instruct(GOOGLE);
    await until('motion of the Google Robot', () => state(GOOGLE).ticks_consumed > 0);
    const commanded = (arm: string): Promise<Json> =>
      session.until(`commands to ${arm}`, () =>
        peer.last(`/${arm}/arm_controller/joint_trajectory`),
      );
    assert.deepEqual((await commanded(GOOGLE)).joint_names, [...googleRobot.armJoints]);
    assert.equal((await commanded('left')).joint_names[0], 'waist');
    assert.equal(state('right').ticks_consumed, 0);
  });

  it('stops one arm while the others go on', async () => {
    await instruct('right');
    await until('motion of the right arm', () => state('right').ticks_consumed > 0);
    await peer.call('/left/controller/stop', 'std_srvs/srv/Trigger');
    await until('the stop', () => state('left').status === STOPPED);
    const ticks = state('right').ticks_consumed;
    await until('the right arm to go on', () => state('right').ticks_consumed > ticks + 2);
    assert.notEqual(state('right').status, STOPPED);
    assert.notEqual(state(GOOGLE).status, STOPPED);
  });
});

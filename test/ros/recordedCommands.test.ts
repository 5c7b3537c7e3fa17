import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBag } from '../../adapters/bags/openBag.ts';
import { readMotion } from '../../lab/replay/readMotion.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { poseToMessage } from '../../adapters/messages/geometry.ts';
import { packageRoot } from '../../setup/paths.mjs';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import { ARM_JOINTS, given, HOME, streamJoints } from './widowx.ts';

const OPEN_M = 0.037;
const XS = 'interbotix_xs_msgs/msg';

type Sent = readonly [topic: string, type: string, message: Json];

/** What each sink sends for the same command: the arm at home, the gripper open. */
function commandsOf(baseFromEe: Json): Readonly<Record<string, readonly Sent[]>> {
  const points = [{ positions: HOME.map((q) => q + 1) }, { positions: HOME }];
  return {
    'xs_sdk, as a group': [
      ['/commands/joint_single', `${XS}/JointSingleCommand`, { name: 'gripper', cmd: 2 * OPEN_M }],
      ['/commands/joint_group', `${XS}/JointGroupCommand`, { name: 'arm', cmd: HOME }],
    ],
    'xs_sdk, by trajectories': [
      ['/commands/joint_single', `${XS}/JointSingleCommand`, { name: 'gripper', cmd: 2 * OPEN_M }],
      [
        '/commands/joint_trajectory',
        `${XS}/JointTrajectoryCommand`,
        { cmd_type: 'group', name: 'arm', traj: { joint_names: ARM_JOINTS, points } },
      ],
    ],
    gz: [
      ['/joint/left_finger/cmd_pos', 'std_msgs/msg/Float64', { data: OPEN_M }],
      ...ARM_JOINTS.map((joint, i): Sent => [
        `/joint/${joint}/cmd_pos`,
        'std_msgs/msg/Float64',
        { data: HOME[i]! },
      ]),
    ],
    servo_pose: [
      [
        '/gripper_position_controller/commands',
        'std_msgs/msg/Float64MultiArray',
        { data: [OPEN_M] },
      ],
      [
        '/servo_node/pose_target_cmds',
        'geometry_msgs/msg/PoseStamped',
        { header: { frame_id: widowx.baseLink }, pose: baseFromEe },
      ],
    ],
  };
}

describe('recorder, with commands of every sink', () => {
  let session: RosSession;
  let peer: Peer;
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-commands-'));
    session = await RosSession.open({ withRobots: true });
    session.startNode('recorder', recorderArguments('robot:=widowx'));
    peer = await session.startPeer();
    await peer.watchDiagnostics();
    await session.until('the recorder', () => peer.diagnostic('/recorder: recording'));
    await streamJoints(peer);
  });
  after(async () => {
    await session.close();
    await rm(folder, { recursive: true });
  });

  const recorderArguments = (...more: string[]): string[] =>
    given(
      'diagnostics_period:=0.2',
      'cameras.topics:=[camera/front/image_raw]',
      'cameras.transports:=[raw]',
      'mode:=manual',
      `folder:=${folder}`,
      ...more,
    );

  it('keeps them, and they can be read as what the arm was told', async () => {
    const urdf = parseUrdf(await readFile(join(packageRoot, 'urdf', 'wx250s.urdf'), 'utf8'));
    const home = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink).forward(HOME);
    for (const [sink, sent] of Object.entries(commandsOf(poseToMessage(home)))) {
      await peer.call('/recorder/start_episode', 'std_srvs/srv/Trigger');
      const count = () => Number(peer.diagnostic('/recorder: recording').values.messages ?? 0);
      await session.until('joint states', () => count() > 5);
      for (const [topic, type, message] of sent) {
        await peer.stream(topic, type, message, 50, 'reliable');
      }
      const before = count();
      await session.until('what came after', () => count() > before + 200);
      for (const [topic] of sent) await peer.unstream(topic);
      const { message } = await peer.call(
        '/recorder/finish_episode',
        'st4vla_ros/srv/FinishEpisode',
        { success: true, notes: sink },
      );
      const episode = /\S+$/u.exec(message)![0];
      await session.until('the whole bag', () => existsSync(join(episode, 'episode.yaml')));
      const bag = await openBag(episode);
      const options = { embodiment: widowx, urdf, namespace: '', remaps: new Map() };
      const { commands, commandedJoints } = await readMotion(bag, options);
      const counts = bag.topics.map(({ name, count: n }) => `${name} ${n}`).join(', ');
      await bag.close();
      assert.ok(commands.size > 3, `${sink}: ${commands.size} commands; ${counts}`);
      for (const [, { baseFromEe, gripperOpening }] of commands.entries()) {
        baseFromEe.position.forEach((x, i) => {
          assert.ok(Math.abs(x - home.position[i]!) < 1e-6, `${sink}: ${x} along axis ${i}`);
        });
        assert.ok(Math.abs(gripperOpening - 1) < 1e-6, sink);
      }
      if (sink === 'servo_pose') continue;
      for (const [, { arm }] of commandedJoints.entries()) {
        arm.forEach((q, i) => assert.ok(Math.abs(q - HOME[i]!) < 1e-6, sink));
      }
    }
  });

  it('says what it leaves out where a driver’s messages are not there', async () => {
    const plain = await RosSession.open();
    try {
      const node = plain.startNode('recorder', recorderArguments());
      const expected =
        /commands\/joint_group is not recorded: this ROS has no interbotix_xs_msgs\/msg\/JointGroupCommand/u;
      await plain.until('the message', () => expected.test(node.output()));
    } finally {
      await plain.close();
    }
  });
});

import assert from 'node:assert/strict';
import { RosSession } from './RosSession.ts';
import { controllerArgumentsFor, given, streamJoints } from './widowx.ts';

const [HOLD_STARVED, STOPPED] = [2, 4];

describe('controller whose sink cannot work', () => {
  const cases: [string, string[], RegExp][] = [
    ['xs_sdk', [], /: sink: expected the ROS package interbotix_xs_msgs \(build it from /],
    [
      'joint_trajectory',
      ['gripper_sink:=gripper_command'],
      /: gripper_sink: expected the ROS package control_msgs \(install ros-/,
    ],
  ];
  for (const [sink, parameters, expected] of cases) {
    it(`ends with exit code 2 and names it: ${sink} ${parameters.join('')}`, async () => {
      const session = await RosSession.open();
      try {
        const node = session.startNode('controller', [
          ...controllerArgumentsFor(sink),
          ...given(...parameters),
        ]);
        assert.equal(await node.ended, 2, node.output());
        assert.match(node.output(), expected);
      } finally {
        await session.close();
      }
    });
  }

  it('lists parameters that do not fit together', async () => {
    const session = await RosSession.open({ withRobots: true });
    try {
      const node = session.startNode('controller', controllerArgumentsFor('servo_pose'));
      assert.equal(await node.ended, 2, node.output());
      assert.match(node.output(), /gripper_sink: expected another sink than that of the arm/);
    } finally {
      await session.close();
    }
  });

  it('says that a controller refuses trajectories that end in motion, and no longer when it takes them', async () => {
    const session = await RosSession.open();
    try {
      const peer = await session.startPeer();
      await peer.watchDiagnostics();
      await streamJoints(peer);
      const script = 'controller_parameters.py';
      const strict = await session.startPeer(script, 'arm_controller');
      await session.startPeer(script, 'gripper_controller', 'true');
      const node = session.startNode('controller', [
        ...controllerArgumentsFor('joint_trajectory'),
        ...given('joint_trajectory.end_at_rest:=false'),
      ]);
      const part = (name: string) => `/controller: end of trajectories for /${name}`;
      await session.until('the fault', () => peer.diagnostic(part('arm_controller'))?.level === 2);
      const { message } = peer.diagnostic(part('arm_controller'))!;
      const words =
        /^\/arm_controller refuses every trajectory: .*allow_nonzero.*: true, and has false$/;
      assert.match(message, words);
      assert.ok(node.output().includes(message));
      assert.equal(peer.diagnostic(part('gripper_controller'))!.level, 0);
      await strict.close();
      await session.startPeer(script, 'arm_controller', 'true');
      await session.until('its end', () => peer.diagnostic(part('arm_controller'))?.level === 0);
    } finally {
      await session.close();
    }
  });

  it('stops the arm while the gripper has no server, and says so', async () => {
    const session = await RosSession.open({ withRobots: true });
    try {
      const peer = await session.startPeer();
      await peer.watch('/execution_state', 'st4vla_ros/msg/ExecutionState');
      await streamJoints(peer);
      session.startNode('controller', [
        ...controllerArgumentsFor('joint_trajectory'),
        ...given('gripper_sink:=gripper_command', 'gripper_command.range:=[0.8, 0.0]'),
      ]);
      const reason = 'no action server gripper_controller/gripper_cmd';
      await session.until('the inhibition', () => {
        const state = peer.last('/execution_state');
        return state?.status === STOPPED && state.reason === reason;
      });
      const gripper = await session.startPeer(
        'gripper_server.py',
        '/gripper_controller/gripper_cmd',
      );
      await session.until('the end of the inhibition', () => {
        return peer.last('/execution_state').status === HOLD_STARVED;
      });
      // It is open: 0 in the unit of the server.
      await session.until('a goal', () => gripper.last('goals')?.position === 0);
    } finally {
      await session.close();
    }
  });
});

import assert from 'node:assert/strict';
import { FaultError } from '../../core/config/Fault.ts';
import { parseParameters } from '../../core/config/ParameterTable.ts';
import type { JointCommand } from '../../core/control/ControllerOutput.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { movableJoint } from '../../core/kinematics/UrdfModel.ts';
import { createRobotSink } from '../../nodes/controller/sinks/createRobotSink.ts';
import { sinkParameters } from '../../nodes/controller/sinks/sinkParameters.ts';
import type { ManagedNode } from '../../nodes/shared/node/ManagedNode.ts';
import { assertClose, urdfOf } from '../core/arm.ts';

/** A message as the sink handed it to its publisher. */
// oxlint-disable-next-line typescript/no-explicit-any
type Sent = { readonly topic: string; readonly type: string; readonly message: any };

/** A sink whose messages stay in the process. */
function sinkOf(embodiment: Embodiment, parameters: Record<string, unknown>) {
  const sent: Sent[] = [];
  const node = {
    fullName: '/controller',
    nowNs: () => 7_000_000_001n,
    advertiseRaw: (type: string, topic: string) => ({
      publish: (message: unknown) => void sent.push({ topic, type, message }),
    }),
  } as unknown as ManagedNode;
  const parsed = parseParameters(sinkParameters, parameters, { source: 'the test' });
  assert.ok(parsed.ok);
  const { config } = parsed;
  const urdf = urdfOf(embodiment);
  return { sent, sink: createRobotSink({ node, config, embodiment, urdf, periodSec: 0.02 }) };
}

function commandFor({ armJoints, homeJoints, gripper }: Embodiment, speed: number): JointCommand {
  const gripperJointPosition = (gripper.closed + gripper.open) / 2;
  return {
    names: armJoints,
    positions: Float64Array.from(homeJoints),
    velocities: Float64Array.from(homeJoints, () => speed),
    accelerations: Float64Array.from(homeJoints, () => speed),
    gripperOpening: 0.5,
    gripperJointPosition,
    gripperJointVelocity: 0,
  };
}

describe('createRobotSink', () => {
  for (const embodiment of [widowx, googleRobot]) {
    const { name, armJoints, homeJoints, gripper, fingerJoints } = embodiment;
    const half = (gripper.closed + gripper.open) / 2;
    const send = (parameters: Record<string, unknown>, speed = 0): Sent[] => {
      const { sent, sink } = sinkOf(embodiment, parameters);
      sink.send(commandFor(embodiment, speed));
      return sent;
    };

    it(`${name}: joint_trajectory names its joints and ends at rest`, () => {
      const [arm, hand] = send({ sink: 'joint_trajectory' }, 0.5) as [Sent, Sent];
      assert.deepEqual(arm.message.joint_names, armJoints);
      assert.deepEqual([...arm.message.points[0].positions], homeJoints);
      assert.ok(arm.message.points.length > 1);
      assert.ok(arm.message.points.at(-1).velocities.every((v: number) => v === 0));
      assert.deepEqual(hand.message.joint_names, [gripper.joint]);
      assert.deepEqual([...hand.message.points[0].positions], [half]);
    });

    for (const sink of ['joint_trajectory', 'forward_command']) {
      it(`${name}: ${sink} keeps the finger within its limits, by a margin that no rounding takes`, () => {
        const { lower, upper } = movableJoint(urdfOf(embodiment), gripper.joint).limit;
        for (const position of [gripper.closed, gripper.open]) {
          const { sent, sink: robot } = sinkOf(embodiment, { sink });
          robot.send({ ...commandFor(embodiment, 0), gripperJointPosition: position });
          const { message } = sent.at(-1)!;
          const found = message.data?.[0] ?? message.points[0].positions[0];
          assert.ok(Math.abs(found - position) < 2e-5, `${found}`);
          assert.ok(Math.fround(found) > lower + 5e-6 && Math.fround(found) < upper - 5e-6);
        }
      });
    }

    it(`${name}: gz has a topic per joint, and each finger follows as in the URDF`, () => {
      const sent = send({ sink: 'gz', 'gz.topic': 'model/{joint}/cmd' });
      const topics = [...armJoints, ...fingerJoints].map((joint) => `model/${joint}/cmd`);
      assert.deepEqual(
        sent.map(({ topic }) => topic),
        topics,
      );
      const mirrored = name === 'widowx' ? -half : half;
      assert.deepEqual(
        sent.map(({ message }) => message.data),
        [...homeJoints, half, mirrored],
      );
    });

    it(`${name}: arm and gripper have sinks of their own choice`, () => {
      const sent = send({ sink: 'servo_pose', gripper_sink: 'forward_command' });
      assert.deepEqual(
        sent.map(({ type }) => type),
        ['geometry_msgs/msg/PoseStamped', 'std_msgs/msg/Float64MultiArray'],
      );
      const { header } = sent[0]!.message;
      assert.equal(header.frame_id, embodiment.baseLink);
      assert.deepEqual(header.stamp, { sec: 7, nanosec: 1 });
      assert.deepEqual([...sent[1]!.message.data], [half]);
    });
  }

  it('sends the last commands one a period, the first at once', async () => {
    const { sent, sink } = sinkOf(widowx, { sink: 'forward_command' });
    const commands = [0.3, 0.2, 0.1].map((speed, i) => ({
      ...commandFor(widowx, speed),
      gripperJointPosition: 0.02 + i / 1000,
    }));
    sink.comeToRest(commands);
    assert.equal(sent.length, 2, 'one for the arm, one for the gripper');
    await sink.restore();
    const fingers = sent.filter(({ topic }) => topic.startsWith('gripper'));
    assertClose(
      fingers.map(({ message }) => message.data[0]),
      [0.02, 0.021, 0.022],
      1e-5,
    );
  });

  const wrong: [string, Record<string, unknown>, RegExp][] = [
    ['Servo with its own gripper', { sink: 'servo_pose' }, /gripper_sink: expected another sink/],
    [
      'a range of one',
      { sink: 'gz', gripper_sink: 'gripper_command', 'gripper_command.range': [1] },
      /gripper_command\.range: expected no element, or two that differ, found \[1\]/,
    ],
    [
      'a profile that never gets to speed',
      { sink: 'xs_sdk', 'xs_sdk.profile_time': 40, 'xs_sdk.profile_acceleration_time': 21 },
      /xs_sdk\.profile_acceleration_time: expected at most half of xs_sdk\.profile_time, 20, found 21/,
    ],
  ];
  for (const [what, parameters, expected] of wrong) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => sinkOf(widowx, parameters),
        (error) => error instanceof FaultError && expected.test(error.message),
      );
    });
  }
});

import assert from 'node:assert/strict';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { readUrdf } from '../../nodes/shared/packageFiles.ts';
import { poseFromMessage } from '../../nodes/shared/messages/geometry.ts';
import type { Json, Peer } from './Peer.ts';
import { RosSession } from './RosSession.ts';
import {
  ARM_JOINTS,
  HOME,
  controllerArgumentsFor,
  forwardChunk,
  given,
  jointState,
} from './widowx.ts';

const STEP_NS = 20_000_000n;
const HOLD_STARVED = 2;
const FLOAT32 = 3e-7;
const TRAJECTORY = 'trajectory_msgs/msg/JointTrajectory';
const DRIVER_ORDER = ARM_JOINTS.toReversed();

/** A controller with its sink, and how its commands are read back. */
type Arm = {
  readonly namespace: string;
  readonly parameters: readonly string[];
  /** Topics that are watched, each with its type. */
  readonly topics: readonly (readonly [string, string])[];
  /** Joint positions, in the arm's order, of the k-th message since the beginning. */
  joints?(topicMessages: readonly (readonly Json[])[], k: number): number[];
  /** Most difference to the others, rad. */
  readonly tolerance: number;
  /** Positions of the finger joint, as they were sent. */
  fingers?(topicMessages: readonly (readonly Json[])[]): number[];
};

const float64 = 'std_msgs/msg/Float64';
const arms: Readonly<Record<string, Arm>> = {
  joint_trajectory: {
    namespace: '/jt',
    parameters: ['sink:=joint_trajectory'],
    topics: [
      ['arm_controller/joint_trajectory', TRAJECTORY],
      ['gripper_controller/joint_trajectory', TRAJECTORY],
    ],
    joints: ([arm], k) => arm![k].points[0].positions,
    fingers: ([, hand]) => hand!.map(({ points }) => points[0].positions[0]),
    tolerance: 0,
  },
  'joint_trajectory of one point': {
    namespace: '/jt_point',
    parameters: [
      'sink:=joint_trajectory',
      'joint_trajectory.end_at_rest:=false',
      'joint_trajectory.arm_topic:=my/arm',
    ],
    topics: [
      ['my/arm', TRAJECTORY],
      ['gripper_controller/joint_trajectory', TRAJECTORY],
    ],
    joints: ([arm], k) => arm![k].points[0].positions,
    fingers: ([, hand]) => hand!.map(({ points }) => points[0].positions[0]),
    tolerance: 0,
  },
  forward_command: {
    namespace: '/forward',
    parameters: ['sink:=forward_command'],
    topics: [
      ['forward_position_controller/commands', 'std_msgs/msg/Float64MultiArray'],
      ['gripper_position_controller/commands', 'std_msgs/msg/Float64MultiArray'],
    ],
    joints: ([arm], k) => arm![k].data,
    fingers: ([, hand]) => hand!.map(({ data }) => data[0]),
    tolerance: 0,
  },
  gz: {
    namespace: '/gz',
    parameters: ['sink:=gz'],
    topics: [...ARM_JOINTS, 'left_finger', 'right_finger'].map(
      (name) => [`joint/${name}/cmd_pos`, float64] as const,
    ),
    joints: (topics, k) => ARM_JOINTS.map((_, i) => topics[i]![k].data),
    fingers: (topics) =>
      topics[6]!.map(({ data }, k) => {
        assert.equal(topics[7]![k].data, -data, 'the right finger mirrors the left one');
        return data;
      }),
    tolerance: 0,
  },
  'servo_pose, gripper by forward_command': {
    namespace: '/servo',
    parameters: ['sink:=servo_pose', 'gripper_sink:=forward_command', 'servo_pose.frame:=table'],
    topics: [
      ['servo_node/pose_target_cmds', 'geometry_msgs/msg/PoseStamped'],
      ['gripper_position_controller/commands', 'std_msgs/msg/Float64MultiArray'],
    ],
    fingers: ([, hand]) => hand!.map(({ data }) => data[0]),
    tolerance: 0,
  },
  xs_sdk: {
    namespace: '/xs',
    parameters: ['sink:=xs_sdk'],
    topics: [
      ['commands/joint_group', 'interbotix_xs_msgs/msg/JointGroupCommand'],
      ['commands/joint_single', 'interbotix_xs_msgs/msg/JointSingleCommand'],
    ],
    joints: ([arm], k) => byName(arm![k].cmd),
    fingers: ([, hand]) => hand!.map(({ cmd }) => cmd / 2),
    tolerance: FLOAT32,
  },
  'xs_sdk by trajectory, gripper by action': {
    namespace: '/xs_trajectory',
    parameters: [
      'sink:=xs_sdk',
      'xs_sdk.command:=trajectory',
      'gripper_sink:=gripper_command',
      'gripper_command.max_effort:=5.0',
    ],
    topics: [['commands/joint_trajectory', 'interbotix_xs_msgs/msg/JointTrajectoryCommand']],
    joints: ([arm], k) => byName(arm![k].traj.points[1].positions),
    tolerance: 0,
  },
};

function byName(ofDriver: readonly number[]): number[] {
  return ARM_JOINTS.map((name) => ofDriver[DRIVER_ORDER.indexOf(name)]!);
}

describe('all sinks, given the same chunks', () => {
  let session: RosSession;
  let peer: Peer;
  let gripper: Peer;
  let nowNs = 1_000_000_000_000n;
  const messages = new Map<Arm, Json[][]>();
  let steps = 0;

  before(async function () {
    this.timeout(240_000);
    session = await RosSession.open({ withRobots: true });
    peer = await session.startPeer();
    for (const arm of Object.values(arms)) {
      session.startNode('controller', argumentsOf(arm));
      await peer.watch(`${arm.namespace}/execution_state`, 'st4vla_ros/msg/ExecutionState');
      for (const [topic, type] of arm.topics) await peer.watch(`${arm.namespace}/${topic}`, type);
    }
    await peer.watchDiagnostics();
    for (const namespace of ['/xs', '/xs_trajectory']) {
      const options = JSON.stringify({ namespace, order: DRIVER_ORDER });
      await session.startPeer('xs_driver.py', options);
    }
    gripper = await session.startPeer(
      'gripper_server.py',
      '/xs_trajectory/gripper_controller/gripper_cmd',
    );
    await session.until('readiness', allAreReady, 120_000);
    await runEpisode();
  });
  after(() => session.close());

  /** One period of all controllers. */
  async function step(): Promise<void> {
    nowNs += STEP_NS;
    const stamp = stampOf(nowNs);
    const joints = { ...measured(), header: { stamp } };
    await peer.publish('/joint_states', 'sensor_msgs/msg/JointState', joints);
    await peer.publish('/clock', 'rosgraph_msgs/msg/Clock', { clock: stamp });
    steps++;
  }

  /** The arm is where it was commanded to be; all controllers see the same one. */
  function measured(): Json {
    const data: number[] | undefined = peer.last(
      '/forward/forward_position_controller/commands',
    )?.data;
    const commanded = (name: string) => data?.[ARM_JOINTS.indexOf(name)];
    const position = jointState.name.map(
      (name: string, i: number) => commanded(name) ?? jointState.position[i],
    );
    return { ...jointState, position };
  }

  const lastState = (arm: Arm): Json => peer.last(`${arm.namespace}/execution_state`);
  const areAll = (accept: (state: Json) => boolean) =>
    Object.values(arms).every((arm) => lastState(arm) !== undefined && accept(lastState(arm)));
  const haveStepped = () =>
    areAll(({ header: { stamp } }) => stamp.sec * 1e9 + stamp.nanosec === Number(nowNs));

  /** Steps until all hold the arm where it is. */
  async function allAreReady(): Promise<boolean> {
    await step();
    return areAll(({ status }) => status === HOLD_STARVED);
  }

  async function steadySteps(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await step();
      await session.until(`step ${steps}`, haveStepped);
    }
  }

  /** Far more than the limits allow, a stop in the middle of motion, and a chunk after it. */
  async function runEpisode(): Promise<void> {
    await steadySteps(3);
    const counts = () =>
      Object.values(arms).flatMap((arm) =>
        arm.topics.map(([topic]) => peer.messages(`${arm.namespace}/${topic}`).length),
      );
    const before = counts();
    steps = 0;
    await offer(wildActions, 1);
    await steadySteps(47);
    for (const arm of Object.values(arms)) {
      const { success } = await peer.call(
        `${arm.namespace}/controller/stop`,
        'std_srvs/srv/Trigger',
      );
      assert.ok(success);
    }
    await steadySteps(10);
    for (const arm of Object.values(arms)) {
      await peer.call(`${arm.namespace}/controller/resume`, 'std_srvs/srv/Trigger');
    }
    await steadySteps(1);
    await offer(backActions, 2);
    await steadySteps(60);
    await session.until('the last goal of the gripper', async () => {
      await steadySteps(1);
      return gripper.last('goals')?.position === 0.037;
    });
    await takeMessages(before);
  }

  async function offer(actions: number[][], count: number): Promise<void> {
    const epoch = Math.max(...Object.values(arms).map((arm) => lastState(arm).epoch));
    const message = forwardChunk(epoch, {
      header: { stamp: stampOf(nowNs) },
      horizon: actions.length,
      actions: actions.flat(),
    });
    await peer.publish('/action_chunk', 'st4vla_ros/msg/ActionChunk', message);
    await session.until('all have the chunk', () =>
      Object.values(arms).every(({ namespace }) => {
        const found = peer.diagnostic(`${namespace}/controller: action chunks`);
        return found !== undefined && Number(found.values.accepted) === count;
      }),
    );
  }

  /** Those of the arm come once a period; of the gripper's whatever has come. */
  async function takeMessages(before: readonly number[]): Promise<void> {
    let i = 0;
    for (const arm of Object.values(arms)) {
      const lists: Json[][] = [];
      for (const [j, [topic]] of arm.topics.entries()) {
        const name = `${arm.namespace}/${topic}`;
        const from = before[i++]!;
        if (j === 0) await session.until(name, () => peer.messages(name).length >= from + steps);
        lists.push(
          peer
            .messages(name)
            .slice(from)
            .map(({ message }) => message),
        );
      }
      assert.equal(lists[0]!.length, steps, arm.namespace);
      messages.set(arm, lists);
    }
  }

  const reference = (): number[][] => {
    const arm = arms['forward_command']!;
    return Array.from({ length: steps }, (_, k) => arm.joints!(messages.get(arm)!, k));
  };
  const referenceFingers = (): number[] => {
    const arm = arms['forward_command']!;
    return withoutRepeats(arm.fingers!(messages.get(arm)!));
  };

  it('has moved far, was stopped, and was limited on the way', () => {
    const moved = reference().map((q) => Math.max(...q.map((x, i) => Math.abs(x - HOME[i]!))));
    assert.ok(Math.max(...moved) > 0.3, `${Math.max(...moved)} rad`);
    const speeds = windows(reference()).map(([a, b]) =>
      Math.max(...a.map((x, i) => Math.abs(b[i]! - x) / 0.02)),
    );
    assert.ok(Math.max(...speeds) > 1 && Math.max(...speeds) <= 3.14 + 1e-9);
    assert.equal(speeds[55], 0, 'at rest during the stop');
    assert.ok(referenceFingers().length > 5);
  });

  for (const [name, arm] of Object.entries(arms)) {
    it(`${name}: the same joint positions`, () => {
      const lists = messages.get(arm)!;
      reference().forEach((expected, k) => {
        if (!arm.joints) return comparePose(lists[0]![k], expected, k);
        const found = arm.joints(lists, k);
        assert.equal(found.length, expected.length);
        const error = Math.max(...found.map((q, i) => Math.abs(q - expected[i]!)));
        assert.ok(error <= arm.tolerance, `period ${k}: ${error} rad apart`);
      });
    });
    if (!arm.fingers) continue;
    it(`${name}: the same finger positions`, () => {
      const found = withoutRepeats(arm.fingers!(messages.get(arm)!));
      const expected = referenceFingers();
      assert.equal(found.length, expected.length);
      found.forEach((q, i) => assert.ok(Math.abs(q - expected[i]!) <= arm.tolerance));
    });
  }

  it('the gripper action gets some of the same finger positions, the last one among them', () => {
    const goals = gripper.messages('goals').map(({ message }) => message);
    assert.ok(goals.length >= 3, `${goals.length} goals`);
    const known = [0.037, ...referenceFingers()];
    for (const { position, max_effort: effort } of goals) {
      assert.ok(
        known.some((q) => Math.abs(q - position) < 1e-12),
        `${position}`,
      );
      assert.equal(effort, 5);
    }
    assert.equal(goals.at(-1).position, referenceFingers().at(-1));
  });

  it('poses for Servo name their frame and are stamped anew', () => {
    const [poses] = messages.get(arms['servo_pose, gripper by forward_command']!)!;
    const stamps = poses!.map(({ header }) => header.stamp.sec * 1e9 + header.stamp.nanosec);
    assert.ok(poses!.every(({ header }) => header.frame_id === 'table'));
    stamps.slice(1).forEach((ns, k) => assert.equal(ns - stamps[k]!, Number(STEP_NS)));
  });

  it('joint_trajectory keeps the rules of joint_trajectory_controller, by default all of them', () => {
    const faults = (name: string) =>
      messages
        .get(arms[name]!)![0]!
        .map(controllerFault)
        .filter((fault) => fault !== undefined);
    assert.deepEqual(faults('joint_trajectory'), []);
    // What the parameter allow_nonzero_velocity_at_trajectory_end is for.
    const ofOnePoint = faults('joint_trajectory of one point');
    assert.ok(ofOnePoint.length > 30);
    assert.deepEqual(new Set(ofOnePoint), new Set(['the last velocity is not zero']));
  });

  it('joint_trajectory ends at rest within the limits of the joints', () => {
    const { acceleration } = widowx.limits;
    for (const { points } of messages.get(arms['joint_trajectory']!)![0]!) {
      for (const [a, b] of windows<Json>(points)) {
        a.velocities.forEach((v: number, i: number) => {
          const change = b.velocities[i] - v;
          assert.ok(Math.abs(change) <= acceleration[i]! * 0.02 + 1e-9);
          const way = ((v + b.velocities[i]) / 2) * 0.02;
          assert.ok(Math.abs(b.positions[i] - a.positions[i] - way) < 1e-12);
        });
      }
    }
  });

  let chain: Chain | undefined;
  before(async () => {
    const urdf = parseUrdf(await readUrdf(widowx));
    chain = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink);
  });
  function comparePose(found: Json, joints: readonly number[], k: number): void {
    const { position, orientation } = chain!.forward(joints);
    const pose = poseFromMessage(found.pose);
    const apart = Math.hypot(...position.map((x, i) => x - pose.position[i]!));
    const same = Math.abs(orientation.reduce((sum, x, i) => sum + x * pose.orientation[i]!, 0));
    assert.ok(apart < 1e-9 && Math.abs(same - 1) < 1e-9, `period ${k}: ${apart} m apart`);
  }
});

const tick = (...values: number[]): number[] => values;
/** Large turns and steps, and the gripper closes. */
const wildActions = [
  ...Array.from({ length: 3 }, () => tick(-0.04, 0.05, 0.04, 0.3, -0.2, 0.4, 0)),
  ...Array.from({ length: 5 }, () => tick(0.3, -0.3, 0.2, -2, 1, 3, 0)),
];
const backActions = Array.from({ length: 4 }, () => tick(0.01, 0, -0.01, 0, 0, 0, 1));

function argumentsOf({ namespace, parameters }: Arm): string[] {
  const [sink, ...others] = parameters;
  return [
    ...controllerArgumentsFor(sink!.replace('sink:=', '')),
    ...given(...others, 'use_sim_time:=true'),
    '-r',
    `__ns:=${namespace}`,
    '-r',
    'joint_states:=/joint_states',
    '-r',
    'action_chunk:=/action_chunk',
  ];
}

function stampOf(ns: bigint): Json {
  return { sec: Number(ns / 1_000_000_000n), nanosec: Number(ns % 1_000_000_000n) };
}

/** What joint_trajectory_controller refuses, by its default parameters. */
function controllerFault({ header, joint_names: names, points }: Json): string | undefined {
  if (header.stamp.sec !== 0 || header.stamp.nanosec !== 0) return 'it does not begin now';
  if (names.length !== ARM_JOINTS.length) return 'joints are missing';
  if (!ARM_JOINTS.every((name) => names.includes(name))) return 'joints are unknown';
  let lastSec = 0;
  for (const { positions, velocities, time_from_start: time } of points) {
    const sec = time.sec + time.nanosec / 1e9;
    if (sec <= lastSec) return 'times do not grow';
    lastSec = sec;
    if (positions.length !== names.length) return 'positions are missing';
    if (velocities.length !== names.length) return 'velocities are missing';
  }
  if (points.length === 0) return 'it is empty';
  const isAtRest = points.at(-1).velocities.every((v: number) => v === 0);
  return isAtRest ? undefined : 'the last velocity is not zero';
}

function withoutRepeats(values: readonly number[]): number[] {
  return values.filter((value, i) => i === 0 || value !== values[i - 1]);
}

function windows<T>(list: readonly T[]): [T, T][] {
  return list.slice(1).map((b, k) => [list[k]!, b]);
}

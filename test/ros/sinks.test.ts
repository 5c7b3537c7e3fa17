import assert from 'node:assert/strict';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { poseFromMessage } from '../../adapters/messages/geometry.ts';
import { LockStep } from './LockStep.ts';
import type { Json, Peer } from './Peer.ts';
import { assertClose } from '../core/arm.ts';
import { newestPoint } from './newestPoint.ts';
import { type Arm, arms } from './sinkArms.ts';
import { trajectoryFault } from './trajectoryFault.ts';
import { HOME } from './widowx.ts';

/** Receivers of ros2_control get the finger this much further within its limits. */
const FINGER_MARGIN_M = 1.1e-5;
/** Large turns and steps, and the gripper closes. */
const WILD = [
  ...Array.from({ length: 3 }, () => [-0.04, 0.05, 0.04, 0.3, -0.2, 0.4, 0]),
  ...Array.from({ length: 5 }, () => [0.3, -0.3, 0.2, -2, 1, 3, 0]),
];
const BACK = Array.from({ length: 4 }, () => [0.01, 0, -0.01, 0, 0, 0, 1]);

/** More periods than it takes to brake and to fall silent; and, after a stop, to be sent again. */
const SILENCE = 30;

describe('all sinks, given the same chunks', () => {
  let lockStep: LockStep | undefined;
  let messages: Map<Arm, Json[][]>;
  let steps: number;
  let gripper: Peer;
  let chain: Chain;

  /** Far more than the limits allow, a stop in the middle of motion, and a chunk after it. */
  before(async function () {
    this.timeout(240_000);
    lockStep = await LockStep.start();
    ({ gripper } = lockStep);
    await lockStep.begin();
    await lockStep.offer(WILD);
    await lockStep.run(47);
    await lockStep.trigger('stop');
    await lockStep.run(SILENCE);
    await lockStep.trigger('resume');
    await lockStep.run(SILENCE);
    await lockStep.offer(BACK);
    await lockStep.run(60);
    await lockStep.session.until('the last goal of the gripper', async () => {
      await lockStep!.run(1);
      return gripper.last('goals')?.position === 0.037;
    });
    messages = await lockStep.messages();
    ({ steps } = lockStep);
    const urdf = parseUrdf(await readUrdf(widowx));
    chain = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink);
  });
  after(() => lockStep?.session.close());

  const reference = (): number[][] => {
    const arm = arms['forward_command']!;
    const { length } = messages.get(arm)![0]!;
    return Array.from({ length }, (_, k) => arm.joints!(messages.get(arm)!, k));
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
    const silent = steps - reference().length;
    assert.ok(silent > 10 && silent < SILENCE, `${silent} periods without a message`);
    assert.ok(referenceFingers().length > 5);
  });

  for (const [name, arm] of Object.entries(arms)) {
    it(`${name}: the same joint positions`, () => {
      const lists = messages.get(arm)!;
      assert.equal(lists[0]!.length, reference().length);
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
      found.forEach((q, i) => assert.ok(Math.abs(q - expected[i]!) <= FINGER_MARGIN_M));
    });
  }

  it('the gripper action gets some of the same finger positions, the last one among them', () => {
    const goals = gripper.messages('goals').map(({ message }) => message);
    assert.ok(goals.length >= 3, `${goals.length} goals`);
    const known = [0.037, ...referenceFingers()];
    for (const { position, max_effort: effort } of goals) {
      assert.ok(
        known.some((q) => Math.abs(q - position) <= FINGER_MARGIN_M),
        `${position}`,
      );
      assert.equal(effort, 5);
    }
    assertClose([goals.at(-1).position], [referenceFingers().at(-1)!], FINGER_MARGIN_M);
  });

  it('poses for Servo name their frame and are stamped anew', () => {
    const [poses] = messages.get(arms['servo_pose, gripper by forward_command']!)!;
    const stamps = poses!.map(({ header }) => header.stamp.sec * 1e9 + header.stamp.nanosec);
    assert.ok(poses!.every(({ header }) => header.frame_id === 'table'));
    const gaps = stamps.slice(1).map((ns, k) => ns - stamps[k]!);
    assert.equal(gaps.filter((ns) => ns !== 20_000_000).length, 1, 'one silence, in the stop');
  });

  it('joint_trajectory keeps the rules of joint_trajectory_controller, by default all of them', () => {
    const faults = (name: string) =>
      messages
        .get(arms[name]!)![0]!
        .map(trajectoryFault)
        .filter((fault) => fault !== undefined);
    assert.deepEqual(faults('joint_trajectory'), []);
    // What the parameter allow_nonzero_velocity_at_trajectory_end is for.
    const ofOnePoint = faults('joint_trajectory of one point');
    assert.ok(ofOnePoint.length > 30);
    assert.deepEqual(new Set(ofOnePoint), new Set(['the last velocity is not zero']));
  });

  it('joint_trajectory keeps to the limits of the joints, up to where it ends at rest', () => {
    const { acceleration } = widowx.limits;
    for (const { points } of messages.get(arms['joint_trajectory']!)![0]!) {
      for (const [a, b] of windows<Json>(points)) {
        const dt = secondsOf(b) - secondsOf(a);
        a.velocities.forEach((v: number, i: number) => {
          const [way, w] = [(b.positions[i] - a.positions[i]) / dt, b.velocities[i]];
          // of the cubic between them, which joint_trajectory_controller follows
          const atEnds = [(6 * way - 4 * v - 2 * w) / dt, (2 * v + 4 * w - 6 * way) / dt];
          atEnds.forEach((found) => {
            assert.ok(Math.abs(found) <= acceleration[i]! * (1 + 1e-6), `${found} rad/s²`);
          });
        });
      }
    }
  });

  it('joint_trajectory tells of one motion against the clock, in all messages', () => {
    const due = new Map<number, number>();
    let again = 0;
    for (const { header, points } of messages.get(arms['joint_trajectory']!)![0]!) {
      if (points.length === 1) continue; // at rest, for as long as nothing else comes
      const newest = points.indexOf(newestPoint({ header, points }));
      for (const point of points.slice(0, newest + 1)) {
        const ns = header.stamp.sec * 1e9 + header.stamp.nanosec + 1e9 * secondsOf(point);
        const [waist] = point.positions;
        if (due.has(Math.round(ns / 1e6))) again += 1;
        assert.equal(due.get(Math.round(ns / 1e6)) ?? waist, waist);
        due.set(Math.round(ns / 1e6), waist);
      }
    }
    assert.ok(again > 300, `${again} points`);
  });

  function comparePose(found: Json, joints: readonly number[], k: number): void {
    const { position, orientation } = chain.forward(joints);
    const pose = poseFromMessage(found.pose);
    const apart = Math.hypot(...position.map((x, i) => x - pose.position[i]!));
    const same = Math.abs(orientation.reduce((sum, x, i) => sum + x * pose.orientation[i]!, 0));
    assert.ok(apart < 1e-9 && Math.abs(same - 1) < 1e-9, `period ${k}: ${apart} m apart`);
  }
});

function withoutRepeats(values: readonly number[]): number[] {
  return values.filter((value, i) => i === 0 || value !== values[i - 1]);
}

function secondsOf({ time_from_start: { sec, nanosec } }: Json): number {
  return sec + nanosec / 1e9;
}

function windows<T>(list: readonly T[]): [T, T][] {
  return list.slice(1).map((b, k) => [list[k]!, b]);
}

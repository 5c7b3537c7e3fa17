import assert from 'node:assert/strict';
import { TrajectoryReceiver } from '../../cli/bench/TrajectoryReceiver.ts';
import { Random } from '../../core/math/random.ts';
import { stampFromNs } from '../../adapters/messages/time.ts';
import type { TrajectoryMessage } from '../../adapters/messages/trajectory.ts';
import { TrajectoryFollower } from '../../nodes/simulator/TrajectoryFollower.ts';
import { assertClose } from '../core/arm.ts';

const JOINTS = ['waist', 'elbow'];
const BEGIN_NS = 5_000_000_000n;

type Point = { readonly timeSec: number; readonly q: number[]; readonly v?: number[] };

function message(startNs: bigint, points: readonly Point[], names = JOINTS): TrajectoryMessage {
  return {
    header: { stamp: stampFromNs(startNs), frame_id: '' },
    joint_names: names,
    points: points.map(({ timeSec, q, v = [] }) => ({
      positions: q,
      velocities: v,
      accelerations: [],
      effort: [],
      time_from_start: stampFromNs(BigInt(Math.round(timeSec * 1e9))),
    })),
  };
}

describe('TrajectoryFollower', () => {
  it('follows as the rule of joint_trajectory_controller says, whatever comes when', () => {
    const random = new Random('follower');
    for (const rateHz of [50, 100, 250, 500]) {
      const follower = new TrajectoryFollower(JOINTS, [0, 0], 1 / rateHz);
      const receiver = new TrajectoryReceiver(rateHz, [0, 0]);
      let moved = 0;
      for (let n = 0; n < 2000; n++) {
        const nowNs = BEGIN_NS + BigInt((n * 1e9) / rateHz);
        const nowSec = Number(nowNs) / 1e9;
        for (let count = random.int(30) === 0 ? 1 + random.int(3) : 0; count > 0; count--) {
          const startNs =
            random.int(3) === 0 ? 0n : nowNs + BigInt(Math.round(random.uniform(-0.3, 0.2) * 1e9));
          const withSpeeds = random.int(2) === 0;
          const points = Array.from({ length: 1 + random.int(5) }, (_, i, length = 5) => ({
            timeSec: Math.round((0.05 * i + random.uniform(0, 0.04)) * 1e9) / 1e9,
            q: [random.uniform(-1, 1), random.uniform(-1, 1)],
            ...(withSpeeds ? { v: i < length ? [random.uniform(-2, 2), 0] : [0, 0] } : {}),
          }));
          const rest = { ...points.at(-1)!, timeSec: 0.4, ...(withSpeeds ? { v: [0, 0] } : {}) };
          points.push(rest);
          follower.take(message(startNs, points), nowNs);
          const received = points.map(({ timeSec, q, v }) => {
            return { timeSec, positions: q, ...(v === undefined ? {} : { velocities: v }) };
          });
          receiver.receive({ startSec: Number(startNs) / 1e9, points: received }, nowSec);
        }
        const found = follower.update(nowNs)!;
        assertClose(found, receiver.update(nowSec), 1e-6, `${rateHz} Hz, update ${n}`);
        moved = Math.max(moved, Math.abs(found[0]!));
      }
      assert.ok(moved > 0.5, `moved by ${moved} rad`);
    }
  });

  it('sorts joints by their names', () => {
    const follower = new TrajectoryFollower(JOINTS, [0.5, 0.5], 0.01);
    const names = ['elbow', 'more', 'waist'];
    const told = message(0n, [{ timeSec: 0, q: [1, 2, 3] }], names);
    assert.equal(follower.take(told, BEGIN_NS), undefined);
    assert.deepEqual(follower.update(BEGIN_NS), [3, 1]);
  });

  const point = (timeSec: number, q = [0, 0], v?: number[]): Point => {
    return { timeSec, q, ...(v === undefined ? {} : { v }) };
  };
  const refused: [string, TrajectoryMessage, RegExp][] = [
    ['no points', message(0n, []), /expected 1 to 10000 points, found 0/],
    [
      'too many points',
      message(
        0n,
        Array.from({ length: 10_001 }, (_, i) => point(i)),
      ),
      /expected 1 to 10000 points, found 10001/,
    ],
    ['a missing joint', message(0n, [point(0, [0])], ['waist']), /missing elbow/],
    ['too few positions', message(0n, [point(0, [0])]), /expected 2 positions, found 1/],
    ['too few velocities', message(0n, [point(0, [0, 0], [1])]), /expected 2 velocities or none/],
    ['what is no number', message(0n, [point(0, [0, NaN])]), /not finite/],
    ['times that stand still', message(0n, [point(1), point(1)]), /times that grow/],
    ['what has ended', message(1n, [point(1)]), /it ended 3\.999999999 s ago/],
  ];
  for (const [what, told, expected] of refused) {
    it(`refuses ${what}`, () => {
      const follower = new TrajectoryFollower(JOINTS, [0.5, 0.5], 0.01);
      assert.match(follower.take(told, BEGIN_NS) ?? '', expected);
      assert.deepEqual(follower.update(BEGIN_NS), [0.5, 0.5]);
    });
  }
});

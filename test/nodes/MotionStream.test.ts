import assert from 'node:assert/strict';
import type { MotionState } from '../../core/control/MotionState.ts';
import { armStream, gripperStream } from '../../nodes/controller/sinks/commandStreams.ts';
import type { Trajectory } from '../../nodes/controller/sinks/MotionStream.ts';
import { SPAN_SEC } from '../../adapters/messages/trajectory.ts';
import { assertClose } from '../core/arm.ts';

const PERIOD_SEC = 0.02;
const LEAD_SEC = 0.04;
const BOUNDS = { lower: [-1], upper: [1], velocity: [1], acceleration: [2], jerk: [50] };
const OPTIONS = { periodSec: PERIOD_SEC, leadSec: LEAD_SEC, endsAtRest: true };
const T0 = 1_000_000_000_000n;

const at = (q: number, v = 0, a = 0): MotionState => ({
  positions: Float64Array.of(q),
  velocities: Float64Array.of(v),
  accelerations: Float64Array.of(a),
});
/** After a period in which the acceleration grows from 0 to 1 rad/s². */
const START = at(0.0002 / 3, 0.01, 1);
const steady = (k: number): MotionState => at(0.01 + 0.004 * k, 0.2);
const ms = (count: number): bigint => BigInt(count) * 1_000_000n;
const secondsAfter = (from: bigint, { startNs, points }: Trajectory): number[] =>
  points.map(({ timeSec }) => Math.round(1e6 * (Number(startNs - from) / 1e9 + timeSec)) / 1e6);
const places = ({ points }: Trajectory): number[] => points.map(({ positions }) => positions[0]!);

describe('MotionStream', () => {
  it('at rest gives one point in the future, to which its receiver may go from anywhere', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    for (let k = 0; k < 3; k++) {
      const nowNs = T0 + ms(20 * k);
      const trajectory = stream.push(at(0.3), nowNs);
      assert.deepEqual(places(trajectory), [0.3]);
      assert.deepEqual([...trajectory.points[0]!.velocities], [0]);
      assert.deepEqual(secondsAfter(nowNs, trajectory), [0.56]);
    }
  });

  it('in motion has the last commands, the newest a period and the lead from now, then the way to rest', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    let trajectory!: Trajectory;
    for (let k = 0; k < 10; k++) trajectory = stream.push(steady(k), T0 + ms(20 * k));
    const nowNs = T0 + ms(180);
    const times = secondsAfter(nowNs, trajectory);
    assert.deepEqual(times.slice(0, 6), [-0.04, -0.02, 0, 0.02, 0.04, 0.06]);
    assertClose(places(trajectory).slice(0, 6), [0.026, 0.03, 0.034, 0.038, 0.042, 0.046], 1e-12);
    const newest = trajectory.points.find(({ timeSec }) => timeSec === SPAN_SEC)!;
    assert.equal(newest.positions[0], steady(9).positions[0]);
    const [end, held] = trajectory.points.slice(-2);
    assert.deepEqual([...end!.velocities, ...held!.velocities], [0, 0]);
    assert.deepEqual([end!.positions, held!.timeSec], [held!.positions, end!.timeSec + 0.5]);
    assert.ok(end!.positions[0]! - 0.046 > 0.2 ** 2 / 2 / 2, 'no sooner than the limits allow');
  });

  it('keeps commands a period apart however late or early they come', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    const delays = [0, 2, 1, 3, 0, 2, 3, 1, 0, 2];
    const due = delays.map((delay, k) => {
      const trajectory = stream.push(steady(k), T0 + ms(20 * k + delay));
      return Number(trajectory.startNs - T0) / 1e9;
    });
    due.slice(1).forEach((sec, k) => assert.ok(Math.abs(sec - due[k]! - PERIOD_SEC) < 1e-9));
  });

  it('gives the lead back little by little after a period was missed', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    const leads: number[] = [];
    let startNs = 0n;
    for (let k = 0; k < 200; k++) {
      const nowNs = T0 + ms(20 * k + (k < 20 ? 0 : 20));
      const trajectory = stream.push(at(0.001 * k, 0.05), nowNs);
      if (k > 0) {
        const step = Number(trajectory.startNs - startNs) / 1e9;
        assert.ok(step >= 0.99 * PERIOD_SEC && step < 1.025 * PERIOD_SEC, `${step} s`);
      }
      ({ startNs } = trajectory);
      leads.push(Number(startNs - nowNs) / 1e9 + SPAN_SEC - PERIOD_SEC);
    }
    assertClose([leads[19]!, leads[20]!], [LEAD_SEC, LEAD_SEC - 0.02], 1e-3);
    assert.ok(Math.abs(leads.at(-1)! - LEAD_SEC) < 0.005, `${leads.at(-1)} s`);
  });

  it('begins a motion from rest with the whole lead', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    for (let k = 0; k < 5; k++) stream.push(at(0), T0 + ms(27 * k));
    const nowNs = T0 + ms(1000);
    const trajectory = stream.push(START, nowNs);
    assert.deepEqual(secondsAfter(nowNs, trajectory).slice(0, 2), [0.04, 0.06]);
    assertClose(places(trajectory).slice(0, 2), [0, START.positions[0]!], 0);
  });

  it('goes on from where the receiver has braked after a gap, without a leap', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    let before!: Trajectory;
    for (let k = 0; k < 10; k++) before = stream.push(steady(k), T0 + ms(20 * k));
    const after = stream.push(steady(10), T0 + ms(180 + 200));
    const rest = before.points.at(-1)!.positions[0]!;
    assert.equal(after.points.find(({ timeSec }) => timeSec === SPAN_SEC)!.positions[0], rest);
    let last = rest;
    for (let k = 11; k < 100; k++) {
      const trajectory = stream.push(steady(k), T0 + ms(380 + 20 * (k - 10)));
      const place = trajectory.points.find(({ timeSec }) => timeSec === SPAN_SEC)!.positions[0]!;
      assert.ok(Math.abs(place - last) < 0.35 * PERIOD_SEC, `a step of ${place - last} rad`);
      last = place;
    }
    assert.equal(last, steady(99).positions[0], 'back on its way');
  });

  const fresh: [string, MotionState, number][] = [
    ['a command that does not go with the one before', at(0.9), 200],
    ['a gap of more than a second', steady(10), 1300],
    ['a clock that was set back', steady(10), -5000],
  ];
  for (const [what, command, afterMs] of fresh) {
    it(`begins anew after ${what}`, () => {
      const stream = armStream(BOUNDS, OPTIONS);
      for (let k = 0; k < 10; k++) stream.push(steady(k), T0 + ms(20 * k));
      const nowNs = T0 + ms(afterMs);
      const trajectory = stream.push(command, nowNs);
      assert.equal(places(trajectory)[0], command.positions[0]);
      assert.ok(secondsAfter(nowNs, trajectory)[0]! >= PERIOD_SEC + LEAD_SEC);
    });
  }

  it('never has stamp 0, which would mean now', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    for (let k = 0; k < 4; k++) assert.ok(stream.push(steady(k), ms(20 * k)).startNs > 0n);
  });

  it('comes back from outside the limits as it is told to, and goes on to rest from there', () => {
    const stream = armStream(BOUNDS, OPTIONS);
    const outside = (k: number): MotionState => at(1.2 - 0.002 * k, -0.1);
    let trajectory!: Trajectory;
    for (let k = 0; k < 10; k++) trajectory = stream.push(outside(k), T0 + ms(20 * k));
    assertClose(
      places(trajectory).slice(3, 6),
      [7, 8, 9].map((k) => 1.2 - 0.002 * k),
      1e-12,
    );
    const steps = places(trajectory)
      .slice(1)
      .map((q, i) => q - places(trajectory)[i]!);
    assert.ok(
      steps.every((step) => step <= 0 && step > -0.0021),
      steps.join(' '),
    );
  });

  it('ends with the newest command if that is asked for', () => {
    const stream = armStream(BOUNDS, { ...OPTIONS, endsAtRest: false });
    for (let k = 0; k < 9; k++) stream.push(steady(k), T0 + ms(20 * k));
    const { points } = stream.push(steady(9), T0 + ms(180));
    assert.equal(points.length, 6);
    assertClose(points.at(-1)!.velocities, [0.2], 1e-12);
  });

  it('brakes the gripper by its acceleration limit', () => {
    const bounds = { lower: 0, upper: 1, velocity: 1, acceleration: 4 };
    const stream = gripperStream(bounds, OPTIONS);
    const { points } = stream.push(at(0.1, 0.2), T0);
    assertClose(
      points.flatMap(({ velocities }) => [...velocities]),
      [0.2, 0.12, 0.04, 0, 0],
      1e-12,
    );
  });
});

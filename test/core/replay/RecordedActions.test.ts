import assert from 'node:assert/strict';
import { quatFromRotVec, QUAT_IDENTITY } from '../../../core/math/quat.ts';
import type { Quat, Vec3 } from '../../../core/math/types.ts';
import {
  type Motion,
  RecordedActions,
  type RecordedMotion,
} from '../../../core/replay/RecordedActions.ts';
import { Track } from '../../../core/replay/Track.ts';

const ms = (n: number) => BigInt(n) * 1_000_000n;
const motion = (position: Vec3, orientation: Quat = QUAT_IDENTITY, opening = 1): Motion => {
  return { baseFromEe: { position, orientation }, gripperOpening: opening };
};
const nothing = (): RecordedMotion => ({
  actions: new Track(),
  targets: new Track(),
  commands: new Track(),
  joints: new Track(),
  begunNs: undefined,
  actionPeriodSec: undefined,
});
const rounded = (action: Float32Array | undefined) =>
  action && [...action].map((value) => Math.round(value * 1e5) / 1e5);

describe('Track', () => {
  const track = new Track<string>();
  track.add(ms(10), 'a');
  track.add(ms(30), 'b');
  track.add(ms(20), 'late');
  track.add(ms(30), 'c');

  it('finds what held at a time', () => {
    assert.deepEqual(
      [9, 10, 29, 30, 99].map((n) => track.at(ms(n))),
      [undefined, 'a', 'a', 'c', 'c'],
    );
    assert.equal(track.size, 3);
  });

  it('finds what is closest, within bounds', () => {
    assert.deepEqual(
      [0, 4, 14, 26, 35, 36].map((n) => track.closest(ms(n), ms(5))),
      [undefined, undefined, 'a', 'b', 'c', undefined],
    );
  });
});

describe('RecordedActions', () => {
  it('takes targets tick by tick, wherever in a tick it is asked', () => {
    const recorded = { ...nothing(), begunNs: ms(400) };
    recorded.joints.add(ms(0), motion([0.2, 0, 0.1]));
    const turned = quatFromRotVec([0, 0, 0.1]);
    for (let t = 0; t < 1000; t += 20) {
      const tick = Math.floor((t - 400) / 200);
      const target =
        tick < 0
          ? motion([0.2, 0, 0.1])
          : motion([0.2 + 0.01 * (tick + 1), 0, 0.1], turned, tick === 2 ? 0 : 1);
      recorded.targets.add(ms(t), target);
    }
    const actions = new RecordedActions(recorded, 0.2);
    assert.equal(actions.source, 'targets');
    assert.deepEqual(actions.ticks(), [ms(400), ms(600), ms(800)]);
    const expected = [
      [0.01, 0, 0, 0, 0, 0.1, 1],
      [0.01, 0, 0, 0, 0, 0, 1],
      [0.01, 0, 0, 0, 0, 0, 0],
    ];
    for (const shift of [-90, 0, 90]) {
      const found = [400, 600, 800].map((t) => rounded(actions.at(ms(t + shift))));
      assert.deepEqual(found, expected, `${shift} ms`);
    }
    assert.equal(actions.at(ms(1000)), undefined);
  });

  it('takes from commands and joints where they lead within a tick', () => {
    const recorded = nothing();
    for (let t = 0; t <= 400; t += 20) {
      recorded.commands.add(ms(t), motion([0.2 + t / 1e4, 0, 0]));
      recorded.joints.add(ms(t), motion([0.2, t / 1e4, 0], QUAT_IDENTITY, 0.3));
    }
    const commands = new RecordedActions(recorded, 0.2);
    assert.equal(commands.source, 'commands');
    assert.deepEqual(rounded(commands.at(ms(100))), [0.02, 0, 0, 0, 0, 0, 1]);
    const joints = new RecordedActions(recorded, 0.2, 'joints');
    assert.deepEqual(rounded(joints.at(0n)), [0, 0.02, 0, 0, 0, 0, 0.3]);
    assert.deepEqual(joints.ticks(), [0n, ms(200)]);
  });

  it('takes actions that are there one by one as they are', () => {
    const recorded = nothing();
    recorded.targets.add(0n, motion([0, 0, 0.1]));
    recorded.actions.add(ms(7), Float32Array.of(1, 2, 3));
    recorded.actions.add(ms(211), Float32Array.of(4, 5, 6));
    const actions = new RecordedActions(recorded, 0.2);
    assert.deepEqual(actions.ticks(), [ms(7), ms(211)]);
    assert.deepEqual([...actions.at(ms(200))!], [4, 5, 6]);
    assert.equal(actions.at(ms(400)), undefined);
  });

  it('has nothing where nothing was recorded', () => {
    const actions = new RecordedActions(nothing(), 0.2);
    assert.deepEqual([actions.ticks(), actions.at(0n)], [[], undefined]);
  });
});

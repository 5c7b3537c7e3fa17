import assert from 'node:assert/strict';
import { EpochFollower } from '../../../core/execution/EpochFollower.ts';

const STAY = { kind: 'stay' };

describe('EpochFollower', () => {
  it('goes on with the controller, and stays where that is behind', () => {
    const follower = new EpochFollower();
    assert.deepEqual(follower.follow(3, 3), STAY);
    assert.deepEqual(follower.follow(3, 4), { kind: 'adopt', epoch: 4 });
    assert.deepEqual(follower.follow(4, 2), STAY);
    assert.deepEqual(follower.follow(2 ** 32 - 1, 0), { kind: 'adopt', epoch: 0 });
  });

  it('believes the first report, wherever it is: the policy has just been started', () => {
    assert.deepEqual(new EpochFollower().follow(0, 700), { kind: 'adopt', epoch: 700 });
    assert.deepEqual(new EpochFollower().follow(700, 0), { kind: 'adopt', epoch: 0 });
  });

  it('refuses a leap that the next report contradicts, however often', () => {
    const follower = new EpochFollower();
    follower.follow(5, 5);
    for (let i = 0; i < 100; i++) {
      for (const leap of [4_294_967_295 - 100, 1000]) {
        const answer = follower.follow(5, leap);
        assert.equal(answer.kind, 'refuse');
        assert.match(
          answer.kind === 'refuse' ? answer.reason : '',
          /expected one within 16 of 5, found/,
        );
      }
      assert.deepEqual(follower.follow(5, 5), STAY);
    }
  });

  it('goes where the controller stays after it was started again, up or down', () => {
    for (const [own, now] of [
      [57, 0],
      [0, 57],
    ] as const) {
      const follower = new EpochFollower();
      follower.follow(own, own);
      const answers = Array.from({ length: 10 }, () => follower.follow(own, now).kind);
      assert.deepEqual(answers, [...Array<string>(9).fill('refuse'), 'adopt']);
      assert.deepEqual(follower.follow(now, now), STAY);
    }
  });

  it('does not take reports of several strangers for one', () => {
    const follower = new EpochFollower();
    follower.follow(5, 5);
    for (let i = 0; i < 50; i++) {
      assert.equal(follower.follow(5, 1000 * (1 + (i % 2))).kind, 'refuse');
    }
  });

  it('refuses what is no epoch', () => {
    for (const epoch of [NaN, -1, 2 ** 32, 1.5]) {
      assert.equal(new EpochFollower().follow(0, epoch).kind, 'refuse');
    }
  });
});

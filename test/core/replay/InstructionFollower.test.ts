import assert from 'node:assert/strict';
import { InstructionFollower } from '../../../core/replay/InstructionFollower.ts';

describe('InstructionFollower', () => {
  it('knows what was said, whose plans are no goals', () => {
    const follower = new InstructionFollower();
    assert.equal(follower.current, undefined);
    follower.said('open drawer');
    assert.equal(follower.planned(1, 'open drawer'), false);
    assert.equal(follower.planned(1, 'open drawer'), false);
    assert.equal(follower.current, 'open drawer');
  });

  it('finds a goal by the first plan of a sentence that nobody said', () => {
    const follower = new InstructionFollower();
    follower.said('open drawer');
    follower.planned(1, 'open drawer');
    assert.equal(follower.planned(2, 'close drawer'), true);
    assert.equal(follower.current, 'close drawer');
    assert.equal(follower.planned(2, 'close drawer'), false);
    follower.said('open drawer');
    assert.equal(follower.current, 'open drawer');
    assert.equal(follower.planned(3, 'open drawer'), false);
    assert.equal(follower.planned(4, 'close drawer'), true);
  });

  it('takes a repetition of what is followed for nothing new', () => {
    const follower = new InstructionFollower();
    assert.equal(follower.said('open drawer'), true);
    follower.planned(1, 'open drawer');
    for (let i = 0; i < 1000; i++) assert.equal(follower.said(' open  drawer '), false);
    assert.equal(follower.planned(2, 'close drawer'), true);
    assert.equal(follower.said('close drawer'), false);
    assert.equal(follower.said('open drawer'), true);
    follower.forget();
    assert.equal(follower.said('open drawer'), true);
  });

  it('takes no text for an instruction that can be none', () => {
    const follower = new InstructionFollower();
    for (const none of ['', '?', 'a'.repeat(513)]) assert.equal(follower.said(none), false);
    assert.equal(follower.current, undefined);
  });

  it('takes late plans of what was said before for no goals', () => {
    const follower = new InstructionFollower();
    follower.said('first');
    follower.said('second');
    assert.equal(follower.planned(1, 'first'), false);
    assert.equal(follower.current, 'second');
    assert.equal(follower.planned(2, 'second'), false);
    follower.said('third');
    assert.equal(follower.planned(2, 'second'), false);
    assert.equal(follower.current, 'third');
  });

  it('takes the same sentence for another goal when it is told to forget', () => {
    const follower = new InstructionFollower();
    assert.equal(follower.planned(1, 'pick can'), true);
    assert.equal(follower.planned(2, 'pick can'), false);
    follower.forget();
    assert.equal(follower.planned(3, 'pick can'), true);
  });
});

import assert from 'node:assert/strict';
import type { MessageTypeClassName } from 'rclnodejs';
import { EpisodeFollower } from '../../nodes/recorder/EpisodeFollower.ts';
import { MessageCodec } from '../../adapters/messages/MessageCodec.ts';

const TYPES: Readonly<Record<string, MessageTypeClassName>> = {
  instruction: 'std_msgs/msg/String',
  plan: 'st4vla_ros/msg/SpatialPlan',
  episode_state: 'st4vla_ros/msg/EpisodeState',
};

/** What a follower asks for, in its order, and a way to tell it of messages. */
function followed(mode: 'instruction' | 'always' = 'instruction') {
  const log: string[] = [];
  const episodes = {
    add: ({ topic }: { topic: string }) => void log.push(`add ${topic}`),
    begin: (instruction: string) => void log.push(`begin ${instruction}`),
    finish: ({ success }: { success: boolean | undefined }) => {
      log.push(`finish ${success}`);
      return true;
    },
    forget: (topic: string) => void log.push(`forget ${topic}`),
    snapshot: () => true,
  };
  const follower = new EpisodeFollower(episodes, mode);
  const tell = (topic: string, content: object): string[] => {
    const bytes = new MessageCodec(TYPES[topic]!).encode(content as never);
    follower.follow(topic, { topic: `/arm1/${topic}`, logNs: 1n, publishNs: 1n, bytes });
    return log.splice(0);
  };
  return {
    finish: () => {
      follower.finish({ success: true, notes: '' });
      return log.splice(0);
    },
    say: (data: string) => tell('instruction', { data }),
    plan: (instruction: string, epoch: number) => tell('plan', { instruction, epoch }),
    judge: (finished: boolean, success: boolean) =>
      tell('episode_state', { finished, success, tick: 40 }),
    reset: () => tell('episode_state', { finished: false, success: false, tick: 0 }),
  };
}

const SAID = '/arm1/instruction';

describe('EpisodeFollower', () => {
  it('begins an episode with an instruction, which is its first message', () => {
    const { say, plan } = followed();
    assert.deepEqual(say('a'), [`forget ${SAID}`, 'begin a', `add ${SAID}`]);
    assert.deepEqual(plan('a', 1), ['add /arm1/plan']);
    assert.deepEqual(plan('a', 1), ['add /arm1/plan']);
    assert.deepEqual(say('b'), [`forget ${SAID}`, 'begin b', `add ${SAID}`]);
    assert.deepEqual(say('a'), [`forget ${SAID}`, 'begin a', `add ${SAID}`]);
  });

  it('goes on with the episode when its sentence is repeated, however often', () => {
    const { say, plan } = followed();
    say('put it down');
    for (let i = 0; i < 300; i++) {
      for (const same of ['put it down', ' put  it down\n']) {
        assert.deepEqual(say(same), [`add ${SAID}`]);
      }
    }
    assert.deepEqual(plan('put it down', 2), ['add /arm1/plan']);
    // A goal of that sentence whose plans are of a new epoch is no other one either.
    assert.deepEqual(plan('put it down', 3), ['add /arm1/plan']);
    assert.deepEqual(say('put it down'), [`add ${SAID}`]);
  });

  it('takes no text for an instruction that can be none', () => {
    const { say } = followed();
    for (const none of ['', '  ', 'a'.repeat(513)]) assert.deepEqual(say(none), [`add ${SAID}`]);
    say('a');
    assert.deepEqual(say(''), [`add ${SAID}`]);
    assert.deepEqual(say('a'), [`add ${SAID}`]);
  });

  it('begins another one with the same sentence once the first is over', () => {
    const begins = [`forget ${SAID}`, 'begin a', `add ${SAID}`];
    const { say, finish, judge, reset } = followed();
    say('a');
    finish();
    assert.deepEqual(say('a'), begins);
    judge(true, true);
    assert.deepEqual(say('a'), begins);
    judge(false, false);
    assert.deepEqual(say('a'), [`add ${SAID}`]);
    reset();
    assert.deepEqual(say('a'), begins);
  });

  it('begins none with a plan that was under way when the next instruction came', () => {
    const { say, plan } = followed();
    say('a');
    plan('a', 1);
    say('b');
    assert.deepEqual(plan('a', 1), ['add /arm1/plan']);
    assert.deepEqual(plan('b', 2), ['add /arm1/plan']);
  });

  it('begins one with the first plan of a goal, without what was said before', () => {
    const { say, plan } = followed();
    say('a');
    plan('a', 1);
    assert.deepEqual(plan('goal', 2), [`forget ${SAID}`, 'begin goal', 'add /arm1/plan']);
    assert.deepEqual(plan('goal', 2), ['add /arm1/plan']);
    const { plan: first } = followed();
    assert.deepEqual(first('goal', 1), ['begin goal', 'add /arm1/plan']);
  });

  it('begins another with the same goal once more, after the operator has ended the first', () => {
    const { plan, finish } = followed();
    plan('goal', 1);
    assert.deepEqual(finish(), ['finish true']);
    assert.deepEqual(plan('goal', 1), ['add /arm1/plan']);
    assert.deepEqual(plan('goal', 3), ['begin goal', 'add /arm1/plan']);
  });

  it('ends one when the simulator has judged it', () => {
    const { say, judge } = followed();
    say('a');
    assert.deepEqual(judge(false, true), ['add /arm1/episode_state']);
    assert.deepEqual(judge(true, true), ['add /arm1/episode_state', 'finish true']);
  });

  it('only records in the other modes', () => {
    const { say, plan, judge } = followed('always');
    assert.deepEqual(say('a'), [`add ${SAID}`]);
    assert.deepEqual(plan('goal', 2), ['add /arm1/plan']);
    assert.deepEqual(judge(true, true), ['add /arm1/episode_state']);
  });
});

import assert from 'node:assert/strict';
import type { BagMessage, ReadOptions } from '../../adapters/bags/Bag.ts';
import { BagCursor } from '../../nodes/player/BagCursor.ts';
import { InStepPlayer } from '../../nodes/player/InStepPlayer.ts';
import { PipelineAnswers } from '../../nodes/player/PipelineAnswers.ts';

const ms = (value: number) => BigInt(Math.round(value * 1e6));
const TOPICS = ['/instruction', '/joint_states', '/camera', '/other_camera'];

/** Messages at these times, all within the first periods. */
function bag(all: readonly (readonly [topic: string, atMs: number])[]) {
  const messages = all.map(([topic, at]): BagMessage => {
    return { topic, logNs: ms(at), publishNs: ms(at), bytes: Uint8Array.of(at) };
  });
  return {
    startNs: messages[0]!.logNs,
    endNs: messages.at(-1)!.logNs,
    async *messages({ topics, fromNs = 0n, toNs = ms(1e6) }: ReadOptions = {}) {
      await Promise.resolve();
      for (const one of messages) {
        if (topics?.includes(one.topic) && one.logNs >= fromNs && one.logNs <= toNs) yield one;
      }
    },
  };
}

describe('InStepPlayer', () => {
  const events: string[] = [];
  const playerOf = (
    all: Parameters<typeof bag>[0],
    answered = () => Promise.resolve(),
    isNew?: (message: BagMessage) => boolean,
  ) => {
    events.length = 0;
    const note = (text: string) => () => Promise.resolve(void events.push(text));
    return new InStepPlayer({
      cursor: new BagCursor({
        bag: bag(all),
        topics: TOPICS,
        latched: ['/instruction'],
        offsetNs: 0n,
      }),
      publish: (topic, [at]) => events.push(`${topic} ${at}`),
      publishClock: (timeNs) => events.push(`clock ${timeNs / 1_000_000n}`),
      kindOf: (topic) =>
        topic === '/instruction'
          ? 'instruction'
          : topic === '/camera'
            ? 'primary'
            : topic === '/other_camera'
              ? 'frame'
              : 'other',
      stampOf: ({ logNs }) => logNs,
      ...(isNew && { isNew }),
      resetController: note('reset'),
      received: note('heard'),
      answered: async (stampNs) => {
        await answered();
        events.push(`answer to ${stampNs / 1_000_000n}`);
      },
      stepped: async (timeNs) => {
        await Promise.resolve();
        events.push(`stepped ${timeNs / 1_000_000n}`);
      },
    });
  };

  it('lets the commands begin anew with an instruction, not with its repetition', async () => {
    const said = [
      ['/instruction', 45],
      ['/instruction', 65],
      ['/instruction', 85],
    ] as const;
    const player = playerOf(said, undefined, ({ logNs }) => logNs !== ms(65));
    await player.playUntil(player.endNs);
    const resets = events.flatMap((event, i) => (event === 'reset' ? [events[i + 1]] : []));
    assert.deepEqual(resets, ['/instruction 45', '/instruction 85']);
    assert.ok(events.includes('/instruction 65'));
  });

  it('sends in each period what was said, joints, frames, and then the time', async () => {
    const player = playerOf([
      ['/camera', 45],
      ['/joint_states', 46],
      ['/other_camera', 48],
      ['/instruction', 50],
      ['/joint_states', 61],
    ]);
    assert.deepEqual([player.startNs, player.endNs], [ms(40), ms(80)]);
    await player.playUntil(ms(1000));
    assert.deepEqual(events, [
      'clock 20',
      'clock 40',
      'stepped 40',
      'reset',
      '/instruction 50',
      '/joint_states 46',
      '/other_camera 48',
      'heard',
      '/camera 45',
      'answer to 45',
      'clock 60',
      'stepped 60',
      '/joint_states 61',
      'clock 80',
      'stepped 80',
    ]);
    assert.ok(player.hasEnded);
  });

  it('lets no time pass while a frame has no answer', async () => {
    let answer: () => void = () => undefined;
    const answered = () => new Promise<void>((resolve) => (answer = resolve));
    const player = playerOf([['/camera', 45]], answered);
    const playing = player.playUntil(ms(1000));
    while (!events.includes('/camera 45')) await new Promise(setImmediate);
    for (let i = 0; i < 10; i++) await new Promise(setImmediate);
    assert.equal(events.at(-1), '/camera 45');
    assert.equal(player.nowNs, ms(40));
    answer();
    await playing;
    assert.equal(events.at(-1), 'stepped 60');
  });

  it('plays whole periods only, and goes on from elsewhere', async () => {
    const all = [20, 40, 60, 80].map((at) => ['/joint_states', at] as const);
    const player = playerOf([['/instruction', 1], ...all]);
    await player.playUntil(ms(59));
    assert.equal(player.nowNs, ms(40));
    await player.seek(ms(79));
    events.length = 0;
    await player.playUntil(ms(79));
    assert.deepEqual(events, ['/joint_states 60', 'clock 60', 'stepped 60']);
    await player.seek(ms(40));
    assert.deepEqual(events.slice(-2), ['clock 20', '/instruction 1']);
  });
});

describe('PipelineAnswers', () => {
  const answersOf = (modelSec: number) => {
    const logged: string[] = [];
    return { logged, answers: new PipelineAnswers({ modelSec, log: (text) => logged.push(text) }) };
  };

  it('waits for the observation of a frame, and then for the policy', async () => {
    const { answers, logged } = answersOf(60);
    let isDone = false;
    const frame = answers.toFrame(7n).then(() => (isDone = true));
    answers.settled(6n);
    answers.observed(7n);
    await new Promise(setImmediate);
    assert.ok(!isDone);
    answers.settled(7n);
    await frame;
    answers.stepped(20n);
    await answers.toPeriod(20n);
    assert.deepEqual([answers.missing, logged], [0, []]);
  });

  it('goes on where no answer comes, says so, and counts', async () => {
    const { answers, logged } = answersOf(0.001);
    for (let stamp = 1n; stamp <= 7n; stamp++) {
      answers.observed(stamp);
      await answers.toFrame(stamp);
    }
    assert.equal(answers.missing, 7);
    assert.equal(logged.length, 5);
    assert.equal(logged[0], 'no answer of the policy within 0.001 s: continuing');
    assert.match(logged[4]!, /more of these are only counted/);
  });

  it('knows when the controller has reported about the present time again and again', () => {
    const { answers } = answersOf(1);
    for (let i = 0; i < 4; i++) answers.stepped(20n);
    assert.ok(!answers.isKnown(20n));
    answers.stepped(20n);
    assert.ok(answers.isKnown(20n));
    assert.ok(!answers.isKnown(40n));
    answers.forgetReports();
    assert.ok(!answers.isKnown(20n));
  });
});

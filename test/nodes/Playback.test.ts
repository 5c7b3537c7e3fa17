import assert from 'node:assert/strict';
import type { BagMessage, ReadOptions } from '../../adapters/bags/Bag.ts';
import { BagCursor } from '../../nodes/player/BagCursor.ts';
import { BagPlayer } from '../../nodes/player/BagPlayer.ts';
import { Playback, type PlaybackOptions } from '../../nodes/player/Playback.ts';
import { isLatched, playedTopics } from '../../nodes/player/playedTopics.ts';

const ms = (value: number) => BigInt(Math.round(value * 1e6));
const bagTopic = (name: string, qosProfiles = '') => ({
  name,
  type: 'std_msgs/msg/String',
  encoding: 'cdr',
  definition: undefined,
  count: 1,
  qosProfiles,
});

/** A message on /x every 100 ms for a second, one on /latched at the beginning. */
function bag() {
  const all: BagMessage[] = [['/latched', 0] as const]
    .concat(Array.from({ length: 11 }, (_, i) => ['/x', 100 * i] as never))
    .map(([topic, at]) => ({
      topic,
      logNs: ms(at),
      publishNs: ms(at),
      bytes: Uint8Array.of(at / 100),
    }));
  return {
    startNs: 0n,
    endNs: ms(1000),
    async *messages({ topics, fromNs = 0n, toNs = ms(1e6) }: ReadOptions = {}) {
      await Promise.resolve();
      for (const one of all) {
        if (topics?.includes(one.topic) && one.logNs >= fromNs && one.logNs <= toNs) yield one;
      }
    },
  };
}

describe('BagPlayer', () => {
  it('goes over gaps in which nothing comes for long, at the end of the bag, too', async () => {
    const years = ms(1e11);
    const at = [0n, ms(20), years, years + ms(20)];
    const all = at.map((logNs) => ({
      topic: '/x',
      logNs,
      publishNs: logNs,
      bytes: Uint8Array.of(1),
    }));
    const sent: bigint[] = [];
    const clock: bigint[] = [];
    const player = new BagPlayer({
      cursor: new BagCursor({
        bag: {
          startNs: 0n,
          endNs: 3n * years,
          async *messages({ fromNs = 0n, topics = [] }: ReadOptions = {}) {
            await Promise.resolve();
            yield* all.filter(({ logNs, topic }) => logNs >= fromNs && topics.includes(topic));
          },
        },
        topics: ['/x'],
        latched: [],
        offsetNs: 0n,
      }),
      publish: () => sent.push(clock.at(-1)!),
      publishClock: (timeNs) => clock.push(timeNs),
    });
    for (let i = 0; i < 20 && !player.hasEnded; i++) {
      await player.playUntil(player.nowNs + ms(10));
    }
    assert.deepEqual(sent, [ms(10), ...at.slice(1)]);
    assert.ok(player.hasEnded && clock.length < 20, `${clock.length} times`);
  });
});

describe('Playback', () => {
  let sent: string[];
  let clock: bigint[];
  let ended: number;
  let wallMs: number;
  let playback: Playback;
  const start = (changes: Partial<PlaybackOptions> = {}) => {
    [sent, clock, ended, wallMs] = [[], [], 0, 5000];
    const topics = { topics: ['/latched', '/x'], latched: ['/latched'] };
    const player = new BagPlayer({
      cursor: new BagCursor({ bag: bag(), ...topics, offsetNs: 0n }),
      publish: (topic, bytes) => sent.push(`${topic} ${bytes[0]}`),
      publishClock: (timeNs) => clock.push(timeNs),
    });
    playback = new Playback(player, {
      rate: () => 1,
      startSec: 0,
      isPaused: false,
      loop: false,
      waitSec: 10,
      missing: () => [],
      log: () => undefined,
      onEnd: () => (ended += 1),
      ...changes,
    });
  };
  /** Lets wall time pass, 10 ms at a time. */
  const pass = async (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 10) {
      wallMs += 10;
      await playback.update(wallMs);
    }
  };
  /** The first call only finds the place. */
  const find = () => playback.update(wallMs);

  it('plays at the rate that it is told, and ends once', async () => {
    start({ rate: () => 2 });
    await find();
    await pass(150);
    assert.deepEqual(sent, ['/latched 0', '/x 0', '/x 1', '/x 2', '/x 3']);
    assert.equal(clock.at(-1), ms(300));
    await pass(1000);
    assert.equal(sent.length, 12);
    assert.equal(sent.at(-1), '/x 10');
    assert.equal(ended, 1);
  });

  it('tells the time before what happened then, in steps of 10 ms at most, never back', async () => {
    start({ rate: () => 7 });
    await find();
    await pass(200);
    for (let i = 1; i < clock.length; i++) {
      const step = clock[i]! - clock[i - 1]!;
      assert.ok(step >= 0n && step <= ms(10), `${step}`);
    }
    assert.equal(clock.at(-1), ms(1000));
  });

  it('waits until everybody listens, but not for ever', async () => {
    let missing = ['a listener to /x'];
    const logged: string[] = [];
    const log = (text: string) => void logged.push(text);
    start({ missing: () => missing, waitSec: 1, log });
    await find();
    await pass(500);
    assert.deepEqual(sent, []);
    assert.deepEqual(new Set(clock), new Set([0n]));
    assert.ok(clock.length >= 4 && clock.length <= 7, `${clock.length}`);
    missing = [];
    await pass(50);
    assert.deepEqual(sent, ['/latched 0', '/x 0']);
    assert.deepEqual(logged.splice(0), ['waiting for a listener to /x, 1 s at most']);
    start({ missing: () => ['a listener to /x'], waitSec: 1, log });
    await find();
    await pass(1100);
    assert.deepEqual(sent.slice(0, 2), ['/latched 0', '/x 0']);
    assert.equal(logged[1], 'playing without a listener to /x');
  });

  it('starts paused, goes step by step, and resumes', async () => {
    start({ isPaused: true });
    await find();
    await pass(300);
    assert.deepEqual(sent, []);
    assert.equal(playback.step(0.2), 'to 0.20 s');
    await pass(300);
    assert.deepEqual(sent, ['/latched 0', '/x 0', '/x 1', '/x 2']);
    assert.equal(playback.resume(), 'playing at 0.20 s');
    await pass(100);
    assert.equal(sent.at(-1), '/x 3');
    assert.equal(playback.pause(), 'paused at 0.30 s');
    await pass(300);
    assert.equal(sent.at(-1), '/x 3');
  });

  it('goes on from elsewhere, with what is latched there', async () => {
    start();
    await find();
    await pass(200);
    sent = [];
    assert.ok(playback.seek(0.85).accepted);
    await find();
    await pass(100);
    assert.deepEqual(sent, ['/latched 0', '/x 9']);
    sent = [];
    assert.ok(playback.seek(0.05).accepted);
    await find();
    await pass(100);
    assert.deepEqual(sent, ['/latched 0', '/x 1']);
    assert.deepEqual(playback.seek(1.5), {
      accepted: false,
      message: 'expected 0 to 1.00 s, found 1.5',
    });
    assert.ok(!playback.seek(NaN).accepted);
  });

  it('begins anew at the end where it is told to', async () => {
    start({ loop: true });
    await find();
    await pass(1200);
    assert.equal(ended, 0);
    assert.deepEqual(sent.slice(12, 15), ['/latched 0', '/x 0', '/x 1']);
  });
});

describe('playedTopics', () => {
  it('leaves out what the nodes publish themselves', () => {
    const commands = ['/wx250s/commands/joint_group', '/arm1/joint/waist/cmd_pos'];
    const pipeline = ['/joint_states', '/plan', '/arm1/action_chunk', '/clock', '/my_plan'];
    const ofPolicy = ['/arm1/epoch', '/execution_spec', '/settled'];
    const names = [...pipeline, ...ofPolicy, ...commands];
    const topics = [...names.map((name) => bagTopic(name)), { ...bagTopic('/empty'), count: 0 }];
    const { played } = playedTopics(topics, '');
    assert.deepEqual(
      played.map(({ name }) => name),
      ['/joint_states', '/my_plan'],
    );
    const wanted = playedTopics(topics, 'plan, /nowhere');
    assert.deepEqual([wanted.played[0]?.name, wanted.missing], ['/plan', ['/nowhere']]);
  });

  it('knows what is latched', () => {
    assert.ok(isLatched(bagTopic('/arm1/instruction')));
    assert.ok(isLatched(bagTopic('/x', '- depth: 1\n  durability: 1\n')));
    assert.ok(isLatched(bagTopic('/x', '- durability: transient_local\n')));
    assert.ok(!isLatched(bagTopic('/x', '- durability: 2\n')));
    assert.ok(!isLatched(bagTopic('/x', '- durability: volatile\n')));
  });
});

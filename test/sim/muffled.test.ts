import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../core/math/random.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { holdTicks } from '../../sim/data/holdTicks.ts';
import { muffled, turnedRound, UNKNOWN_WORD } from '../../sim/tasks/muffled.ts';

/** MAX_TOKENS of the miniature, less the words of the prompt around an instruction. */
const MOST_WORDS = 40 - 21;

describe('sentences some of whose words nobody knows', () => {
  it('keep what they name, in its order', () => {
    const template = 'pick up the S and put it in the D drawer';
    const named = (text: string): string[] =>
      text.split(' ').filter((word) => ['S', 'D', 'drawer'].includes(word));
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        assert.deepEqual(named(muffled(template, new Random(seed))), ['S', 'D', 'drawer']);
      }),
    );
  });

  it('have words that are unknown before, between and behind them', () => {
    const texts = Array.from({ length: 200 }, (_, seed) =>
      muffled('open the D drawer', new Random(seed)),
    );
    for (const form of [/^\[unk\] (the|\[unk\]) D drawer$/, /^\[unk\] \[unk\] open/, /\[unk\]$/]) {
      assert.ok(
        texts.some((text) => form.test(text)),
        String(form),
      );
    }
  });

  it('name the target first sometimes, and nothing else that is known', () => {
    assert.equal(turnedRound('put the S into the T'), '[unk] the T [unk] the S');
  });

  for (const embodiment of [widowx, googleRobot]) {
    it(`come into the training of ${embodiment.name}, none longer than its planner reads`, () => {
      const scenes = Array.from({ length: 600 }, (_, seed) =>
        simArmOf(embodiment).trainingScene(seed, 'episodes'),
      ).filter(({ objects }) => objects.every(({ variety }) => variety === undefined));
      const texts = scenes.map(({ instruction }) => instruction);
      const unknown = texts.filter((text) => text.includes(UNKNOWN_WORD)).length / texts.length;
      assert.ok(unknown > 0.06 && unknown < 0.25, String(unknown));
      for (const text of texts) assert.ok(text.split(' ').length <= MOST_WORDS, text);
    });
  }

  it('never leave open what a second instruction changes', () => {
    for (let seed = 0; seed < 300; seed++) {
      const scene = simArmOf(googleRobot).trainingScene(seed, 'episodes', 2);
      if (scene.goal.kind !== 'open' && scene.goal.kind !== 'close') continue;
      assert.ok(!`${scene.instruction} ${scene.followUp?.instruction}`.includes(UNKNOWN_WORD));
    }
  });
});

describe('the ticks recorded after a task', () => {
  it('are few mostly, and many sometimes', () => {
    const scene = simArmOf(widowx).trainingScene(1, 'episodes');
    const holds = Array.from({ length: 1000 }, (_, seed) => holdTicks(scene, seed));
    assert.ok(Math.min(...holds) === 5 && Math.max(...holds) <= 60);
    const long = holds.filter((ticks) => ticks > 20).length;
    assert.ok(long > 100 && long < 300, String(long));
  });

  it('are many where the sentence leaves open whether a drawer is to be opened or closed', () => {
    const goal = { kind: 'open', drawer: 'top' } as const;
    const scene = { ...simArmOf(googleRobot).trainingScene(1, 'episodes'), goal };
    const said = { ...scene, instruction: 'open the top drawer' };
    const unsaid = { ...scene, instruction: '[unk] the top drawer' };
    for (let seed = 0; seed < 20; seed++) assert.equal(holdTicks(unsaid, seed), 60);
    assert.ok(holdTicks(said, 0) < 60);
  });
});

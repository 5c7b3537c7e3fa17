import type { DatasetKind } from '../../sim/tasks/DatasetKind.ts';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../core/math/random.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { maskWords, targetFirst, UNKNOWN_WORD } from '../../sim/tasks/wordMasking.ts';
import type { Scene } from '../../sim/world/Scene.ts';

/** MAX_TOKENS of the miniature, less the words of the prompt around an instruction. */
const MAX_WORDS = 40 - 21;

function trainingScenes(embodiment: Embodiment, kind: DatasetKind = 'episodes'): Scene[] {
  const arm = simArmOf(embodiment);
  return Array.from({ length: 600 }, (_, seed) => arm.trainingScene(seed, kind));
}

describe('sentences most of whose words are unknown', () => {
  it('keep what they name, in its order', () => {
    const template = 'pick up the S and put it in the D drawer';
    const named = (text: string): string[] =>
      text.split(' ').filter((word) => ['S', 'D', 'drawer'].includes(word));
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        assert.deepEqual(named(maskWords(template, new Random(seed))), ['S', 'D', 'drawer']);
      }),
    );
  });

  it('have words that are unknown before, between and behind them', () => {
    const texts = Array.from({ length: 200 }, (_, seed) =>
      maskWords('open the D drawer', new Random(seed)),
    );
    for (const form of [/^\[unk\] (the|\[unk\]) D drawer$/, /^\[unk\] \[unk\] open/, /\[unk\]$/]) {
      assert.ok(
        texts.some((text) => form.test(text)),
        String(form),
      );
    }
  });

  it('name the target first sometimes, and know nothing else then', () => {
    assert.equal(targetFirst('put the S into the T'), '[unk] the T [unk] the S');
  });

  for (const embodiment of [widowx, googleRobot]) {
    it(`come into the training of ${embodiment.name}, but where a thing has an unknown name`, () => {
      const scenes = trainingScenes(embodiment);
      const usual = scenes.filter(({ objects }) => objects.every((o) => o.variety === undefined));
      const unknown = usual.filter(({ instruction }) => instruction.includes(UNKNOWN_WORD));
      const share = unknown.length / usual.length;
      assert.ok(share > 0.06 && share < 0.25, String(share));
      for (const { goal, objects, instruction } of scenes) {
        if (goal.kind !== 'place' && goal.kind !== 'near') continue;
        const [source, target] = [objects[goal.source]!, objects[goal.target]!];
        if (source.variety === undefined && target.variety === undefined) continue;
        assert.match(instruction, /^(?!\[unk\])/, instruction);
      }
    });

    it(`are never longer than ${embodiment.name}'s planner reads`, () => {
      for (const kind of ['static', 'episodes'] as const) {
        for (const { instruction, followUp } of trainingScenes(embodiment, kind)) {
          for (const text of [instruction, followUp?.instruction ?? '']) {
            assert.ok(text.split(' ').length <= MAX_WORDS, text);
          }
        }
      }
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

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { ScriptedEpisodeRecorder } from '../../lab/data/ScriptedEpisodeRecorder.ts';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';
import type { Goal } from '../../sim/world/Scene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const SEEDS = Array.from({ length: 60 }, (_, i) => i * 7919);
const EPISODES = 6;

const ends = (goal: Goal): string => JSON.stringify(goal);

for (const embodiment of [widowx, googleRobot]) {
  describe(`training with two instructions, ${embodiment.name}`, function () {
    this.timeout(120_000);
    const arm = simArmOf(embodiment);

    it('is the same for the same seed, and has no seeds of evaluation', () => {
      assert.deepEqual(arm.trainingScene(5, 'episodes', 2), arm.trainingScene(5, 'episodes', 2));
      assert.notDeepEqual(arm.trainingScene(5, 'episodes', 2), arm.trainingScene(6, 'episodes', 2));
      assert.throws(() => arm.trainingScene(FIRST_EVALUATION_SEED, 'episodes', 2), RangeError);
    });

    it('asks for something else later, with time for it, of things that are there', () => {
      const goals = new Set<string>();
      for (const seed of SEEDS) {
        const scene = arm.trainingScene(seed, 'episodes', 2);
        const { followUp, instruction, goal, objects, maxTicks } = scene;
        assert.ok(followUp?.goal, `seed ${seed}`);
        assert.notEqual(ends(goal), ends(followUp.goal));
        assert.notEqual(instruction, followUp.instruction);
        assert.ok(followUp.fromTick >= 30 && followUp.fromTick + 30 < arm.recordedTicks(scene));
        assert.equal(arm.recordedTicks(scene), maxTicks);
        for (const one of [goal, followUp.goal]) {
          const indices = ['source' in one ? one.source : 0, 'target' in one ? one.target : 0];
          if (objects.length > 0) assert.ok(indices.every((i) => objects[i] !== undefined));
          goals.add(one.kind);
        }
        assert.doesNotMatch(instruction + followUp.instruction, /\b[STD]\b|undefined/);
      }
      assert.equal(goals.size, embodiment === widowx ? 1 : 4);
    });

    it('the scripted expert mostly does both', async () => {
      const file = new URL(`../../../urdf/${embodiment.urdfFile}`, import.meta.url);
      const world = await SimWorld.create({ embodiment, urdfText: readFileSync(file, 'utf8') });
      try {
        const recorder = new ScriptedEpisodeRecorder(world);
        const made = SEEDS.slice(0, EPISODES).map((seed) => recorder.record(seed, 0, 2));
        const done = made.filter(({ success }) => success);
        assert.ok(done.length >= EPISODES - 2, `${done.length} of ${EPISODES}`);
        for (const { rows } of done) {
          assert.equal(new Set(rows.map(({ instruction }) => instruction)).size, 2);
        }
      } finally {
        world.dispose();
      }
    });
  });
}

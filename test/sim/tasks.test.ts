import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Random } from '../../core/math/random.ts';
import { widowxFrontCamera } from '../../sim/render/CameraModel.ts';
import type { Rectangle } from '../../sim/tasks/footprint.ts';
import { footprintOf, rectanglesOverlap } from '../../sim/tasks/footprint.ts';
import { namesOf, paraphrase, templatesFor } from '../../sim/tasks/instructions.ts';
import { assertTrainingSeed, evaluationSeed } from '../../sim/tasks/seeds.ts';
import { WIDOWX_TASKS } from '../../sim/tasks/tasks.ts';
import { taskScene } from '../../sim/tasks/taskScene.ts';
import { trainingScene } from '../../sim/tasks/trainingScene.ts';
import { placeGoal, restPose } from '../../sim/world/Scene.ts';

describe('tasks', function () {
  this.timeout(60_000);

  it('are the four of SimplerEnv, with its sentences and lengths', () => {
    assert.deepEqual(
      WIDOWX_TASKS.map(({ name, instruction, maxTicks }) => [name, instruction, maxTicks]),
      [
        ['widowx_spoon_on_towel', 'put the spoon on the towel', 60],
        ['widowx_carrot_on_plate', 'put carrot on plate', 60],
        ['widowx_stack_cube', 'stack the green block on the yellow block', 60],
        ['widowx_put_eggplant_in_basket', 'put eggplant into yellow basket', 120],
      ],
    );
  });

  it('always have the same scene for a seed, given as number or bigint', () => {
    const task = WIDOWX_TASKS[2]!;
    assert.deepEqual(taskScene(task, 1_000_007n), taskScene(task, 1_000_007));
    assert.notDeepEqual(taskScene(task, 1), taskScene(task, 2));
  });

  it('lie apart, within the arm’s reach and in the picture', () => {
    fc.assert(
      fc.property(fc.constantFrom(...WIDOWX_TASKS), fc.nat(3_000_000), (task, seed) => {
        const { objects } = taskScene(task, seed);
        const [source, target] = objects.map((object) => footprintOf(object));
        assert.ok(!rectanglesOverlap(source!, target!));
        for (const object of objects) {
          const p = widowxFrontCamera.project(restPose(object).position);
          assert.ok(p !== undefined && p.u > 20 && p.u < 620 && p.v > 20 && p.v < 460);
          assert.ok(Math.hypot(object.x, object.y) < 0.4);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('training scenes', function () {
  this.timeout(60_000);

  it('are never made from the seeds of evaluation', () => {
    assert.equal(assertTrainingSeed(999_999), 999_999);
    for (const seed of [1_000_000, 2_000_000, -1, 0.5, Number.NaN]) {
      assert.throws(() => assertTrainingSeed(seed), /training seeds are integers in 0…999999/);
      assert.throws(() => trainingScene(seed), RangeError);
    }
    assert.equal(evaluationSeed(0, 0), 1_000_000n);
    assert.equal(evaluationSeed(2, 23), 1_020_023n);
  });

  it('ask for a source and a target that are there, in words that single them out', () => {
    for (let seed = 0; seed < 150; seed++) {
      const scene = trainingScene(seed);
      const goal = placeGoal(scene);
      const [source, target] = [scene.objects[goal.source]!, scene.objects[goal.target]!];
      const mentions = (names: readonly string[]): boolean =>
        names.some((name) => scene.instruction.includes(name));
      assert.ok(mentions(namesOf(source)) && mentions(namesOf(target)), scene.instruction);
      const looks = scene.objects.map(({ kind, color }) => `${color ?? ''} ${kind}`);
      assert.equal(new Set(looks).size, looks.length, `two of a kind: ${looks.join(', ')}`);
    }
  });

  it('know at least six sentence forms for every task', () => {
    for (const task of WIDOWX_TASKS) {
      const { objects } = taskScene(task, 1);
      const [source, target] = [objects[0]!, objects[1]!];
      assert.ok(templatesFor(target).length >= 6);
      const random = new Random(1);
      const said = new Set(Array.from({ length: 100 }, () => paraphrase(source, target, random)));
      assert.ok(said.size >= 6);
      assert.ok(![...said].some((text) => /\b[ST]\b/.test(text)));
    }
  });
});

describe('rectanglesOverlap', () => {
  const square: Rectangle = { x: 0, y: 0, yawRad: 0, halfX: 1, halfY: 1 };
  const cases: readonly (readonly [string, Partial<Rectangle>, boolean])[] = [
    ['the same place', {}, true],
    ['beside', { x: 2.1 }, false],
    ['touching corners after a turn', { x: 2.3, yawRad: Math.PI / 4 }, true],
    ['diagonal neighbours that a bounding circle would join', { x: 2.05, y: 2.05 }, false],
    ['turned in a corner', { x: 1.8, y: 1.8, yawRad: Math.PI / 4 }, false],
  ];
  for (const [name, change, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      const other = { ...square, ...change };
      assert.equal(rectanglesOverlap(square, other), expected);
      assert.equal(rectanglesOverlap(other, square), expected);
    });
  }
});

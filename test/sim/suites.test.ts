import assert from 'node:assert/strict';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { UNSEEN_SENTENCES } from '../../sim/suites/paraphrases.ts';
import { SUITES, suiteScene, suiteTaskNames } from '../../sim/suites/suites.ts';
import { googleTemplates } from '../../sim/tasks/googleTrainingScene.ts';
import { templatesFor } from '../../sim/tasks/instructions.ts';
import { evaluationSeed } from '../../sim/tasks/seeds.ts';
import type { BodyModel } from '../../sim/world/BodyModel.ts';
import type { TrainedKind } from '../../sim/world/bodyKinds.ts';
import { bodyModel, CUBE_COLOR_NAMES } from '../../sim/world/bodies.ts';
import { SOURCE_KINDS, SUPPORT_KINDS } from '../../sim/world/bodyKinds.ts';
import { GROCERY_KINDS } from '../../sim/world/bodyKinds.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { unseenBody } from '../../sim/world/unseenBodies.ts';
import { isUnseenKind, UNSEEN_KINDS, UNSEEN_THINGS } from '../../sim/world/unseenKinds.ts';
import { variedBody } from '../../sim/world/variedBodies.ts';

const SEEDS = Array.from({ length: 12 }, (_, i) => evaluationSeed(0, i));

/** What training can draw, by kinds, colours and sentence forms. */
const TRAINED_KINDS: readonly TrainedKind[] = [...SOURCE_KINDS, ...SUPPORT_KINDS, ...GROCERY_KINDS];
const TRAINED_BODIES: readonly BodyModel[] = TRAINED_KINDS.flatMap((kind) =>
  kind === 'cube' ? CUBE_COLOR_NAMES.map((color) => bodyModel(kind, color)) : [bodyModel(kind)],
);
const TRAINED_FORMS: readonly string[] = [
  ...SUPPORT_KINDS.flatMap((kind) => templatesFor({ kind, x: 0, y: 0, yawRad: 0 })),
  ...templatesFor({ kind: 'cube', x: 0, y: 0, yawRad: 0 }),
  ...(['pick', 'near', 'open', 'close', 'store'] as const).flatMap(googleTemplates),
];

/** Scenes as training data is made of. */
function trainingScenes(count: number): Scene[] {
  return EMBODIMENTS.flatMap((embodiment) => {
    const arm = simArmOf(embodiment);
    return Array.from({ length: count }, (_, i) => [
      arm.trainingScene(i * 997, 'static'),
      arm.trainingScene(i * 997, 'episodes'),
      arm.trainingScene(i * 997, 'episodes', 2),
    ]).flat();
  });
}

const sentencesOf = ({ instruction, followUp }: Scene): string[] =>
  followUp === undefined ? [instruction] : [instruction, followUp.instruction];

function suiteScenes(suite: string, robot: string): Scene[] {
  return suiteTaskNames(suite, robot).flatMap((task) =>
    SEEDS.map((seed) => suiteScene(suite, robot, task, seed)),
  );
}

describe('suites', function () {
  this.timeout(60_000);

  it('have tasks for every arm, and always the same scene for a seed', () => {
    for (const { name } of SUITES) {
      for (const { name: robot } of EMBODIMENTS) {
        const tasks = suiteTaskNames(name, robot);
        assert.ok(tasks.length >= 3, `${name} ${robot}`);
        assert.equal(new Set(tasks).size, tasks.length);
        for (const task of tasks) {
          const scene = suiteScene(name, robot, task, 1_000_003n);
          assert.equal(scene.task, task);
          assert.deepEqual(suiteScene(name, robot, task, 1_000_003n), scene);
          assert.notDeepEqual(suiteScene(name, robot, task, 1_000_004n), scene);
        }
      }
    }
    assert.throws(
      () => suiteScene('simpler', 'widowx', 'widowx_dance', 1n),
      /no task 'widowx_dance'/,
    );
  });

  it('leave the plain scenes to the plain suite', () => {
    for (const embodiment of EMBODIMENTS) {
      for (const scene of suiteScenes('simpler', embodiment.name)) {
        assert.equal(scene.events, undefined);
        assert.equal(scene.look, undefined);
      }
    }
  });
});

describe('what training cannot see', function () {
  this.timeout(120_000);

  let trained: readonly Scene[];
  before(() => {
    trained = trainingScenes(120);
  });

  it('things: their kinds are in no list that training draws from, nor in its scenes', () => {
    for (const kind of TRAINED_KINDS) assert.ok(!isUnseenKind(kind), kind);
    const drawn = new Set(trained.flatMap(({ objects }) => objects.map((o) => o.kind)));
    assert.deepEqual([...drawn].filter(isUnseenKind), []);
    assert.deepEqual([...drawn].toSorted(), TRAINED_KINDS.toSorted(), 'all that is trained');
  });

  for (const kind of UNSEEN_KINDS) {
    const { newBy, like } = UNSEEN_THINGS[kind];
    it(`${kind} has a ${newBy} that nothing in training has`, () => {
      const body = unseenBody(kind);
      const same = TRAINED_BODIES.filter((trained) => shapeOf(trained) === shapeOf(body));
      if (newBy === 'shape') {
        assert.deepEqual(same, []);
      } else {
        assert.ok(same.some((trained) => trained.kind === like));
        for (const trained of same) {
          assert.ok(colorDistance(body, trained) > 0.25, `${trained.look.name}`);
        }
      }
    });
  }

  it('things: no variety has a shape that only evaluation has, nor its colour of a trained shape', () => {
    const varieties = TRAINED_KINDS.flatMap((kind) =>
      Array.from({ length: 150 }, (_, i) => variedBody(kind, i * 104_729)),
    );
    for (const kind of UNSEEN_KINDS) {
      const body = unseenBody(kind);
      const same = varieties.filter((varied) => shapeOf(varied) === shapeOf(body));
      if (UNSEEN_THINGS[kind].newBy === 'shape') assert.deepEqual(same, []);
      for (const varied of same) assert.ok(colorDistance(body, varied) > 0.25, varied.look.name);
    }
  });

  it('every scene of unseen objects asks for at least one of them', () => {
    for (const { name } of EMBODIMENTS) {
      for (const { goal, objects, instruction } of suiteScenes('unseen-objects', name)) {
        assert.ok('source' in goal, instruction);
        const asked = [goal.source, ...('target' in goal ? [goal.target] : [])];
        assert.ok(
          asked.some((i) => isUnseenKind(objects[i]!.kind)),
          instruction,
        );
      }
    }
  });

  it('sentences: neither their forms nor their verbs are in any training template', () => {
    const words = new Set(TRAINED_FORMS.flatMap((form) => form.split(' ')));
    for (const { verb, text } of Object.values(UNSEEN_SENTENCES).flat()) {
      assert.ok(text.split(' ').includes(verb), text);
      assert.ok(!words.has(verb), `training has '${verb}'`);
      assert.ok(!TRAINED_FORMS.includes(text), text);
    }
    for (const list of Object.values(UNSEEN_SENTENCES)) {
      assert.equal(new Set(list.map(({ verb }) => verb)).size, list.length);
    }
  });

  it('sentences: no training scene says what a paraphrase says', () => {
    const said = new Set(trained.flatMap(sentencesOf));
    for (const { name } of EMBODIMENTS) {
      const scenes = suiteScenes('paraphrases', name);
      const sentences = scenes.flatMap(sentencesOf);
      assert.ok(new Set(sentences).size >= 6);
      for (const sentence of sentences) {
        assert.doesNotMatch(sentence, /\b[STD]\b|undefined/);
        assert.ok(!said.has(sentence), sentence);
      }
    }
  });

  it('scenes: paraphrases and perturbations are of those that evaluation has', () => {
    for (const suite of ['paraphrases', 'object-moved', 'arm-pushed']) {
      for (const { name } of EMBODIMENTS) {
        for (const task of suiteTaskNames(suite, name)) {
          const plain = suiteScene('simpler', name, task, SEEDS[0]!);
          assert.deepEqual(suiteScene(suite, name, task, SEEDS[0]!).objects, plain.objects);
        }
      }
    }
  });
});

/** Shapes and sizes, without colours. */
function shapeOf({ look }: BodyModel): string {
  return JSON.stringify(look.parts.map(({ shape, size, pose }) => [shape, size, pose]));
}

/** Of the largest part, which is the first one of its size. */
function colorDistance(a: BodyModel, b: BodyModel): number {
  const [p, q] = [a.look.parts[0]!.color, b.look.parts[0]!.color];
  return Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]);
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { namesOf } from '../../sim/tasks/instructions.ts';
import { UNKNOWN_WORD } from '../../sim/tasks/wordMasking.ts';
import type { TrainedKind } from '../../sim/world/bodyKinds.ts';
import { isSupportKind } from '../../sim/world/bodies.ts';
import { SOURCE_KINDS, SUPPORT_KINDS } from '../../sim/world/bodyKinds.ts';
import { GROCERY_KINDS } from '../../sim/world/bodyKinds.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { modelOf, restPose } from '../../sim/world/Scene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { hasUsualShape, variedBody } from '../../sim/world/variedBodies.ts';

const KINDS: readonly TrainedKind[] = [...SOURCE_KINDS, ...SUPPORT_KINDS, ...GROCERY_KINDS];
const NUMBERS = Array.from({ length: 60 }, (_, i) => i * 7919);
/** Widest thing that the open fingers of each arm go around. */
const WIDEST_M = { table: 0.034, kitchen: 0.072 };

const isGrocery = (kind: TrainedKind): boolean =>
  (GROCERY_KINDS as readonly TrainedKind[]).includes(kind);

/** The first training scenes of an arm in which something looks as nothing else. */
function variedScenes(embodiment: Embodiment, count: number): Scene[] {
  const scenes: Scene[] = [];
  for (let seed = 0; scenes.length < count; seed++) {
    const scene = simArmOf(embodiment).trainingScene(seed, 'episodes');
    if (scene.objects.some(({ variety }) => variety !== undefined)) scenes.push(scene);
  }
  return scenes;
}

describe('varieties of things', function () {
  this.timeout(60_000);

  it('are the same thing for a number, and another for another', () => {
    for (const kind of KINDS) {
      const looks = NUMBERS.map((number) => JSON.stringify(variedBody(kind, number)));
      assert.equal(new Set(looks).size, looks.length, kind);
      assert.deepEqual(
        NUMBERS.map((number) => JSON.stringify(variedBody(kind, number))),
        looks,
      );
    }
  });

  it('can be laid out and gripped like their kind: solids within their extents, slim enough', () => {
    for (const kind of KINDS) {
      const widest = isGrocery(kind) ? WIDEST_M.kitchen : WIDEST_M.table;
      for (const number of NUMBERS) {
        const { look, collision, grasp, restTopM } = variedBody(kind, number);
        for (const { type, size, position } of collision) {
          const half = type === 'box' ? size : [size[0]!, size[0]!, size[1]!];
          half.forEach((h, k) => {
            const reach = h + Math.abs(position[k]!);
            assert.ok(reach <= look.halfExtents[k]! + 1e-6, `${kind} ${number}: ${k}, ${reach}`);
          });
        }
        assert.equal(grasp === undefined, isSupportKind(kind));
        assert.ok((grasp?.widthM ?? 0) <= widest, `${kind} ${number}: ${grasp?.widthM}`);
        assert.ok(restTopM <= look.halfExtents[2]);
      }
    }
  });

  it('are called by a word that nobody knows, those with the shape of their kind also by its noun', () => {
    for (const kind of KINDS) {
      for (const number of NUMBERS) {
        const names = namesOf({ kind, variety: number, x: 0, y: 0, yawRad: 0 });
        assert.ok(names.some((name) => name.includes(UNKNOWN_WORD)));
        if (hasUsualShape(kind, number)) continue;
        for (const name of names) assert.match(name, /^\[unk\]( \[unk\])?$/);
      }
    }
  });

  it('come into the scenes of training, and their sentences say so', () => {
    for (const embodiment of [widowx, googleRobot]) {
      for (const kind of ['static', 'episodes'] as const) {
        const scenes = Array.from({ length: 150 }, (_, seed) =>
          simArmOf(embodiment).trainingScene(seed, kind),
        );
        const varied = scenes.filter(({ objects }) => objects.some((o) => o.variety !== undefined));
        assert.ok(varied.length > 15 && varied.length < 75, `${kind}: ${varied.length}`);
        for (const object of scenes.flatMap(({ objects }) => objects)) {
          if (object.variety !== undefined) continue;
          for (const name of namesOf(object)) assert.ok(!name.includes(UNKNOWN_WORD), name);
        }
        const unknown = varied.filter(({ instruction }) => instruction.includes(UNKNOWN_WORD));
        assert.ok(unknown.length > varied.length / 4, `${unknown.length} of ${varied.length}`);
      }
    }
  });

  for (const embodiment of [widowx, googleRobot]) {
    it(`lie still where ${embodiment.name} has them`, async () => {
      const file = new URL(`../../../urdf/${embodiment.urdfFile}`, import.meta.url);
      const world = await SimWorld.create({ embodiment, urdfText: readFileSync(file, 'utf8') });
      try {
        for (const scene of variedScenes(embodiment, 12)) {
          world.resetScene(scene);
          for (let i = 0; i < 500; i++) world.step(undefined);
          world.bodies().forEach(({ model, baseFromBody: { position } }, i) => {
            assert.equal(model, modelOf(scene.objects[i]!));
            const rest = restPose(scene.objects[i]!).position;
            const moved = Math.hypot(...position.map((v, k) => v - rest[k]!));
            assert.ok(moved < 0.004, `${model.look.name} moved by ${moved} m`);
          });
        }
      } finally {
        world.dispose();
      }
    });
  }
});

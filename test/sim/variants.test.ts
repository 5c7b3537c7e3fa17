import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { simArmOf } from '../../sim/arms/simArms.ts';
import { lightFrom } from '../../sim/render/lighting.ts';
import { Renderer } from '../../sim/render/Renderer.ts';
import { variantScene, variantsOf } from '../../sim/suites/variants.ts';
import { evaluationSeed } from '../../sim/tasks/seeds.ts';
import { taskScene } from '../../sim/tasks/taskScene.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { restPose } from '../../sim/world/Scene.ts';
import { withOffset } from '../../sim/world/SceneLook.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { overheadCamera, solid } from './renderScene.ts';

const PERIODS = 20;

for (const embodiment of EMBODIMENTS) {
  const { name: robot } = embodiment;
  const arm = simArmOf(embodiment);

  describe(`variants of ${robot}’s scenes`, function () {
    this.timeout(120_000);

    let world: SimWorld;
    before(async () => {
      const file = new URL(`../../../urdf/${embodiment.urdfFile}`, import.meta.url);
      world = await SimWorld.create({ embodiment, urdfText: readFileSync(file, 'utf8') });
    });
    after(() => world.dispose());

    const frame = new Uint8Array(arm.camera.width * arm.camera.height * 3);
    const pixels = (): string => {
      world.renderInto(frame);
      return createHash('sha256').update(frame).digest('hex');
    };
    /** The first picture, and what moves how in some periods in which the arm is told to move. */
    const play = (scene: Scene) => {
      world.resetScene(scene);
      const picture = pixels();
      const command = {
        names: embodiment.armJoints,
        positions: embodiment.homeJoints.map((q) => q + 0.05),
        gripperJointPosition: 0.02,
      };
      for (let i = 0; i < PERIODS; i++) world.step(command);
      const bodies = world.bodies().map(({ baseFromBody }) => baseFromBody);
      return { picture, joints: [...world.jointSample().positions], bodies };
    };

    it('begin with the plain scene, and have names of their own', () => {
      const variants = variantsOf(robot);
      const names = variants.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      const [base, ...others] = variants;
      assert.equal(base?.look, undefined);
      assert.equal(base?.distractors, undefined);
      for (const { name, look, distractors } of others) {
        assert.ok((look === undefined) !== (distractors === undefined), name);
        if (look !== undefined) assert.equal(look.name, name);
      }
      const scene = taskScene(arm.tasks[0]!, 1_000_000);
      assert.deepEqual(variantScene(robot, 'base', scene, 1_000_000n), scene);
      assert.throws(() => variantScene(robot, 'night', scene, 1n), /no variant 'night'/);
      assert.throws(() => variantsOf('kuka'), /no variants of scenes for 'kuka'/);
    });

    // One place of each kind that the arm works at: the table or counter, and the cabinet.
    const places = arm.tasks.filter(
      ({ family }, i) => i === 0 || arm.tasks.findIndex((task) => task.family === family) === i,
    );
    for (const task of places) {
      it(`${task.name}: each looks different, and nothing moves differently`, () => {
        const seed = evaluationSeed(0, 3);
        const plain = taskScene(task, seed);
        const usual = play(plain);
        const seen = new Map([[usual.picture, 'base']]);
        for (const { name, look } of variantsOf(robot).slice(1)) {
          const scene = variantScene(robot, name, plain, seed);
          assert.deepEqual(variantScene(robot, name, plain, seed), scene, 'always the same');
          const { picture, joints, bodies } = play(scene);
          assert.ok(!seen.has(picture), `${name} looks like ${seen.get(picture)}`);
          seen.set(picture, name);
          if (look !== undefined) {
            assert.deepEqual({ joints, bodies }, { joints: usual.joints, bodies: usual.bodies });
            continue;
          }
          // More bodies are other numbers to the solver, but the same ones to look at.
          assert.ok(bodies.length > usual.bodies.length, `${name} adds nothing`);
          near(joints, usual.joints);
          usual.bodies.forEach((pose, i) => near(bodies[i]!.position, pose.position));
        }
        assert.deepEqual(play(plain), usual, 'a variant leaves nothing behind');
      });
    }

    it('show all that a task is about, wherever the camera is', () => {
      for (const { name, look } of variantsOf(robot)) {
        const camera = withOffset(arm.camera, look?.camera);
        for (const task of arm.tasks) {
          for (let i = 0; i < 30; i++) {
            for (const object of taskScene(task, evaluationSeed(1, i)).objects) {
              const p = camera.project(restPose(object).position);
              const isIn = p && p.u > 0 && p.u < camera.width && p.v > 0 && p.v < camera.height;
              assert.ok(isIn, `${name}: ${object.kind} of ${task.name}`);
            }
          }
        }
      }
    });

    it('put distractors beside the things of the task, none like these', () => {
      for (const { name, distractors = 0 } of variantsOf(robot)) {
        for (const task of arm.tasks) {
          for (let i = 0; i < 10; i++) {
            const seed = evaluationSeed(1, i);
            const plain = taskScene(task, seed);
            const { objects } = variantScene(robot, name, plain, seed);
            const added = objects.slice(plain.objects.length);
            assert.deepEqual(objects.slice(0, plain.objects.length), plain.objects);
            assert.ok(added.length <= distractors && (distractors === 0 || added.length > 0));
            const looks = objects.map(({ kind, color }) => `${kind} ${color ?? ''}`);
            assert.equal(new Set(looks).size, looks.length, looks.join(', '));
          }
        }
      }
    });
  });
}

describe('light', () => {
  const level = (light: ReturnType<typeof lightFrom>, u: number, v: number): number => {
    const renderer = new Renderer(overheadCamera, light);
    renderer.setStatic([solid('quad', [0.4, 0.4, 0], [0, 0, 0], { receivesShadow: true })]);
    const out = new Uint8Array(101 * 101 * 3);
    renderer.render([solid('sphere', [0.05, 0, 0], [0, 0, 0.3])], out);
    return out[(v * 101 + u) * 3]!;
  };

  it('is as bright as its exposure says', () => {
    const [dark, plain] = [0.3, 0.6].map((exposure) =>
      level(lightFrom([0, 0, 1], exposure), 90, 90),
    );
    assert.ok(Math.abs(dark! - plain! / 2) <= 1, `${dark} of ${plain}`);
  });

  it('throws shadows away from its sun', () => {
    // 0.3 m up: the shadow is 0.15 m away from the sun; base x is up in the picture.
    const sun = lightFrom([-0.5, 0, 1]);
    assert.ok(level(sun, 50, 50 - 15) < level(sun, 50, 50 + 30) * 0.8);
    const other = lightFrom([0.5, 0, 1]);
    assert.ok(level(other, 50, 50 + 15) < level(other, 50, 50 - 30) * 0.8);
  });
});

function near(found: readonly number[], expected: readonly number[]): void {
  found.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-4, `${value}, expected ${expected[i]}`);
  });
}

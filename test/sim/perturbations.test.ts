import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { suiteScene, suiteTaskNames } from '../../sim/suites/suites.ts';
import { evaluationSeed } from '../../sim/tasks/seeds.ts';
import type { Scene } from '../../sim/world/Scene.ts';
import { restPose } from '../../sim/world/Scene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
const SEEDS = Array.from({ length: 12 }, (_, i) => evaluationSeed(0, i));

function worldOf(embodiment: Embodiment): Promise<SimWorld> {
  const file = new URL(`../../../urdf/${embodiment.urdfFile}`, import.meta.url);
  return SimWorld.create({ embodiment, urdfText: readFileSync(file, 'utf8') });
}

for (const embodiment of [widowx, googleRobot]) {
  describe(`perturbations of ${embodiment.name}`, function () {
    this.timeout(120_000);

    let world: SimWorld;
    before(async () => {
      world = await worldOf(embodiment);
    });
    after(() => world.dispose());

    /** Lets time pass, the arm at home, until a tick has begun. */
    const passUntil = (tick: number): void => {
      while (world.tick < tick) world.step(undefined);
    };
    const positions = (): readonly (readonly number[])[] =>
      world.bodies().map(({ baseFromBody }) => baseFromBody.position);
    const distance = (a: readonly number[], b: readonly number[]): number =>
      Math.hypot(...a.map((v, k) => v - b[k]!));

    for (const task of suiteTaskNames('object-moved', embodiment.name)) {
      it(`object-moved: ${task} has one thing moved, at its tick`, () => {
        for (const seed of SEEDS.slice(0, 4)) {
          const scene = suiteScene('object-moved', embodiment.name, task, seed);
          const [event, ...others] = scene.events ?? [];
          assert.ok(event?.kind === 'move' && others.length === 0);
          assert.ok(event.atTick >= 4 && event.atTick < scene.maxTicks / 2);
          world.resetScene(scene);
          passUntil(event.atTick - 1);
          const before = positions();
          passUntil(event.atTick);
          const after = positions();
          before.forEach((from, i) => {
            const moved = distance(from, after[i]!);
            if (i === event.object) assert.ok(moved > 0.02, `moved by ${moved} m`);
            else assert.ok(moved < 1e-4, `${scene.objects[i]!.kind} moved by ${moved} m`);
          });
          const { x, y, yawRad } = event;
          const to = restPose({ ...scene.objects[event.object]!, x, y, yawRad });
          assert.ok(distance(after[event.object]!, to.position) < 1e-9);
          // It lies there, and nothing lies in its way.
          passUntil(event.atTick + 5);
          assert.ok(distance(positions()[event.object]!, to.position) < 2e-3);
          assert.equal(world.scene.objects[event.object]!.x, event.x);
        }
      });
    }

    it('arm-pushed: the arm leaves its place at the tick of the push, and comes back', () => {
      const [task = ''] = suiteTaskNames('arm-pushed', embodiment.name);
      for (const seed of SEEDS.slice(0, 4)) {
        const scene = suiteScene('arm-pushed', embodiment.name, task, seed);
        const [event] = scene.events ?? [];
        assert.ok(event?.kind === 'push');
        const joints = (): Float64Array => world.jointSample().positions;
        const trace = (of: Scene): Float64Array[] => {
          world.resetScene(of);
          return Array.from({ length: event.atTick + event.forTicks + 8 }, (_, i) => {
            passUntil(i + 1);
            return joints();
          });
        };
        const pushed = trace(scene);
        const { events: _, ...calm } = scene;
        const unpushed = trace(calm);
        const off = pushed.map((q, i) =>
          Math.max(...q.map((v, k) => Math.abs(v - unpushed[i]![k]!))),
        );
        assert.deepEqual(off.slice(0, event.atTick), off.slice(0, event.atTick).fill(0));
        const during = off.slice(event.atTick, event.atTick + event.forTicks);
        assert.ok(Math.max(...during) > 0.015, `pushed by ${Math.max(...during)} rad`);
        assert.ok(off.at(-1)! < 0.01, `still ${off.at(-1)} rad off`);
      }
    });
  });
}

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { command } from '../../cli/corrections/correctionArguments.ts';
import { CorrectionRecorder } from '../../lab/corrections/CorrectionRecorder.ts';
import { sceneSeeds } from '../../lab/data/sceneSeeds.ts';
import { openPolicy } from '../../lab/evaluation/EvalPolicy.ts';
import { command as evalCommand } from '../../cli/eval/evalArguments.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import type { ActionExpert } from '../../core/policy/ActionExpert.ts';
import type { Planner } from '../../core/policy/Planner.ts';
import { packageRoot } from '../../setup/paths.mjs';
import type { EpisodeRow } from '../../lab/data/columns.ts';
import { sceneSeed } from '../../lab/data/DatasetSpec.ts';
import { googleTrainingScene } from '../../sim/tasks/googleTrainingScene.ts';
import { trainingScene } from '../../sim/tasks/trainingScene.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';

const rowAt = (actions: Float32Array) => (start: number) =>
  Array.from(actions.slice(start, start + 7));

describe('st4vla corrections', () => {
  it('names all wrong arguments at once', () => {
    const parsed = command.parse(['--count', 'many', '--seed', '12', '--workers', '']);
    assert.equal(parsed.kind, 'faults');
    assert.deepEqual(parsed.kind === 'faults' && parsed.faults, [
      '--out: expected a folder, found nothing',
      '--count: expected an integer in 1…50000, found "many"',
      '--seed: expected an integer in 0…9, found "12"',
      '--workers: expected an integer in 1…64, found ""',
    ]);
  });

  it('takes the first training scenes, or the first ones of the tasks that are named', () => {
    const plan = {
      kind: 'episodes',
      robot: 'widowx',
      directory: '',
      count: 20,
      seed: 3,
      perShard: 10,
      instructions: 1,
    } as const;
    const first = sceneSeed(plan, 0);
    assert.deepEqual(
      sceneSeeds({ ...plan, tasks: [] }),
      Array.from({ length: 20 }, (_, i) => first + i),
    );
    const stack = sceneSeeds({ ...plan, tasks: ['widowx_stack_cube'] });
    assert.deepEqual(
      stack.map((seed) => trainingScene(seed).task),
      Array<string>(20).fill('widowx_stack_cube'),
    );
    assert.equal(new Set(stack).size, 20);
    assert.throws(() => sceneSeeds({ ...plan, count: 50_001, tasks: [] }), /--count/);
    const google = { ...plan, robot: 'google_robot', count: 5 };
    const task = 'google_robot_open_drawer';
    assert.deepEqual(
      sceneSeeds({ ...google, tasks: [task] }).map(
        (seed) => googleTrainingScene(seed, 'episodes').task,
      ),
      Array<string>(5).fill(task),
    );
  });

  it('labels what the policy reached with what the expert would do', async () => {
    const parsed = evalCommand.parse(['--policy', 'scripted']);
    assert.ok(parsed.kind === 'run');
    const { settings } = parsed.arguments;
    const urdfText = await readFile(join(packageRoot, 'urdf', widowx.urdfFile), 'utf8');
    const world = await SimWorld.create({ embodiment: widowx, urdfText });
    const policy = await openPolicy(settings, widowx, world);
    const chunks: ActionChunk[] = [];
    const expert: ActionExpert = {
      act: async (observation, tokens, tick) => {
        chunks.push(await policy.expert.act(observation, tokens, tick));
        return chunks.at(-1)!;
      },
    };
    const { rows, success } = await new CorrectionRecorder(
      world,
      { ...policy, expert },
      settings,
    ).record(2001, 0);
    await policy.close();
    world.dispose();
    assert.equal(success, true);
    assert.deepEqual(
      rows.map((row) => row.tick),
      rows.map((_, tick) => tick),
    );
    assert.ok(rows.every((row) => row.actions.length === 16 * 7 && row.success === 1));
    assert.ok(rows.length > 10 && rows.length <= 70, `${rows.length} rows`);
    // The arm stands still until the first plan and the first chunk are there; then it does what
    // chunks of before say.
    assert.deepEqual(Array.from(rows[0]!.executed), [0, 0, 0, 0, 0, 0, 1]);
    for (const [tick, { executed }] of rows.entries()) {
      const known = chunks.slice(0, tick).flatMap(({ actions }) => [0, 7, 14].map(rowAt(actions)));
      const isKnown = known.some((row) => String(row) === String(Array.from(executed)));
      assert.equal(isKnown, tick > 1, `tick ${tick}: ${Array.from(executed).join()}`);
    }
    // The expert has nothing left to do once the task is done.
    const settled = Array.from(rows.at(-1)!.actions).slice(0, 6);
    assert.ok(settled.every((value) => Math.abs(value) < 1e-6));
  });

  it('gives the second sentence of an instruction when it is its turn', async () => {
    const task = 'google_robot_place_apple_in_closed_top_drawer';
    const parsed = command.parse([
      '--robot=google_robot',
      `--tasks=${task}`,
      '--model=none',
      '--out=none',
    ]);
    assert.ok(parsed.kind === 'run');
    const settings = { ...parsed.arguments.settings, policy: { kind: 'scripted' } as const };
    assert.equal(settings.robot, 'google_robot');
    const plan = {
      kind: 'episodes',
      directory: '',
      perShard: 10,
      seed: 3,
      instructions: 1,
      count: 1,
    } as const;
    const [seed] = sceneSeeds({ ...plan, robot: settings.robot, tasks: [task] });
    const urdfText = await readFile(join(packageRoot, 'urdf', googleRobot.urdfFile), 'utf8');
    const world = await SimWorld.create({ embodiment: googleRobot, urdfText });
    const policy = await openPolicy(settings, googleRobot, world);
    const asked: string[] = [];
    const planner: Planner = {
      plan: (observation, instruction, epoch) => {
        if (asked.at(-1) !== instruction) asked.push(instruction);
        return policy.planner.plan(observation, instruction, epoch);
      },
    };
    const { rows } = await new CorrectionRecorder(world, { ...policy, planner }, settings).record(
      seed!,
      0,
    );
    const { instruction, followUp } = world.scene;
    await policy.close();
    world.dispose();
    assert.deepEqual(asked, [instruction, followUp!.instruction]);
    const second = rows.findIndex((row) => row.instruction === followUp!.instruction);
    assert.equal(second, followUp!.fromTick);
    assert.ok(rows.slice(0, second).every((row) => row.instruction === instruction));
    // What is taken is the handle, then the apple.
    const pickY = (row: EpisodeRow): number => row.points[1]!;
    const handle = pickY(rows[0]!);
    assert.ok(
      rows.slice(second).some((row) => Math.abs(pickY(row) - handle) > 0.1),
      `handle at ${handle}, then ${rows.slice(second).map(pickY).join()}`,
    );
  });
});

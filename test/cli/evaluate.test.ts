import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { command } from '../../cli/eval/evalArguments.ts';
import { openPolicy } from '../../lab/evaluation/EvalPolicy.ts';
import { episodeJobs, evaluate } from '../../lab/evaluation/evaluate.ts';
import { writeResults } from '../../lab/evaluation/resultFiles.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { provenance } from '../../lab/provenance.ts';
import { googleRobot } from '../../core/embodiment/googleRobot.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { SimWorld } from '../../sim/world/SimWorld.ts';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';

const TINY_MODEL = fileURLToPath(new URL('../../../test/fixtures/tiny-model', import.meta.url));
const TWO_ARMS = fileURLToPath(new URL('../../../test/fixtures/full-size-tiny', import.meta.url));
const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

async function runCli(args: readonly string[]): Promise<{ status: number; stderr: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [status] = (await once(child, 'close')) as [number];
  return { status, stderr };
}

/** Runs the command's own steps and returns what it wrote. */
async function runInto(folder: string, workers: number, suite = 'simpler', episodes = 2) {
  const args = ['--policy', 'scripted', '--episodes', `${episodes}`, '--workers', `${workers}`];
  args.push('--suite', suite, '--tasks', 'widowx_stack_cube', '--out', folder);
  const parsed = command.parse(args);
  assert.ok(parsed.kind === 'run');
  const { settings, plan } = parsed.arguments;
  const seen: bigint[] = [];
  const evaluation = await evaluate(settings, plan, ({ seed }) => seen.push(seed));
  assert.equal(seen.length, episodes);
  const results = await writeResults(parsed.arguments, evaluation, provenance('eval', args));
  const read = (name: string) => readFile(join(folder, name));
  return {
    results,
    text: await read('results.json'),
    episodes: await read('episodes.json'),
    sheet: await read('widowx_stack_cube.png'),
  };
}

describe('evaluation', () => {
  const broken: readonly [string, (folder: string) => Promise<void>, RegExp][] = [
    [
      'a changed byte',
      async (folder) => {
        const file = join(folder, 'action_eye.onnx');
        const bytes = await readFile(file);
        bytes[bytes.length >> 1]! ^= 1;
        await writeFile(file, bytes);
      },
      /action_eye.onnx: sha256: expected [0-9a-f]{64}, found [0-9a-f]{64}/,
    ],
    [
      'a missing graph',
      (folder) => rm(join(folder, 'planner_llm.onnx')),
      /planner_llm.onnx: expected a file in the package, found no such file/,
    ],
  ];
  for (const [what, damage, message] of broken) {
    it(`refuses a model with ${what} and ends`, async function () {
      this.timeout(60_000);
      const folder = await mkdtemp(join(tmpdir(), 'st4vla-eval-'));
      try {
        const model = join(folder, 'model');
        await cp(TINY_MODEL, model, { recursive: true });
        await damage(model);
        const { status, stderr } = await runCli(['eval', '--model', model, '--out', folder]);
        assert.equal(status, 2, stderr);
        assert.match(stderr, message);
        assert.ok(!existsSync(join(folder, 'results.json')));
      } finally {
        await rm(folder, { recursive: true });
      }
    });
  }

  it('holds the gripper as the model says for the arm', async function () {
    this.timeout(60_000);
    const world = await SimWorld.create({ embodiment: widowx, urdfText: await readUrdf(widowx) });
    try {
      const held: number[] = [];
      for (const embodiment of [widowx, googleRobot]) {
        const parsed = command.parse(['--robot', embodiment.name, '--model', TWO_ARMS]);
        assert.ok(parsed.kind === 'run');
        const policy = await openPolicy(parsed.arguments.settings, embodiment, world);
        held.push(policy.execution.gripperHoldTicks);
        await policy.close();
      }
      assert.deepEqual(held, [0, 10]);
    } finally {
      world.dispose();
    }
  });

  it('leaves no worker behind when one cannot start', async function () {
    this.timeout(60_000);
    const parsed = command.parse(['--model', '/nowhere', '--workers', '2']);
    assert.ok(parsed.kind === 'run');
    const { settings, plan } = parsed.arguments;
    await assert.rejects(
      evaluate(settings, plan, () => undefined),
      /manifest.json: expected a JSON file/,
    );
    const children = () => readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
    while ((await children()) !== '') await delay(20);
  });

  it('uses seeds that training never uses, the same ones for every task', () => {
    const plan = { suite: 'simpler', setting: 'visual-matching', seed: 2, workers: 1 } as const;
    const counts = { tasks: ['a', 'b'], episodes: 3 };
    const jobs = episodeJobs({ ...plan, ...counts }, 'widowx');
    assert.ok(jobs.every(({ seed }) => seed >= BigInt(FIRST_EVALUATION_SEED)));
    const of = (task: string) => jobs.filter((job) => job.task === task).map(({ seed }) => seed);
    assert.deepEqual(of('a'), of('b'));
    assert.equal(new Set(of('a')).size, 3);
    const other = episodeJobs({ ...plan, ...counts, seed: 3 }, 'widowx');
    assert.ok(other.every(({ seed }) => !of('a').includes(seed)));
  });

  it('writes the same results and pictures whatever the number of workers', async function () {
    this.timeout(120_000);
    const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'st4vla-eval-'))));
    try {
      const [alone, both] = [await runInto(folders[0]!, 1), await runInto(folders[1]!, 2)];
      assert.deepEqual(alone.text, both.text);
      assert.deepEqual(alone.episodes, both.episodes);
      assert.deepEqual(alone.sheet, both.sheet);
      assert.deepEqual(alone.results, {
        robot: 'widowx',
        suite: 'simpler',
        model: 'scripted',
        delay_ticks: alone.results.delay_ticks,
        tasks: [{ name: 'widowx_stack_cube', episodes: 2, successes: 2 }],
        mean: 1,
      });
      assert.ok(!existsSync(join(folders[0]!, 'failures.png')), 'nothing has failed');
    } finally {
      for (const folder of folders) await rm(folder, { recursive: true });
    }
  });

  it('repeats perturbed episodes bit for bit, and says what happened in them', async function () {
    this.timeout(120_000);
    const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'st4vla-eval-'))));
    try {
      const first = await runInto(folders[0]!, 1, 'arm-pushed', 1);
      const second = await runInto(folders[1]!, 1, 'arm-pushed', 1);
      assert.deepEqual(first.text, second.text);
      assert.deepEqual(first.episodes, second.episodes);
      assert.equal(first.results.suite, 'arm-pushed');
      type Entry = { tick: number; says?: string; pushes_n?: number[] };
      const episodes = JSON.parse(first.episodes.toString()) as { course: Entry[] }[];
      assert.equal(episodes.length, 1);
      for (const { course } of episodes) {
        const [said, pushed] = course;
        assert.deepEqual(said, { tick: 0, says: 'stack the green block on the yellow block' });
        assert.ok(pushed!.tick > 0 && pushed!.pushes_n!.length === 3);
      }
    } finally {
      for (const folder of folders) await rm(folder, { recursive: true });
    }
  });
});

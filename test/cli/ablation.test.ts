import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runAblation, strongestVanilla, type TrainedResult } from '../../lab/ablation/Ablation.ts';
import { ablationPage, marginPoints } from '../../lab/ablation/ablationPage.ts';
import { type AblationSpec, readAblationSpec } from '../../lab/ablation/AblationSpec.ts';
import { CONDITIONS } from '../../lab/ablation/conditions.ts';
import { JobRunner } from '../../lab/ablation/JobRunner.ts';
import { AblationJobs, type Job } from '../../lab/ablation/jobs.ts';
import { lastHeldOut } from '../../lab/ablation/lastHeldOut.ts';
import { packageRoot } from '../../setup/paths.mjs';

const shippedPlan = join(packageRoot, 'training', 'ablation.yaml');
const shipped = () => readFile(shippedPlan, 'utf8');

/** Success by condition, and errors by learning rate, of trainings that never were. */
const SUCCESSES: Readonly<Record<string, number>> = {
  vanilla: 2,
  'vanilla-named': 4,
  pretrained: 5,
  cotrained: 6,
  full: 9,
};

async function made(plan: AblationSpec): Promise<{ jobs: Job[]; results: TrainedResult[] }> {
  const jobs: Job[] = [];
  const results = await runAblation(
    plan,
    new AblationJobs(plan, 'widowx', '/runs', 'cpu'),
    async (job) => (jobs.push(job), 60),
    {
      heldOut: async (name) => ({ translation: name.includes('rate0.0008') ? 0.1 : 0.2 }),
      evaluation: async (name) => {
        const [condition] = Object.keys(SUCCESSES)
          .filter((known) => name.startsWith(`${known}-seed`))
          .toReversed();
        const successes = SUCCESSES[condition!]!;
        const tasks = [{ name: 'widowx_stack_cube', episodes: 10, successes }];
        return { tasks, mean: successes / 10 };
      },
    },
  );
  return { jobs, results };
}

const value = (job: Job | undefined, option: string): string | undefined =>
  job?.args[job.args.indexOf(option) + 1];

describe('st4vla ablation', () => {
  let plan: AblationSpec;
  before(async () => {
    plan = readAblationSpec(await shipped(), shippedPlan);
  });

  it('trains each condition with its best rate, and the strongest vanilla and full with all seeds', async () => {
    const { jobs, results } = await made(plan);
    assert.deepEqual(
      results.map(({ condition, seed }) => `${condition} ${seed}`),
      [
        ...CONDITIONS.map(({ name }) => `${name} 1`),
        ...[2, 3].flatMap((seed) => [`vanilla-named ${seed}`, `full ${seed}`]),
      ],
    );
    assert.ok(results.every(({ rate }) => rate === 0.0008));
    const trials = jobs.filter(({ name }) => name.endsWith('-trial'));
    assert.equal(trials.length, CONDITIONS.length * plan.rates.length);
    assert.equal(marginPoints(results), 50);
    assert.equal(strongestVanilla(results).name, 'vanilla-named');
  });

  it('tells no place to the vanilla ones, and gives all as many frames', async () => {
    const { jobs } = await made(plan);
    const whole = (condition: string) =>
      jobs.find(({ name }) => name === `${condition}-seed1-rate0.0008`);
    for (const name of ['vanilla', 'vanilla-named', 'pretrained']) {
      assert.equal(value(whole(name), '--spatial-weight'), '0');
    }
    for (const name of ['cotrained', 'full']) {
      assert.ok(!whole(name)!.args.includes('--spatial-weight'));
    }
    assert.equal(value(whole('vanilla-named'), '--init'), '/runs/train/naming-seed1.pt');
    assert.equal(value(whole('full'), '--init'), '/runs/train/spatial-seed1.pt');
    const { pretraining, actions } = plan;
    const perStep = actions.batch + actions.staticBatch;
    for (const { name, pretraining: before } of CONDITIONS) {
      const frames = Number(value(whole(name), '--steps')) * perStep;
      const earlier = before === 'none' ? 0 : pretraining.steps * pretraining.batch;
      const all = actions.steps * perStep + pretraining.steps * pretraining.batch;
      assert.ok(Math.abs(frames + earlier - all) <= perStep, name);
    }
  });

  it('evaluates on scenes that training cannot have', async () => {
    const { jobs } = await made(plan);
    const seeds = jobs.filter(({ args }) => args[0] === 'data').map((job) => value(job, '--seed'));
    assert.ok(seeds.every((seed) => Number(seed) <= 9));
    const evaluations = jobs.filter(({ args }) => args[0] === 'eval');
    assert.equal(evaluations.length, CONDITIONS.length + 2 * (plan.trainingSeeds.length - 1));
    assert.ok(evaluations.every((job) => value(job, '--seed') === '30'));
  });

  it('scales counts and steps, and lists what is wrong with a plan', async () => {
    const small = readAblationSpec(await shipped(), shippedPlan, 0.01);
    assert.equal(small.episodes.count, Math.round(plan.episodes.count / 100));
    assert.equal(small.actions.steps, plan.actions.steps / 100);
    assert.equal(small.actions.batch, plan.actions.batch);
    const wrong = (await shipped()).replace(/rates: .*/u, 'rates: []\nspeed: 3');
    assert.throws(
      () => readAblationSpec(wrong, 'plan.yaml'),
      /plan\.yaml: speed[^]*rates: expected at least one number/u,
    );
    assert.throws(() => readAblationSpec('a: [', 'plan.yaml'), /expected YAML/u);
  });

  it('writes a page with the margin and the way to make it again', async () => {
    const { results } = await made(plan);
    const from = {
      command: 'st4vla ablation --python python3',
      commit: 'abc',
      machine: 'x64',
      node: 'v20',
      startedAt: '2026',
    };
    const page = ablationPage('widowx', plan, results, from);
    assert.match(
      page,
      /\| vanilla, planner knows names \| 3 \| 40\.0 \| 40\.0 \| 40\.0 and 40\.0 \|/u,
    );
    assert.match(page, /\*\*50\.0 points\*\*/u);
    assert.ok(page.includes(from.command));
  });
});

describe('lastHeldOut', () => {
  it('takes the newest whole line, without what is null', () => {
    const lines = [
      '{"step": 1, "held_out": {"translation": 3}}',
      '{"step": 2, "held_out": {"translation": 2, "turn": null}}',
      '{"step": 3, "action": 1}',
      '{"step": 4, "held_out": {"transl',
    ];
    assert.deepEqual(lastHeldOut(lines.join('\n')), { translation: 2 });
    assert.deepEqual(lastHeldOut(''), {});
  });
});

describe('JobRunner', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-jobs-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = 'require("fs").appendFileSync("ran", "x"); console.log("here")';
  const script = (text: string) => ({
    st4vla: [process.execPath, '--eval', text],
    training: [],
    export: [],
  });
  const job: Job = { name: 'write', program: 'st4vla', args: ['one'] };

  it('does a job once, and keeps what it said', async () => {
    for (let i = 0; i < 2; i++) {
      const runner = new JobRunner(script(write), folder, folder, () => undefined);
      assert.ok((await runner.run(job)) > 0);
    }
    assert.equal(await readFile(join(folder, 'ran'), 'utf8'), 'x');
    assert.equal(await readFile(join(folder, 'write.log'), 'utf8'), 'here\n');
  });

  it('refuses to take what was made with other settings', async () => {
    const runner = new JobRunner(script(write), folder, folder, () => undefined);
    await runner.run(job);
    await assert.rejects(runner.run({ ...job, args: ['two'] }), /other settings[^]*one[^]*two/u);
  });

  it('runs as many at once as it may, each once, and begins none after a failure', async () => {
    // Each waits for the other: one after another they would never end.
    const meet = `
      const fs = require('fs');
      fs.appendFileSync(process.argv[1], 'x');
      const other = process.argv[1] === 'a' ? 'b' : 'a';
      const wait = setInterval(() => fs.existsSync(other) && clearInterval(wait), 10);`;
    const runner = new JobRunner(script(meet), folder, folder, () => undefined, 2);
    const named = (name: string): Job => ({ name, program: 'st4vla', args: [name] });
    await Promise.all(['a', 'b', 'a'].map((name) => runner.run(named(name))));
    assert.equal(await readFile(join(folder, 'a'), 'utf8'), 'x');

    const failing = new JobRunner(script('process.exit(3)'), folder, folder, () => undefined, 1);
    const ends = await Promise.allSettled(['c', 'd'].map((name) => failing.run(named(name))));
    assert.deepEqual(
      ends.map((end) => end.status === 'rejected' && /c ended with 3/u.test(String(end.reason))),
      [true, true],
    );
    await failing.settled();
    await assert.rejects(readFile(join(folder, 'd.log')), /ENOENT/u);
  });

  it('does a job again that has failed', async () => {
    const failing = new JobRunner(script('process.exit(3)'), folder, folder, () => undefined);
    await assert.rejects(failing.run(job), /write ended with 3; what it said: .*write\.log/u);
    await new JobRunner(script(write), folder, folder, () => undefined).run(job);
    assert.equal(await readFile(join(folder, 'ran'), 'utf8'), 'x');
  });
});

import assert from 'node:assert/strict';
import { command } from '../../cli/eval/evalArguments.ts';
import { EvalProgress } from '../../cli/eval/EvalProgress.ts';
import { episodeJobs, type JudgedEpisode } from '../../lab/evaluation/evaluate.ts';
import { resultsOf } from '../../lab/evaluation/resultFiles.ts';
import { variantsOf } from '../../sim/suites/variants.ts';
describe('results of an evaluation', () => {
  it('counts each variant beside the sum, and names the setting', () => {
    const parsed = command.parse(
      '--policy scripted --setting variant-aggregation --episodes 3 --tasks widowx_stack_cube'.split(
        ' ',
      ),
    );
    assert.ok(parsed.kind === 'run');
    const { plan, settings } = parsed.arguments;
    const jobs = episodeJobs(plan, settings.robot);
    const names = variantsOf('widowx').map(({ name }) => name);
    assert.equal(jobs.length, 3 * names.length);
    const seeds = (variant: string) =>
      jobs.filter((job) => job.variant === variant).map((job) => job.seed);
    for (const name of names) assert.deepEqual(seeds(name), seeds('base'));
    assert.ok(
      jobs.some(({ isPictured }) => !isPictured),
      'not all of many have pictures',
    );
    const episodes = jobs.map((job) => ({
      ...job,
      // one failure, of the second variant
      outcome: job.variant === names[1] && job.seed === jobs[0]!.seed ? 'still held' : 'success',
      ticks: 60,
      executedTicks: 59,
      course: [],
      pictures: [],
    })) satisfies JudgedEpisode[];
    const evaluation = { policyName: 'x', episodes, wallSec: 1, secondsByPart: new Map() };
    const results = resultsOf(parsed.arguments, evaluation);
    const { setting, tasks, mean } = results;
    assert.equal(setting, 'variant-aggregation');
    assert.equal(tasks.length, 1);
    const { variants = [], ...task } = tasks[0]!;
    const total = 3 * names.length;
    assert.deepEqual(task, { name: 'widowx_stack_cube', episodes: total, successes: total - 1 });
    assert.deepEqual(
      variants,
      names.map((name, i) => ({ name, episodes: 3, successes: i === 1 ? 2 : 3 })),
    );
    assert.equal(mean, (total - 1) / total);
  });

  it('says nothing of settings and variants where scenes are as they are', () => {
    const parsed = command.parse(['--policy', 'scripted', '--episodes', '1']);
    assert.ok(parsed.kind === 'run');
    const { plan, settings } = parsed.arguments;
    const episodes = episodeJobs(plan, settings.robot).map((job) => ({
      ...job,
      outcome: 'success' as const,
      ticks: 60,
      executedTicks: 59,
      course: [],
      pictures: [],
    }));
    const evaluation = { policyName: 'x', episodes, wallSec: 1, secondsByPart: new Map() };
    const results = resultsOf(parsed.arguments, evaluation);
    const keys = ['robot', 'suite', 'model', 'delay_ticks', 'tasks', 'mean'];
    assert.deepEqual(Object.keys(results), keys);
    for (const task of results.tasks) {
      assert.deepEqual(Object.keys(task), ['name', 'episodes', 'successes']);
    }
  });

  it('keeps a table of tasks and of variants', () => {
    let text = '';
    const out = { isTTY: false, write: (part: string) => ((text += part), true) };
    const rows = { tasks: ['stack'], variants: ['base', 'darker'], episodes: 1 };
    const progress = new EvalProgress(rows, out as unknown as NodeJS.WriteStream);
    const episode = { task: 'stack', seed: 1n, ticks: 60, suite: 'simpler', isPictured: false };
    const done = { executedTicks: 59, course: [], pictures: [] };
    progress.add({ ...episode, ...done, variant: 'base', outcome: 'success' });
    progress.add({ ...episode, ...done, variant: 'darker', outcome: 'still held' });
    text = '';
    progress.end();
    const [stack, gap, base, darker, sum] = text.split('\n');
    assert.match(stack!, /^stack .* 1\/2 +50\.0 %$/);
    assert.equal(gap, '');
    assert.match(base!, /^base .* 1\/1 +100\.0 %$/);
    assert.match(darker!, /^darker .* 0\/1 +0\.0 %$/);
    assert.match(sum!, /^2\/\d+ episodes, 1 of 2 succeeded/);
  });
});

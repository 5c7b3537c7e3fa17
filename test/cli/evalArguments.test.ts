import assert from 'node:assert/strict';
import { command } from '../../cli/eval/evalArguments.ts';
import { suiteTaskNames } from '../../sim/suites/suites.ts';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';

describe('arguments of st4vla eval', () => {
  it('has a default for everything', () => {
    const parsed = command.parse([]);
    assert.ok(parsed.kind === 'run');
    const { settings, plan } = parsed.arguments;
    assert.equal(plan.suite, 'simpler');
    assert.equal(plan.setting, 'visual-matching');
    assert.equal(settings.robot, 'widowx');
    assert.deepEqual(plan.tasks, WIDOWX_TASK_NAMES);
    assert.equal(plan.episodes, 24);
  });

  it('reads what is given', () => {
    const parsed = command.parse(
      (
        '--robot widowx --suite simpler --episodes 3 --seed 7 --out here --delay-ticks 2 ' +
        '--tasks widowx_stack_cube,widowx_spoon_on_towel --workers 5 --queue receding ' +
        '--execution-horizon 4 --lock-step --policy scripted'
      ).split(' '),
    );
    assert.ok(parsed.kind === 'run');
    const { outFolder, settings, plan } = parsed.arguments;
    assert.equal(outFolder, 'here');
    // in the order of the suite
    const tasks = ['widowx_spoon_on_towel', 'widowx_stack_cube'];
    const [suite, setting] = ['simpler', 'visual-matching'];
    assert.deepEqual(plan, { suite, setting, tasks, episodes: 3, seed: 7, workers: 5 });
    assert.equal(settings.delayTicks, 2);
    assert.equal(settings.lockStep, true);
    assert.deepEqual(settings.policy, { kind: 'scripted' });
    assert.deepEqual(settings.execution, {
      mode: 'receding',
      ensembleHorizon: undefined,
      executionHorizon: 4,
    });
  });

  it('lists all faults at once', () => {
    const parsed = command.parse(
      '--robot kuka --episodes none --seed=-1 --queue stack --tasks widowx_dance --plan-period x'.split(
        ' ',
      ),
    );
    assert.ok(parsed.kind === 'faults');
    const options = ['robot', 'episodes', 'seed', 'queue', 'tasks', 'plan-period'];
    for (const option of options) {
      assert.ok(
        parsed.faults.some((fault) => fault.startsWith(`--${option}: expected`)),
        `no word about --${option} in ${parsed.faults.join('; ')}`,
      );
    }
    assert.equal(parsed.faults.length, options.length);
  });

  it('knows both settings, and the tasks of each suite', () => {
    const parsed = command.parse(
      '--robot google_robot --suite two-instructions --setting variant-aggregation'.split(' '),
    );
    assert.ok(parsed.kind === 'run');
    const { plan } = parsed.arguments;
    assert.equal(plan.setting, 'variant-aggregation');
    assert.deepEqual(plan.tasks, suiteTaskNames('two-instructions', 'google_robot'));
    const faulty = command.parse('--suite dance --setting night'.split(' '));
    assert.ok(faulty.kind === 'faults');
    assert.match(
      faulty.faults.join(),
      /--suite: expected simpler or .*two-instructions, found "dance"/,
    );
    assert.match(
      faulty.faults.join(),
      /--setting: expected visual-matching or variant-aggregation/,
    );
  });

  it('names an option that it does not know', () => {
    const parsed = command.parse(['--speed', '9']);
    assert.ok(parsed.kind === 'faults');
    assert.match(parsed.faults[0] ?? '', /--speed/);
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPipelineParameters } from '../../cli/replay/pipelineParameters.ts';
import { command } from '../../cli/replay/replayArguments.ts';

const faultsOf = (text: string): string => {
  const parsed = command.parse(text.split(' '));
  assert.ok(parsed.kind === 'faults');
  return parsed.faults.join('\n');
};

describe('arguments of st4vla replay', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'st4vla-arguments-'))));
  after(() => rmSync(folder, { recursive: true }));

  it('has a default for everything but the bag', () => {
    const parsed = command.parse(['bag']);
    assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'replay');
    const { bag, golden, exact, namespace, remaps, noiseSeed, settings } = parsed.arguments;
    assert.deepEqual(
      [bag, golden, exact, namespace, noiseSeed],
      ['bag', undefined, undefined, '', 0n],
    );
    assert.equal(remaps.size, 0);
    assert.deepEqual(
      [settings.robot, settings.delayTicks, settings.lockStep],
      ['widowx', 1, false],
    );
    assert.match(faultsOf('--exact'), /BAG: expected a bag, found nothing/);
  });

  it('reads what is given', () => {
    const parsed = command.parse(
      'bag --golden g --tolerant --namespace /arm1/ --remap a:=/b --remap c:=/d --plan-period 1'.split(
        ' ',
      ),
    );
    assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'replay');
    const { golden, exact, namespace, remaps, settings } = parsed.arguments;
    assert.deepEqual([golden, exact, namespace], ['g', false, 'arm1']);
    assert.deepEqual(
      [...remaps],
      [
        ['a', '/b'],
        ['c', '/d'],
      ],
    );
    assert.equal(settings.planPeriodSec, 1);
  });

  it('takes from a parameter file what is not given', () => {
    const file = join(folder, 'parameters.yaml');
    writeFileSync(
      file,
      `
/**/perception: { ros__parameters: { robot: widowx } }
/**/policy: { ros__parameters: { planner: { period: 0.4 } } }
/**/controller: { ros__parameters: { queue: { ensemble_horizon: 2 }, gripper_hold: 3 } }
`,
    );
    const read = (...more: string[]) => {
      const parsed = command.parse(['bag', '--params-file', file, ...more]);
      assert.ok(parsed.kind === 'run' && parsed.arguments.kind === 'replay');
      return parsed.arguments;
    };
    const { settings, maxSkewSec } = read();
    const asGiven = { ensembleHorizon: 2, ensembleAlpha: undefined, gripperHoldTicks: 3 };
    assert.deepEqual(settings.execution, {
      ...asGiven,
      mode: undefined,
      executionHorizon: undefined,
    });
    assert.deepEqual([settings.planPeriodSec, maxSkewSec], [0.4, 0.05]);
    const own = read('--queue', 'receding', '--execution-horizon', '3', '--max-skew', '0.1');
    assert.deepEqual(own.settings.execution, {
      ...asGiven,
      mode: 'receding',
      executionHorizon: 3,
    });
    assert.equal(own.maxSkewSec, 0.1);
  });

  it('lists all that is wrong', () => {
    const faults = faultsOf(
      'a b --update --exact --tolerant --delay-ticks 1.5 --remap a=b --robot hal --noise-seed one',
    );
    for (const text of [
      'expected no argument after BAG, found "b"',
      '--update: expected --golden FILE',
      '--exact and --tolerant: expected one of them',
      '--delay-ticks: expected an integer of at least 0, found "1.5"',
      '--remap: expected NAME:=TOPIC, found "a=b"',
      '--robot: expected widowx or google_robot, found "hal"',
      '--noise-seed: expected an integer',
    ]) {
      assert.ok(faults.includes(text), `${text}\n${faults}`);
    }
  });
});

describe('parameters of the nodes, for a replay', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'st4vla-parameters-'))));
  after(() => rmSync(folder, { recursive: true }));

  const read = (text: string, namespace = '') => {
    const file = join(folder, 'parameters.yaml');
    writeFileSync(file, text);
    const faults: string[] = [];
    return {
      parameters: readPipelineParameters(file, namespace, (fault) => faults.push(fault)),
      faults: faults.join('\n'),
    };
  };

  it('are those of the namespace, the later one of two', () => {
    const text = `
/**/policy: { ros__parameters: { planner: { period: 0.7 }, lock_step: true } }
/arm1/policy: { ros__parameters: { planner.period: 1.5 } }
/arm2/controller: { ros__parameters: { queue: { mode: ensemble } } }
/**/perception: { ros__parameters: { max_joint_skew: 0.02, cameras: { names: [front] } } }
`;
    const both = { lockStep: true, maxSkewSec: 0.02 };
    assert.deepEqual(read(text, 'arm1'), {
      parameters: { ...both, planPeriodSec: 1.5 },
      faults: '',
    });
    assert.deepEqual(read(text, 'arm2').parameters, {
      ...both,
      planPeriodSec: 0.7,
      execution: { mode: 'ensemble' },
    });
    const open =
      '/**/controller: { ros__parameters: { queue: { mode: model }, gripper_hold: -1 } }';
    assert.deepEqual(read(open), { parameters: {}, faults: '' });
  });

  it('are refused where the nodes would refuse them', () => {
    const { faults } = read(`
/**/policy: { ros__parameters: { max_plan_age: soon } }
/**/controller: { ros__parameters: { queue.mode: stack } }
other: 5
`);
    assert.match(faults, /policy: max_plan_age: expected a double .*found "soon"/);
    assert.match(faults, /controller: queue.mode: expected .*"ensemble".*found "stack"/);
    assert.match(faults, /other: expected ros__parameters with a map/);
    const missing: string[] = [];
    readPipelineParameters(join(folder, 'none.yaml'), '', (fault) => missing.push(fault));
    assert.match(missing.join(), /none\.yaml: ENOENT/);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseParameters } from '../../core/config/ParameterTable.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { executionSpec } from '../../core/execution/ExecutionSpec.ts';
import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { readPipelineParameters } from '../../cli/replay/pipelineParameters.ts';
import {
  type Execution,
  readExecution,
  resolveExecution,
} from '../../nodes/controller/execution.ts';
import { ExecutionWatch } from '../../nodes/controller/ExecutionWatch.ts';
import { controllerParameters } from '../../nodes/controller/parameters.ts';
import {
  executionSpecFromText,
  executionSpecToText,
} from '../../adapters/messages/executionSpec.ts';
import { packageRoot } from '../../adapters/files/packageFiles.ts';

const TWO_ARMS = join(packageRoot, 'test/fixtures/full-size-tiny');

type Nodes = Readonly<Record<string, { readonly ros__parameters: Record<string, unknown> }>>;

/** The controller's parameters, with some given. */
function configOf(given: Readonly<Record<string, unknown>>) {
  const parsed = parseParameters(
    controllerParameters,
    { sink: 'joint_trajectory', ...given },
    { source: 'test' },
  );
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return parsed.config;
}

/** A watch, and what it has warned of. */
function watched(found: Execution) {
  const warnings: string[] = [];
  return { watch: new ExecutionWatch(found, (text) => warnings.push(text)), warnings };
}

const execution = (given: Readonly<Record<string, unknown>>) =>
  readExecution(configOf(given), '/controller');

describe("the controller's execution of chunks", () => {
  for (const { name: robot } of EMBODIMENTS) {
    it(`is, with config/${robot}.yaml, what the model that it names asks for`, async () => {
      const file = join(packageRoot, 'config', `${robot}.yaml`);
      const nodes = parse(readFileSync(file, 'utf8')) as Nodes;
      const given = (node: string) => nodes[`/**/${node}`]!.ros__parameters;
      const { model, ...others } = given('controller');
      assert.deepEqual([given('perception').model, given('policy').model], [model, model]);
      const { spec, deviations } = await execution({ model, ...others });
      const manifest = await ModelPackage.readManifest(join(packageRoot, String(model)));
      assert.deepEqual(spec, executionSpec(manifest, manifest.embodiments.get(robot)!));
      assert.deepEqual(deviations, []);
      // A replay with this file obeys the same.
      const faults: string[] = [];
      assert.equal(
        readPipelineParameters(file, '', (fault) => faults.push(fault)).execution,
        undefined,
      );
      assert.deepEqual(faults, []);
    });
  }

  it('is that of the arm, where a model is for several', async () => {
    const specs = EMBODIMENTS.map(({ name }) => execution({ robot: name, model: TWO_ARMS }));
    const [widowx, googleRobot] = await Promise.all(specs);
    assert.deepEqual(
      [widowx, googleRobot].map((one) => [one!.spec.ensembleHorizon, one!.spec.gripperHoldTicks]),
      [
        [7, 0],
        [2, 10],
      ],
    );
  });

  it('is told by the parameters, which then say what is used', async () => {
    const config = configOf({ robot: 'google_robot', model: 'models/nano-google_robot' });
    assert.deepEqual(await resolveExecution(config, '/controller'), {
      'queue.mode': 'receding',
      'queue.ensemble_horizon': 1,
      'queue.ensemble_alpha': 0.1,
      'queue.execution_horizon': 1,
      gripper_hold: 0,
    });
    // What they say is within their own bounds.
    const resolved = await resolveExecution(config, '/controller');
    configOf({ robot: 'google_robot', ...resolved });
  });

  it('says what a parameter makes of it', async () => {
    const found = await execution({
      robot: 'google_robot',
      model: 'models/nano-google_robot',
      'queue.ensemble_horizon': 7,
      gripper_hold: 10,
    });
    const { watch, warnings } = watched(found);
    const text =
      'not as nano-google_robot asks: queue.mode is ensemble in place of receding, ' +
      'queue.ensemble_horizon is 7 in place of 1, gripper_hold is 10 in place of 0';
    assert.deepEqual(warnings, [text]);
    const { level, message, values } = watch.diagnostic();
    assert.deepEqual([level, message], ['warn', text]);
    assert.equal(values?.['queue.ensemble_horizon'], 7);
    const asAsked = await execution({ robot: 'widowx', model: 'models/nano-widowx' });
    assert.equal(watched(asAsked).watch.diagnostic().level, 'ok');
  });

  it('is compared with what the policy tells of its model, which changes nothing', async () => {
    const { watch, warnings } = watched(
      await execution({ robot: 'widowx', model: 'models/nano-widowx' }),
    );
    const own = await execution({ robot: 'widowx', model: 'models/nano-widowx' });
    const other = await execution({ robot: 'widowx', model: TWO_ARMS });
    watch.receive(executionSpecToText({ model: 'nano-widowx', spec: own.spec }));
    assert.equal(watch.diagnostic().level, 'ok');
    const told = executionSpecToText({ model: 'tiny', spec: other.spec });
    for (let i = 0; i < 5; i++) watch.receive(told);
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /^not as tiny asks: queue.mode is receding in place of ensemble/);
    const { level, values } = watch.diagnostic();
    assert.deepEqual([level, values?.['model_of_policy']], ['warn', 'tiny']);
    assert.equal(values?.['queue.ensemble_horizon'], 1);
    for (const noise of ['', 'x', 'null', '[1]', '{"model":1}', `"${'x'.repeat(5000)}"`]) {
      watch.receive(noise);
      assert.equal(executionSpecFromText(noise), undefined);
    }
    watch.receive(executionSpecToText({ model: 'nano-widowx', spec: own.spec }));
    assert.equal(watch.diagnostic().level, 'ok');
    assert.equal(warnings.length, 1);
  });

  it('is by the parameters alone without a model', async () => {
    const { spec, model } = await execution({ robot: 'widowx', 'queue.ensemble_horizon': 1 });
    assert.deepEqual([spec.mode, spec.ensembleHorizon, model], ['ensemble', 1, undefined]);
    assert.equal((await execution({ robot: 'widowx' })).spec.ensembleHorizon, 7);
    const { watch } = watched(await execution({ robot: 'widowx' }));
    assert.match(watch.diagnostic().message, /no model/);
  });

  it('is refused where the model is for other arms, or is not there', async () => {
    await assert.rejects(
      execution({ robot: 'google_robot', model: 'models/nano-widowx' }),
      /robot: expected widowx, for which nano-widowx was trained, found google_robot/,
    );
    await assert.rejects(execution({ robot: 'widowx', model: '/nowhere' }), /manifest\.json/);
  });
});

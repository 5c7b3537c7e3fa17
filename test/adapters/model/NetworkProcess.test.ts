import assert from 'node:assert/strict';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { NetworkProcess } from '../../../adapters/model/NetworkProcess.ts';
import { GRAPHS_OF, type NetworkSetup } from '../../../adapters/model/NetworkSetup.ts';
import { RestartingProcess } from '../../../adapters/model/RestartingProcess.ts';
import type { PlannerInput } from '../../../core/policy/PlannerNetwork.ts';
import { intTensor } from '../../../core/policy/Tensor.ts';
import { fixturePath, TINY_MODEL } from './tinyModel.ts';

/** Upon bright pictures `long_vision.onnx` runs for minutes. */
function inputOf(level: number): PlannerInput {
  return {
    pixels: new Uint8Array(16 * 12 * 3).fill(level),
    inputIds: intTensor(new BigInt64Array(16), [1, 16]),
    positionIds: undefined,
  };
}
const SHORT = inputOf(0);
const LONG = inputOf(255);

describe('a half in a process of its own', () => {
  let setup: NetworkSetup<'planner'>;

  before(async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    const paths = new Map(modelPackage.pathsOf(GRAPHS_OF.planner));
    paths.set('planner_vision', fixturePath('long_vision.onnx'));
    const spec = modelPackage.manifest;
    setup = { half: 'planner', spec, paths, threads: 1, executionProvider: 'cpu' };
  });

  it('ends in the middle of a run of minutes', async () => {
    const network = await NetworkProcess.start(setup);
    await network.forward(SHORT);
    const run = assert.rejects(network.forward(LONG), /planner's worker is closed/);
    const next = assert.rejects(network.forward(SHORT), /planner's worker is closed/);
    await network.close();
    await Promise.all([run, next]);
    assert.match(await network.ended, /SIGKILL/);
    assert.throws(() => process.kill(network.pid, 0), /ESRCH/);
    await assert.rejects(network.forward(SHORT), /is closed/);
  });

  it('reports its death, rejects the run that it died in, and is started again', async () => {
    const reports: string[] = [];
    const network = await RestartingProcess.start(setup, (report) => reports.push(report));
    const before = await network.forward(SHORT);
    const run = assert.rejects(network.forward(LONG), /planner's worker has ended \(SIGKILL\)/);
    const pid = await network.pid();
    process.kill(pid, 'SIGKILL');
    await run;
    assert.deepEqual(await network.forward(SHORT), before);
    assert.notEqual(await network.pid(), pid);
    assert.deepEqual(reports, ["the planner's process has ended (SIGKILL) and is started again"]);
    await network.close();
    assert.equal(reports.length, 1);
  });

  it('is left dead when it dies again and again without a run', async () => {
    const reports: string[] = [];
    let reported = () => undefined as void;
    const network = await RestartingProcess.start(setup, (report) => {
      reports.push(report);
      reported();
    });
    for (let death = 1; death <= 3; death++) {
      const told = new Promise<void>((resolve) => (reported = resolve));
      process.kill(await network.pid(), 'SIGKILL');
      await told;
    }
    assert.match(reports.at(-1)!, /not started again: 3 times without a run/);
    await assert.rejects(network.forward(SHORT), /the planner's process has ended \(SIGKILL\)/);
    await network.close();
  });

  it('can be ended while it is loading', async () => {
    const ending = new AbortController();
    const started = RestartingProcess.start(setup, assert.fail, ending.signal);
    ending.abort();
    await assert.rejects(started, /planner: the worker has ended \(SIGKILL\)/);
  });

  it('says why it cannot be started', async () => {
    const paths = new Map(setup.paths).set('planner_vision', '/nowhere.onnx');
    await assert.rejects(NetworkProcess.start({ ...setup, paths }), /\/nowhere.onnx is no graph/);
  });
});

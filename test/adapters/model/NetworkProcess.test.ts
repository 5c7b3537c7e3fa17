import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { NetworkProcess } from '../../../adapters/model/NetworkProcess.ts';
import { GRAPHS_OF, type NetworkSetup } from '../../../adapters/model/NetworkSetup.ts';
import { RestartingProcess } from '../../../adapters/model/RestartingProcess.ts';
import { FaultError } from '../../../core/config/Fault.ts';
import type { PlannerInput } from '../../../core/policy/PlannerNetwork.ts';
import { intTensor } from '../../../core/policy/Tensor.ts';
import { childrenOf } from '../../ros/childProcesses.ts';
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

/** Kills the next so many child processes of this one as soon as they are there. */
function killYoung(count: number): NodeJS.Timeout {
  const killed = new Set<number>();
  const look = async () => {
    for (const { pid } of await childrenOf(process.pid)) {
      const isWorker = readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('networkChild');
      if (!isWorker || killed.size >= count || killed.has(pid)) continue;
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
    }
  };
  return setInterval(() => void look().catch(() => undefined), 2);
}

describe('a half in a process of its own', () => {
  let setup: NetworkSetup<'planner'>;

  before(async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    const paths = new Map(modelPackage.pathsOf(GRAPHS_OF.planner));
    paths.set('planner_vision', fixturePath('long_vision.onnx'));
    const spec = modelPackage.manifest;
    setup = { name: 'planner', spec, paths, threads: 1, executionProvider: 'cpu' };
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
    const fault =
      /expected a run, found 3 deaths in a row; .* has ended \(SIGKILL\); .*memory runs out/;
    await assert.rejects(network.forward(SHORT), (error) => {
      assert.ok(error instanceof FaultError);
      assert.match(error.message, fault);
      assert.match(error.message, /graphs alone take \d\.\d+ GB; \d+\.\d+ GB of memory are free/);
      return true;
    });
    await network.close();
  });

  it('is started again whatever a listener to its deaths throws', async () => {
    const warned = once(process, 'warning');
    const network = await RestartingProcess.start(setup, () => {
      throw new ReferenceError('not there yet');
    });
    const pid = await network.pid();
    process.kill(pid, 'SIGKILL');
    const [warning] = (await warned) as [Error];
    assert.match(warning.message, /a listener to the planner's process: .* not there yet/);
    await network.forward(SHORT);
    assert.notEqual(await network.pid(), pid);
    await network.close();
  });

  it('has the first run wait for the next process when it dies in it, and no later one', async () => {
    const network = await RestartingProcess.start(setup, () => undefined);
    const first = network.forward(SHORT);
    process.kill(await network.pid(), 'SIGKILL');
    await first;
    const second = assert.rejects(network.forward(LONG), /worker has ended \(SIGKILL\)/);
    process.kill(await network.pid(), 'SIGKILL');
    await second;
    await network.close();
  });

  it('is started again when it dies while it loads, and refused after three deaths', async () => {
    const reports: string[] = [];
    for (const mortal of [1, 3]) {
      const killer = killYoung(mortal);
      const started = RestartingProcess.start(setup, (report) => reports.push(report));
      if (mortal < 3) {
        const network = await started;
        await network.forward(SHORT);
        await network.close();
        assert.deepEqual(reports.splice(0), [
          "the planner's process has ended (SIGKILL) and is started again",
        ]);
      } else {
        await assert.rejects(started, /model .*: 1 fault\n.* 3 deaths in a row; .*memory/);
        assert.equal(reports.length, 3);
      }
      clearInterval(killer);
    }
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

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createPolicy, type Policy } from '../../../adapters/model/createPolicy.ts';
import { LocalNetwork } from '../../../adapters/model/LocalNetwork.ts';
import { ModelPackage } from '../../../adapters/model/ModelPackage.ts';
import { GRAPHS_OF, type NetworkSetup } from '../../../adapters/model/NetworkSetup.ts';
import { type Isolation, ISOLATIONS } from '../../../adapters/model/openNetwork.ts';
import { NetworkThread } from '../../../adapters/model/NetworkThread.ts';
import type { PlannerInput } from '../../../core/policy/PlannerNetwork.ts';
import { intTensor } from '../../../core/policy/Tensor.ts';
import { fixturePath, TINY_MODEL, tinyObservation } from './tinyModel.ts';

const INSTRUCTION = 'put the spoon on the towel';
const embodiment = { name: 'widowx', tickSec: 0.2 };
const clock = () => 0;

async function withPolicy(
  isolation: Isolation,
  use: (policy: Policy) => Promise<void>,
): Promise<void> {
  const modelPackage = await ModelPackage.load(TINY_MODEL);
  const policy = await createPolicy(modelPackage, { embodiment, isolation, clock });
  try {
    await use(policy);
  } finally {
    await policy.close();
  }
}

async function actOnce({ planner, expert }: Policy) {
  const { plan, tokens } = await planner.plan(tinyObservation(1n), INSTRUCTION, 3);
  return { plan, tokens, chunk: await expert.act(tinyObservation(2n), tokens) };
}

describe('Policy', () => {
  it('carries ids, epoch, stamps and the age of the plan', () =>
    withPolicy('none', async (policy) => {
      const { plan, tokens, chunk } = await actOnce(policy);
      assert.equal(plan.observationId, 1n);
      assert.equal(plan.epoch, 3);
      assert.equal(plan.view, 'front');
      assert.equal(plan.instruction, INSTRUCTION);
      assert.deepEqual([chunk.planId, chunk.observationId], [tokens.planId, 2n]);
      assert.deepEqual([chunk.epoch, chunk.horizon, chunk.dim], [3, 16, 7]);
      assert.equal(chunk.planAgeSec, 0.2);
      assert.equal(chunk.controlPeriodSec, 0.2);
      const second = await actOnce(policy);
      assert.equal(second.plan.id, plan.id + 1n);
      assert.equal(second.chunk.id, chunk.id + 1n);
      assert.deepEqual(second.chunk.actions, chunk.actions);
    }));

  it('computes the same bits in the calling thread, in threads and in processes', async () => {
    const results: Awaited<ReturnType<typeof actOnce>>[] = [];
    for (const isolation of ISOLATIONS) {
      await withPolicy(isolation, async (policy) => void results.push(await actOnce(policy)));
    }
    assert.deepEqual(results[0], results[1]);
    assert.deepEqual(results[0], results[2]);
  });

  it('has the expert see what is new while the tokens stay', () =>
    withPolicy('none', async ({ planner, expert }) => {
      const { tokens } = await planner.plan(tinyObservation(1n), INSTRUCTION, 0);
      const now = { ...tinyObservation(9n), id: 2n };
      const [before, after] = [
        await expert.act(tinyObservation(2n), tokens),
        await expert.act(now, tokens),
      ];
      assert.notDeepEqual(before.actions, after.actions);
    }));

  for (const isolation of ISOLATIONS) {
    it(`refuses numbers that are not finite and names their way in, isolation ${isolation}`, () =>
      withPolicy(isolation, async ({ planner, expert }) => {
        const observation = tinyObservation(1n);
        const { tokens } = await planner.plan(observation, INSTRUCTION, 0);
        await assert.rejects(
          expert.act({ ...observation, gripperOpening: Number.NaN }, tokens),
          /graph action_condition: output cond has numbers that are not finite, .*input proprio/,
        );
        await expert.act(observation, tokens);
      }));
  }

  it('says what is wrong with an instruction', () =>
    withPolicy('none', async ({ planner, checkInstruction }) => {
      const reasonOf = (text: string) => {
        const result = checkInstruction(text);
        return result.ok ? result.unknownWords.join(' ') : result.reason;
      };
      assert.match(reasonOf(' '), /no words/);
      assert.match(reasonOf('x'.repeat(513)), /513 characters, at most 512/);
      assert.match(reasonOf('put '.repeat(20)), /28 tokens, at most 16/);
      assert.equal(reasonOf('Put the zucchini on the towel.'), 'zucchini');
      assert.equal(reasonOf(INSTRUCTION), '');
      await assert.rejects(planner.plan(tinyObservation(1n), '', 0), /no words/);
    }));

  it('names graph, inputs and shapes when inputs do not fit', () =>
    withPolicy('thread', async ({ planner, expert }) => {
      const { tokens } = await planner.plan(tinyObservation(1n), INSTRUCTION, 0);
      const { data } = tokens.vlmProj;
      const vlmProj = { ...tokens.vlmProj, data: data.slice(8), shape: [1, 27, 8] };
      await assert.rejects(
        expert.act(tinyObservation(2n), { ...tokens, vlmProj }),
        /expert: graph action_condition with vlm_proj float32 \[1,27,8\], eye_tokens/,
      );
    }));
});

describe('a planner that takes long', () => {
  let setup: NetworkSetup<'planner'>;
  const input: PlannerInput = {
    pixels: new Uint8Array(16 * 12 * 3),
    inputIds: intTensor(new BigInt64Array(16), [1, 16]),
    positionIds: undefined,
  };

  before(async () => {
    const modelPackage = await ModelPackage.load(TINY_MODEL);
    const paths = new Map(modelPackage.pathsOf(GRAPHS_OF.planner));
    paths.set('planner_vision', fixturePath('slow_vision.onnx'));
    setup = {
      name: 'planner',
      spec: modelPackage.manifest,
      paths,
      threads: 1,
      executionProvider: 'cpu',
    };
  });

  /** The longest time for which the event loop did not turn while `work` ran. */
  async function longestPauseMs(work: () => Promise<unknown>): Promise<number> {
    let longest = 0;
    let last = performance.now();
    const look = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(look, 5);
    await work();
    look();
    clearInterval(timer);
    return longest;
  }

  it('leaves the event loop free in a worker, and blocks it otherwise', async () => {
    const thread = await NetworkThread.start(setup);
    const local = await LocalNetwork.open(setup);
    const free = await longestPauseMs(() => thread.forward(input));
    const blocked = await longestPauseMs(() => local.forward(input));
    await Promise.all([thread.close(), local.close()]);
    assert.ok(free < blocked / 2, `${free} ms in a worker, ${blocked} ms in this thread`);
  });

  for (const open of [
    NetworkThread.start.bind(NetworkThread),
    LocalNetwork.open.bind(LocalNetwork),
  ]) {
    it(`ends the run in flight before it closes: ${open.name}`, async () => {
      const network = await open(setup);
      const order: string[] = [];
      const run = network.forward(input).then(() => order.push('run'));
      const closed = network.close().then(() => order.push('closed'));
      await assert.rejects(network.forward(input), /planner.*is closed/);
      await Promise.all([run, closed, network.close()]);
      assert.deepEqual(order, ['run', 'closed']);
    });
  }

  it('lets the process end by itself after closing during a run', async () => {
    const module = (name: string) =>
      JSON.stringify(new URL(`../../../adapters/model/${name}.js`, import.meta.url).href);
    const script = `
      import { ModelPackage } from ${module('ModelPackage')};
      import { GRAPHS_OF } from ${module('NetworkSetup')};
      import { NetworkThread } from ${module('NetworkThread')};
      const modelPackage = await ModelPackage.load(${JSON.stringify(TINY_MODEL)});
      const paths = new Map(modelPackage.pathsOf(GRAPHS_OF.planner));
      paths.set('planner_vision', ${JSON.stringify(fixturePath('slow_vision.onnx'))});
      const setup = { name: 'planner', spec: modelPackage.manifest, paths, threads: 1, executionProvider: 'cpu' };
      const network = await NetworkThread.start(setup);
      const inputIds = { dtype: 'int64', shape: [1, 16], data: new BigInt64Array(16) };
      const run = network.forward({ pixels: new Uint8Array(16 * 12 * 3), inputIds });
      await network.close();
      console.log((await run).vlmProj.shape.join());
    `;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => (output += data.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.deepEqual([code, output.trim()], [0, '1,28,8']);
  });
});

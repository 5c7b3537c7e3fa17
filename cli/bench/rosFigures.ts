import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nsFromStamp } from '../../nodes/shared/messages/time.ts';
import type { ManagedNode } from '../../nodes/shared/ManagedNode.ts';
import { reliable, sensorData } from '../../nodes/shared/qos.ts';
import { FIRST_EVALUATION_SEED } from '../../sim/tasks/seeds.ts';
import { isolate, joinGraph, leaveGraph, sleep, waitUntilPresent } from '../operator/joinGraph.ts';
import { LaunchedNodes } from '../operator/LaunchedNodes.ts';
import { Operator } from '../operator/Operator.ts';
import { median, quantile, rateHz } from '../statistics.ts';
import type { Figure } from './Figure.ts';

const START_LIMIT_MS = 90_000;
/** Left out of all figures: compilation, first inferences, discovery. */
const WARM_UP_MS = 4_000;
const PERIOD_MS = 20;
/** Long enough that the arm never comes to the end of an episode that matters here. */
const TASK = 'widowx_put_eggplant_in_basket';

/** Times and rates of the running nodes, with inference going on all the time. */
export async function rosFigures(seconds: number): Promise<Figure[]> {
  const leaveDomain = await isolate();
  const log = join(await mkdtemp(join(tmpdir(), 'st4vla-bench-')), 'nodes.log');
  const nodes = new LaunchedNodes('sim.launch.yaml', ['robot:=widowx'], log);
  const { node, built } = await joinGraph('bench', (created) => ({
    operator: new Operator(created),
    samples: new Samples(created),
  }));
  const { operator, samples } = built;
  const measure = async () => {
    await waitUntilPresent(
      () => operator.missingNodes(),
      START_LIMIT_MS,
      () => undefined,
    );
    operator.instruct(await operator.beginEpisode(TASK, BigInt(FIRST_EVALUATION_SEED)));
    await sleep(WARM_UP_MS);
    samples.clear();
    await sleep(seconds * 1000);
    return samples.figures();
  };
  try {
    return await Promise.race([nodes.failure(), measure()]);
  } finally {
    leaveGraph(node);
    await nodes.stop();
    leaveDomain();
  }
}

/** What is heard of the nodes. */
class Samples {
  #imageAgesMs: number[] = [];
  #controlNs: bigint[] = [];
  #planNs: bigint[] = [];
  #chunkNs: bigint[] = [];
  #rows: number[] = [];
  #lastTick = -1;

  constructor(node: ManagedNode) {
    const always = { whileInactive: true };
    node.listenRaw(
      'st4vla_ros/msg/Observation',
      'observation',
      sensorData(),
      ({ view_ages }) => void this.#imageAgesMs.push((view_ages[0] ?? NaN) * 1000),
      always,
    );
    node.listenRaw(
      'st4vla_ros/msg/ExecutionState',
      'execution_state',
      reliable(50),
      ({ header, ticks_consumed, row }) => {
        this.#controlNs.push(nsFromStamp(header.stamp));
        if (Number(ticks_consumed) !== this.#lastTick && row >= 0) this.#rows.push(row);
        this.#lastTick = Number(ticks_consumed);
      },
      always,
    );
    node.listen(
      'st4vla_ros/msg/SpatialPlan',
      'plan',
      reliable(),
      () => void this.#planNs.push(node.nowNs()),
      always,
    );
    node.listenRaw(
      'st4vla_ros/msg/ActionChunk',
      'action_chunk',
      reliable(),
      ({ horizon }) => {
        if (horizon > 0) this.#chunkNs.push(node.nowNs());
      },
      always,
    );
  }

  clear(): void {
    this.#imageAgesMs = [];
    this.#controlNs = [];
    this.#planNs = [];
    this.#chunkNs = [];
    this.#rows = [];
  }

  figures(): Figure[] {
    const ages = this.#imageAgesMs;
    const jitterMs = this.#controlNs
      .slice(1)
      .map((ns, i) => Math.abs(Number(ns - this.#controlNs[i]!) / 1e6 - PERIOD_MS));
    const image = 'image stamp → observation published';
    return [
      { name: `${image}, p50`, value: quantile(ages, 0.5), unit: 'ms', wanted: { atMost: 6 } },
      { name: `${image}, p99`, value: quantile(ages, 0.99), unit: 'ms', wanted: { atMost: 15 } },
      {
        name: '50 Hz command jitter while inferring, p99',
        value: quantile(jitterMs, 0.99),
        unit: 'ms',
        wanted: { atMost: 2 },
      },
      { name: 'planner', value: rateHz(this.#planNs), unit: 'Hz', wanted: { atLeast: 1 } },
      { name: 'expert', value: rateHz(this.#chunkNs), unit: 'Hz', wanted: { atLeast: 5 } },
      { name: 'delay from a frame to its action', value: median(this.#rows), unit: 'ticks' },
    ];
  }
}

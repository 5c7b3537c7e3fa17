import { nsFromStamp } from '../../adapters/messages/time.ts';
import type { ManagedNode } from '../../nodes/shared/node/ManagedNode.ts';
import { reliable, sensorData } from '../../nodes/shared/node/qos.ts';

/** What is heard of the running nodes, for as long as it is not cleared. */
export class NodeSamples {
  /** From an image's stamp to the publishing of its observation. */
  imageAgesMs: number[] = [];
  /** When each control period began. */
  controlNs: bigint[] = [];
  planNs: bigint[] = [];
  chunkNs: bigint[] = [];
  /** Of each tick, the row of the newest chunk that it executed. */
  rows: number[] = [];
  #lastTick = -1;

  /** Call it before the node spins. */
  constructor(node: ManagedNode) {
    const always = { whileInactive: true };
    node.listenRaw(
      'st4vla_ros/msg/Observation',
      'observation',
      sensorData(),
      ({ view_ages }) => void this.imageAgesMs.push((view_ages[0] ?? NaN) * 1000),
      always,
    );
    node.listenRaw(
      'st4vla_ros/msg/ExecutionState',
      'execution_state',
      reliable(50),
      ({ header, ticks_consumed, row }) => {
        this.controlNs.push(nsFromStamp(header.stamp));
        if (Number(ticks_consumed) !== this.#lastTick && row >= 0) this.rows.push(row);
        this.#lastTick = Number(ticks_consumed);
      },
      always,
    );
    node.listen(
      'st4vla_ros/msg/SpatialPlan',
      'plan',
      reliable(),
      () => void this.planNs.push(node.nowNs()),
      always,
    );
    node.listenRaw(
      'st4vla_ros/msg/ActionChunk',
      'action_chunk',
      reliable(),
      // of an older policy, which makes an epoch known so: without rows
      ({ horizon }) => void (horizon > 0 && this.chunkNs.push(node.nowNs())),
      always,
    );
  }

  clear(): void {
    this.imageAgesMs = [];
    this.controlNs = [];
    this.planNs = [];
    this.chunkNs = [];
    this.rows = [];
  }

  /** How far successive control periods are from `periodMs` apart. */
  jitterMs(periodMs: number): number[] {
    return this.controlNs
      .slice(1)
      .map((ns, i) => Math.abs(Number(ns - this.controlNs[i]!) / 1e6 - periodMs));
  }
}

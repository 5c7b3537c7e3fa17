import { nsOf, secondsOf } from '../../core/math/time.ts';
import { createHash } from 'node:crypto';
import type { Policy } from '../../adapters/model/createPolicy.ts';
import { showValue } from '../../core/config/Fault.ts';
import {
  CONTROL_PERIOD_NS,
  CONTROL_PERIOD_SEC,
  controlPeriodStart,
} from '../../core/control/controlPeriod.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { ActionChunk } from '../../core/action/ActionChunk.ts';
import type { Embodiment } from '../../core/embodiment/Embodiment.ts';
import type { PushResult } from '../../core/execution/ActionQueue.ts';
import { executionSpec } from '../../core/execution/ExecutionSpec.ts';
import { VirtualLoop } from '../../core/execution/VirtualLoop.ts';
import type { UrdfModel } from '../../core/kinematics/UrdfModel.ts';
import type { Observation } from '../../core/observation/Observation.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';
import { RecordedWorld } from '../../core/replay/RecordedWorld.ts';
import { printable } from '../../core/text/printable.ts';
import type { ReplayEvent, StageEvent } from '../../core/replay/ReplayEvent.ts';
import { type LoopSettings, schedulingOptions } from '../LoopSettings.ts';
import type { ReplayBag } from './ReplayBag.ts';

export type ReplayParts = {
  readonly bag: ReplayBag;
  readonly policy: Policy;
  readonly embodiment: Embodiment;
  readonly urdf: UrdfModel;
  readonly settings: LoopSettings;
  readonly maxSkewSec: number;
};

/** An event, and what the cameras had shown last. */
export type Replayed = {
  readonly event: ReplayEvent;
  readonly observation: Observation | undefined;
};

const MAX_NOTICES = 5;
/** No arm that is recorded says nothing for this long: time has leapt. */
const LONGEST_PAUSE_NS = 10_000_000_000n;

/** A bag through the pipeline in virtual time, as fast as it goes. */
export class ReplayRun {
  readonly #parts: ReplayParts;
  #world: RecordedWorld;
  #loop: VirtualLoop;
  #instruction: string | undefined;
  #skippedNs = 0n;
  #observation: Observation | undefined;
  #replayed: Replayed[] = [];
  readonly #notices = new Set<string>();
  #refusals = 0;
  #ticks = 0;

  constructor(parts: ReplayParts) {
    this.#parts = parts;
    this.#world = new RecordedWorld(parts.bag.startNs, CONTROL_PERIOD_SEC);
    this.#loop = this.#newLoop();
  }

  /** Over the world as it is now. */
  #newLoop(): VirtualLoop {
    const { policy, embodiment, urdf, settings, maxSkewSec } = this.#parts;
    const viewNames = policy.spec.image.views;
    const periodsPerTick = Math.round(embodiment.tickSec / CONTROL_PERIOD_SEC);
    return new VirtualLoop({
      embodiment,
      urdf,
      viewNames,
      world: this.#world,
      planner: policy.planner,
      expert: policy.expert,
      execution: executionSpec(policy.spec, policy.arm, settings.execution),
      scheduling: schedulingOptions(settings, embodiment.tickSec),
      delayTicks: (subsystem) =>
        subsystem === 'planner' ? settings.planDelayTicks : settings.delayTicks,
      // Recorded frames come when they come.
      framesPerTick: periodsPerTick,
      looksAlways: true,
      controlPeriodSec: CONTROL_PERIOD_SEC,
      maxSkewSec,
      observer: {
        onObservation: (observation) => {
          this.#observation = observation;
          this.#note(observationEvent(observation));
        },
        onRefusal: (reason) => this.#refuse(reason),
        onPlan: (plan) => this.#note(planEvent(plan)),
        onChunk: (chunk, answer) => this.#note(chunkEvent(chunk, answer)),
        onStep: (output) => this.#note(commandEvent(output)),
      },
    });
  }

  /** Ticks that were replayed. */
  get ticks(): number {
    return this.#ticks;
  }

  /** What of the bag could not be used, and why. */
  get notices(): readonly string[] {
    const { size } = this.#notices;
    const first = [...this.#notices].slice(0, MAX_NOTICES);
    const rest = this.#refusals > size || size > MAX_NOTICES;
    return rest && this.#refusals > 0
      ? [...first, `${this.#refusals} such refusals in all`]
      : first;
  }

  /** Gaps in the bag's time that were left out, seconds. */
  get skippedSec(): number {
    return secondsOf(this.#skippedNs);
  }

  /**
   * Everything that comes about, in its order; the bag is read along with it. Where nothing comes for
   * long, since a clock was set or a time is wrong, the arm begins again with what comes next.
   */
  async *run(): AsyncGenerator<Replayed, void, undefined> {
    const { bag, embodiment } = this.#parts;
    const tickNs = nsOf(embodiment.tickSec);
    const events = bag.events();
    let next = await events.next();
    let lastNs = bag.startNs;
    while (this.#world.timeNs <= bag.endNs) {
      const comesNs = next.done ? bag.endNs : next.value.arrivalNs;
      if (this.#world.timeNs > lastNs && comesNs - lastNs > LONGEST_PAUSE_NS) {
        this.#skip(lastNs, comesNs);
        if (next.done) break;
        lastNs = comesNs;
      }
      const untilNs = this.#world.timeNs + tickNs;
      for (; !next.done && next.value.arrivalNs < untilNs; next = await events.next()) {
        lastNs = next.value.arrivalNs;
        if (next.value.kind === 'instruction' && !this.#accepts(next.value.text)) continue;
        this.#world.add(next.value);
      }
      await this.#loop.runTick();
      this.#ticks += 1;
      const replayed = this.#replayed;
      this.#replayed = [];
      yield* replayed;
    }
    // Read what is left, so that the bag's hash is that of all of it.
    while (!next.done) next = await events.next();
  }

  /** Continues at another time, as after a restart, with the instruction that holds. */
  #skip(fromNs: bigint, toNs: bigint): void {
    const startNs = controlPeriodStart(toNs);
    this.#world = new RecordedWorld(startNs, CONTROL_PERIOD_SEC);
    this.#loop = this.#newLoop();
    if (this.#instruction !== undefined) {
      this.#world.add({ kind: 'instruction', arrivalNs: startNs, text: this.#instruction });
    }
    this.#skippedNs += toNs - fromNs;
    const seconds = (ns: bigint) => secondsOf(ns).toFixed(1);
    const at = seconds(fromNs - this.#parts.bag.startNs);
    this.#notices.add(`nothing came for ${seconds(toNs - fromNs)} s from ${at} s on: left out`);
  }

  #accepts(instruction: string): boolean {
    const prompt = this.#parts.policy.checkInstruction(instruction);
    if (prompt.ok) this.#instruction = instruction;
    else this.#refuse(`instruction ${showValue(instruction)}: ${prompt.reason}`);
    return prompt.ok;
  }

  #refuse(reason: string): void {
    this.#refusals += 1;
    if (this.#notices.size <= MAX_NOTICES) this.#notices.add(printable(reason));
  }

  #note(event: StageEvent): void {
    const { bag, embodiment } = this.#parts;
    const period = Number((this.#world.timeNs - bag.startNs) / CONTROL_PERIOD_NS);
    const tick = Math.floor((period * CONTROL_PERIOD_SEC) / embodiment.tickSec + 1e-9);
    this.#replayed.push({ event: { period, tick, ...event }, observation: this.#observation });
  }
}

function observationEvent({ id, views, joints }: Observation): StageEvent {
  const hash = createHash('sha256');
  for (const { image } of views) hash.update(image.data);
  return {
    stage: 'observation',
    id: Number(id),
    sha256: hash.digest('hex'),
    meanColours: views.flatMap(({ image }) => meanColour(image.data)),
    joints: [...joints.positions],
  };
}

function planEvent(plan: SpatialPlan): StageEvent {
  const { boxes, points, trajectory } = plan;
  return {
    stage: 'plan',
    id: Number(plan.id),
    observationId: Number(plan.observationId),
    epoch: plan.epoch,
    instruction: plan.instruction,
    rawText: plan.rawText,
    labels: [...boxes, ...points].map(({ label }) => label),
    boxes: boxes.flatMap(({ x1, y1, x2, y2, score }) => [x1, y1, x2, y2, score]),
    points: points.flatMap(({ x, y, score }) => [x, y, score]),
    trajectory: trajectory.flatMap(({ x, y }) => [x, y]),
  };
}

function chunkEvent(chunk: ActionChunk, answer: PushResult): StageEvent {
  return {
    stage: 'chunk',
    id: Number(chunk.id),
    observationId: Number(chunk.observationId),
    planId: Number(chunk.planId),
    epoch: chunk.epoch,
    refusal: answer.accepted ? '' : answer.reason,
    droppedRows: answer.accepted ? answer.droppedRows : 0,
    actions: [...chunk.actions],
  };
}

function commandEvent({ status, command }: ControllerOutput): StageEvent {
  return {
    stage: 'command',
    status,
    positions: command ? [...command.positions] : [],
    velocities: command ? [...command.velocities] : [],
    gripper: command ? [command.gripperJointPosition] : [],
  };
}

function meanColour(pixels: Uint8Array): number[] {
  const sums = [0, 0, 0];
  for (let i = 0; i < pixels.length; i++) sums[i % 3]! += pixels[i]!;
  return sums.map((sum) => (3 * sum) / pixels.length);
}

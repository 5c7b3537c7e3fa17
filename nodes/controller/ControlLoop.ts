import { CONTROL_PERIOD_NS } from '../../core/control/controlPeriod.ts';
import type { Controller } from '../../core/control/Controller.ts';
import type { JointCommand } from '../../core/control/ControllerOutput.ts';
import type { ManagedNode } from '../shared/node/ManagedNode.ts';
import type { OtherHands } from '../shared/hands/OtherHands.ts';
import type { ArmMemory } from './ArmMemory.ts';
import { ClockWatch } from './ClockWatch.ts';
import { controlPeriod, leavesToOthers } from './controlPeriod.ts';
import type { CurrentController } from './CurrentController.ts';
import type { RobotSink } from './sinks/RobotSink.ts';
import type { StateReport } from './StateReport.ts';

/** Coming to rest from full speed takes less than this; a bound for a loop. */
const MAX_BRAKING_PERIODS = 1000;

export type ControlLoopParts = {
  readonly node: Pick<ManagedNode, 'nowNs' | 'guard'>;
  readonly controller: CurrentController;
  readonly sink: RobotSink;
  readonly report: StateReport;
  readonly memory: ArmMemory;
  readonly hands: OtherHands;
};

/** The control periods of a node, and what its transitions do to them. */
export class ControlLoop {
  readonly #parts: ControlLoopParts;
  readonly #clockWatch = new ClockWatch();
  /** Whether the sink was prepared since the node was activated, and since others commanded the arm. */
  #isPrepared = false;

  constructor(parts: ControlLoopParts) {
    this.#parts = parts;
  }

  configure(): void {
    this.#keepFault();
    this.#parts.controller.replace();
    this.#remember();
  }

  activate(): void {
    const { controller, hands, report } = this.#parts;
    this.#keepFault();
    controller.core.reset();
    controller.core.resume(); // what `deactivate` stopped
    this.#remember();
    hands.look(performance.now());
    this.#isPrepared = false;
    report.statistics.pause();
  }

  deactivate(): void {
    const { node, controller, hands, sink, report } = this.#parts;
    const commands = comeToRest(controller.core, node.nowNs());
    const hand = hands.conflict(performance.now());
    sink.comeToRest(commands[0] && leavesToOthers(commands[0], hand) ? [] : commands);
    this.#keepFault();
    report.statistics.pause();
  }

  /** One control period: looks who else is there, sends a command, publishes the state. */
  step(): void {
    const { node, controller, hands, sink, report } = this.#parts;
    const { core } = controller;
    const startedMs = performance.now();
    const nowNs = node.nowNs();
    const hand = hands.conflict(startedMs);
    if (hand !== undefined) this.#isPrepared = false;
    else if (!this.#isPrepared && !sink.isBraking) this.#prepare();
    const next = controlPeriod({ core, sink, guard: node.guard, hand }, nowNs);
    this.#keepFault();
    report.publish(next, nowNs, startedMs);
  }

  /** While simulated time stands still there are no control periods: publishes that the arm is held. */
  checkClock(): void {
    const { node, controller, memory, report } = this.#parts;
    const nowNs = node.nowNs();
    const standstill = this.#clockWatch.check(nowNs, performance.now());
    if (standstill === undefined) return;
    const held = memory.held ?? { status: 'HOLD_STALE', reason: standstill };
    report.publish({ ...(report.last ?? controller.core.step(nowNs)), ...held }, nowNs, NaN);
  }

  /** A sink that throws here is not prepared again in the next period. */
  #prepare(): void {
    this.#isPrepared = true;
    this.#parts.sink.prepare();
  }

  /** Only `~/resume` ends a fault, whatever the node does meanwhile. */
  #keepFault(): void {
    const { latchedFault } = this.#parts.controller.core;
    if (latchedFault !== undefined) this.#parts.memory.fault(latchedFault);
  }

  /** Gives the controller the stop and the fault that outlive it. */
  #remember(): void {
    const { controller, memory } = this.#parts;
    if (memory.faultReason !== undefined) controller.core.latchFault(memory.faultReason);
    if (memory.stopReason !== undefined) controller.core.stop(memory.stopReason);
  }
}

/** The commands that stop the arm. The receiver of the last one then holds it. */
function comeToRest(core: Controller, nowNs: bigint): JointCommand[] {
  core.stop('deactivated');
  const commands: JointCommand[] = [];
  for (let i = 0; i < MAX_BRAKING_PERIODS; i++) {
    const { command } = core.step(nowNs + BigInt(i) * CONTROL_PERIOD_NS);
    if (!command) break;
    commands.push(command);
    if (command.velocities.every((velocity) => velocity === 0)) break;
  }
  return commands;
}

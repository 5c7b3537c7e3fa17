import type { Controller } from '../../core/control/Controller.ts';
import type { ControllerOutput, JointCommand } from '../../core/control/ControllerOutput.ts';
import type { Guard } from '../shared/node/Guard.ts';
import type { RobotSink } from './sinks/RobotSink.ts';

type Parts = {
  readonly core: Controller;
  readonly sink: Pick<RobotSink, 'notReady' | 'send'>;
  readonly guard: Pick<Guard, 'report'>;
  /** Who else commands the arm, if anyone. */
  readonly hand: string | undefined;
};

/**
 * Runs one control period: sends a command to the sink, and returns the state. A sink that throws inhibits
 * the arm, like one that is not ready, and never keeps the state from being published.
 */
export function controlPeriod({ core, sink, guard, hand }: Parts, nowNs: bigint): ControllerOutput {
  let failure: string | undefined;
  const fail = (error: unknown): string => {
    guard.report('sink', error);
    failure = `the sink failed: ${error instanceof Error ? error.message : String(error)}`;
    return failure;
  };
  try {
    core.inhibit(hand ?? sink.notReady());
  } catch (error) {
    core.inhibit(fail(error));
  }
  const output = core.step(nowNs);
  try {
    const { command } = output;
    if (command && !leavesToOthers(command, hand)) sink.send(command);
  } catch (error) {
    core.inhibit(fail(error));
  }
  return failure === undefined ? output : { ...output, status: 'FAULT', reason: failure };
}

/** At rest, and another hand on the arm: a command would pull the arm back. */
export function leavesToOthers({ velocities }: JointCommand, hand: string | undefined): boolean {
  return hand !== undefined && velocities.every((v) => v === 0);
}

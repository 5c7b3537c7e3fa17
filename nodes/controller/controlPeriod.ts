import type { Controller } from '../../core/control/Controller.ts';
import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { Guard } from '../shared/Guard.ts';
import type { RobotSink } from './sinks/RobotSink.ts';

type Parts = {
  readonly core: Controller;
  readonly sink: Pick<RobotSink, 'obstacle' | 'send'>;
  readonly guard: Pick<Guard, 'report'>;
};

/**
 * One control period: a command to the sink, and what there is to tell about it. A sink that throws
 * holds the arm, as any other obstacle does, and never keeps the state from being told.
 */
export function controlPeriod({ core, sink, guard }: Parts, nowNs: bigint): ControllerOutput {
  let failure: string | undefined;
  const fail = (error: unknown): string => {
    guard.report('sink', error);
    failure = `the sink failed: ${error instanceof Error ? error.message : String(error)}`;
    return failure;
  };
  try {
    core.obstruct(sink.obstacle());
  } catch (error) {
    core.obstruct(fail(error));
  }
  const output = core.step(nowNs);
  try {
    if (output.command !== undefined) sink.send(output.command);
  } catch (error) {
    core.obstruct(fail(error));
  }
  return failure === undefined ? output : { ...output, status: 'FAULT', reason: failure };
}

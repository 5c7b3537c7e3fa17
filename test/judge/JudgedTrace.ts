import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { wheelsPython } from '../../cli/setup/wheelsStep.ts';
import { TRACE_FLAGS, TraceRecord } from '../../core/control/fuzz/TraceRecord.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { findRosSource } from '../../setup/rosSource.mjs';

/** What `judge.py --json` says. */
export type Report = {
  readonly periods: number;
  readonly commands: number;
  readonly violations: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly 'largest share of a limit': Readonly<Record<string, number>>;
  /** `seed …, episode …, period …: kind: detail`. */
  readonly first: readonly string[];
};

/** Of six arm joints and the finger joint. */
export type Period = {
  /** Undefined where nothing is sent. */
  readonly command: readonly number[] | undefined;
  readonly truth: readonly number[];
  readonly speedScale?: number;
  readonly listens?: boolean;
  readonly isNewProcess?: boolean;
  readonly isGone?: boolean;
};

const folder = path.join(packageRoot, 'test', 'judge');

/** Python with numpy, which every ROS 2 has. */
export function python(args: readonly string[], input = ''): string {
  const program = findRosSource(process.env).kind === 'wheels' ? wheelsPython : 'python3';
  const stdio = 'pipe' as const;
  const options = { cwd: folder, input, stdio, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
  return execFileSync(program, [...args], options);
}

/** Runs the judge over a file; it ends with 1 where it finds something. */
export function judgeFile(arm: string, file: string): Report {
  try {
    return JSON.parse(python(judgeArguments(arm, file))) as Report;
  } catch (error) {
    const { status, stdout } = error as { status?: number; stdout?: string };
    if (status === 1 && stdout !== undefined) return JSON.parse(stdout) as Report;
    throw error;
  }
}

export function judgeArguments(arm: string, file: string): string[] {
  return [path.join(folder, 'judge.py'), '--arm', arm, '--json', '--first', '100000', file];
}

/** Runs `use` with the name of a file that is removed afterwards. */
export function withFile<T>(use: (file: string) => T): T {
  const own = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-judge-'));
  try {
    return use(path.join(own, 'trace'));
  } finally {
    fs.rmSync(own, { recursive: true });
  }
}

/** The trace of some episodes of a WidowX, as a file has it. */
export function traceOf(episodes: readonly (readonly Period[])[], periodSec = 0.02): Float64Array {
  const joints = widowx.armJoints.length + 1;
  const values = [...TraceRecord.header(joints, periodSec, 0)];
  const record = new TraceRecord(joints);
  for (const periods of episodes) {
    periods.forEach((period, k) => {
      const { command, truth, speedScale = 1 } = period;
      const positions = command && Float64Array.from(command.slice(0, -1));
      const sent = positions && { positions, gripperJointPosition: command.at(-1)! };
      record.set(k * periodSec, flagsOf(period, k), speedScale, sent, Float64Array.from(truth));
      values.push(...record.values);
    });
  }
  return Float64Array.from(values);
}

function flagsOf({ command, listens = true, isNewProcess, isGone }: Period, k: number): number {
  return (
    (command === undefined ? 0 : TRACE_FLAGS.sent) |
    (k === 0 ? TRACE_FLAGS.episode : 0) |
    (isNewProcess === true ? TRACE_FLAGS.process : 0) |
    (listens ? TRACE_FLAGS.listens : 0) |
    (isGone === true ? TRACE_FLAGS.gone : 0)
  );
}

/**
 * What a judge gets to see of a period, all numbers of 64 bits, little-endian:
 *
 *   time, flags, speed scale, commanded arm joints and finger joint, true arm joints and finger joint
 *
 * Time is the time that passed since the episode began, s, whatever clocks said. Commands are NaN
 * where nothing was sent. True positions are those at the beginning of the period, and the command is
 * for its end.
 */
export class TraceRecord {
  readonly values: Float64Array;
  readonly #joints: number;

  /** @param joints arm joints and the finger joint */
  constructor(joints: number) {
    this.#joints = joints;
    this.values = new Float64Array(TraceRecord.length(joints));
  }

  static length(joints: number): number {
    return 3 + 2 * joints;
  }

  /** The first numbers of a file: what it is, its version, joints, period (s) and seed. */
  static header(joints: number, periodSec: number, seed: number): Float64Array {
    const header = new Float64Array(TraceRecord.length(joints));
    header.set([TRACE_MAGIC, TRACE_VERSION, joints, periodSec, seed]);
    return header;
  }

  set(
    timeSec: number,
    flags: number,
    speedScale: number,
    command:
      { readonly positions: Float64Array; readonly gripperJointPosition: number } | undefined,
    truth: Float64Array,
  ): void {
    const { values } = this;
    const n = this.#joints;
    values[0] = timeSec;
    values[1] = flags;
    values[2] = speedScale;
    values.fill(NaN, 3, 3 + n);
    if (command !== undefined) {
      values.set(command.positions, 3);
      values[3 + n - 1] = command.gripperJointPosition;
    }
    values.set(truth, 3 + n);
  }
}

/** "ST4TRACE" as a number, more or less. */
export const TRACE_MAGIC = 574_787_223;
export const TRACE_VERSION = 1;

export const TRACE_FLAGS = {
  /** A command was sent. */
  sent: 1,
  /** An episode begins: another arm. */
  episode: 2,
  /** Another controller process begins, on the same arm. */
  process: 4,
  /** The arm follows its commands; else others have it. */
  listens: 8,
  /** The controller's process has ended, and another one has not begun yet. */
  gone: 16,
} as const;

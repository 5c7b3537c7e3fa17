import type { ReplayEvent, Stage } from './ReplayEvent.ts';

/** Largest differences that count as none. */
export type Tolerances = Readonly<Record<string, number>>;

/** On machines of one kind everything repeats to the last bit. */
export const EXACT: Tolerances = {};

/**
 * Across processors, where sums are rounded differently: pixels in steps of 255, coordinates of the
 * plan as part of the picture, actions and joints in m, rad or the gripper's opening.
 */
export const ACROSS_MACHINES: Tolerances = {
  'observation.meanColours': 0.5,
  'observation.joints': 1e-9,
  'plan.boxes': 0.005,
  'plan.points': 0.005,
  'plan.trajectory': 0.005,
  'chunk.actions': 0.001,
  'command.positions': 0.005,
  'command.velocities': 0.1,
  'command.gripper': 0.005,
};

/** What cannot be compared but to the last bit. */
const HASHES: ReadonlySet<string> = new Set(['observation.sha256']);

export type Difference = {
  readonly tick: number;
  readonly period: number;
  readonly stage: Stage;
  /** The field that differs; empty where one of the two has nothing, or another stage, there. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
  /** Of numbers the largest difference; undefined for anything else. */
  readonly size: number | undefined;
};

/**
 * What differs between two events of one place in their sequences; undefined where nothing does.
 * @param tolerances by `stage.field`; a field that is not there must be the same
 */
export function compareEvents(
  expected: ReplayEvent | undefined,
  found: ReplayEvent | undefined,
  tolerances: Tolerances,
): Difference | undefined {
  if (expected === undefined && found === undefined) return undefined;
  const isEarlier = expected && found && expected.period < found.period;
  const { tick, period, stage } = (isEarlier ? expected : (found ?? expected))!;
  const place = { tick, period, stage };
  if (expected?.period !== found?.period) {
    const texts = { expected: describe(expected), found: describe(found) };
    return { ...place, field: '', ...texts, size: undefined };
  }
  const isTolerant = tolerances !== EXACT;
  const others = found as Readonly<Record<string, unknown>> & ReplayEvent;
  for (const [field, value] of Object.entries(expected!)) {
    const name = `${stage}.${field}`;
    if (isTolerant && HASHES.has(name)) continue;
    const difference = compareValues(value, others[field], tolerances[name] ?? 0);
    if (difference) return { ...place, field, ...difference };
  }
  return undefined;
}

type ValueDifference = Pick<Difference, 'expected' | 'found' | 'size'>;

function compareValues(
  expected: unknown,
  found: unknown,
  tolerance: number,
): ValueDifference | undefined {
  if (areNumbers(expected) && areNumbers(found) && expected.length === found.length) {
    const sizes = expected.map((value, i) => differenceOf(value, found[i]!));
    const size = Math.max(0, ...sizes);
    if (size <= tolerance) return undefined;
    const worst = sizes.indexOf(size);
    return { expected: at(worst, expected), found: at(worst, found), size };
  }
  const [a, b] = [JSON.stringify(expected), JSON.stringify(found)];
  if (a === b) return undefined;
  const size =
    typeof expected === 'number' && typeof found === 'number'
      ? Math.abs(expected - found)
      : undefined;
  if (size !== undefined && size <= tolerance) return undefined;
  return { expected: shortened(a), found: shortened(b), size };
}

function areNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

/** Infinite where one of them is no finite number and the other is another. */
function differenceOf(a: number, b: number): number {
  if (Object.is(a, b)) return 0;
  const difference = Math.abs(a - b);
  return Number.isNaN(difference) ? Infinity : difference;
}

function at(index: number, values: readonly number[]): string {
  return `[${index}] = ${values[index]}`;
}

function shortened(text: string | undefined): string {
  const whole = text ?? 'nothing';
  return whole.length > 80 ? `${whole.slice(0, 79)}…` : whole;
}

function describe(event: ReplayEvent | undefined): string {
  return event === undefined ? 'nothing more' : `${event.stage} in period ${event.period}`;
}

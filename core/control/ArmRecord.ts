import { showValue } from '../config/Fault.ts';
import { MIN_SPEED_SCALE } from './speedScale.ts';

/** Why the arm is held, and since when (ISO 8601, by the clock of the computer). */
export type HeldSince = { readonly reason: string; readonly since: string };

/** What makes an arm slower or stiller, and outlives every process. */
export type ArmRecord = {
  readonly stop?: HeldSince | undefined;
  readonly fault?: HeldSince | undefined;
  /** Slower than the parameters said at the start. */
  readonly speedScale?: number | undefined;
};

export type ParsedArmRecord =
  | { readonly ok: true; readonly record: ArmRecord }
  | { readonly ok: false; readonly reason: string };

const FORMAT = 'st4vla arm';
const VERSION = 1;
/** Longer words are cut: they come from outside. */
const MAX_CHARACTERS = 512;

/** As text, or nothing where there is nothing to remember. */
export function formatArmRecord({ stop, fault, speedScale }: ArmRecord): string | undefined {
  if (stop === undefined && fault === undefined && speedScale === undefined) return undefined;
  const record = { format: FORMAT, version: VERSION, stop, fault, speed_scale: speedScale };
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** Everything in it is as `formatArmRecord` makes it, or it counts for nothing as a whole. */
export function parseArmRecord(text: string): ParsedArmRecord {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return { ok: false, reason: `expected JSON: ${(error as Error).message}` };
  }
  if (!isMap(found)) return wrong('record', 'an object', found);
  const { format, version, stop, fault, speed_scale: speedScale, ...others } = found;
  if (format !== FORMAT) return wrong('format', `"${FORMAT}"`, format);
  if (version !== VERSION) return wrong('version', `${VERSION}`, version);
  const [other] = Object.keys(others);
  if (other !== undefined) return wrong(other, 'no such field', others[other]);
  for (const [name, value] of Object.entries({ stop, fault })) {
    if (value !== undefined && !isHeldSince(value)) {
      return wrong(name, 'reason and since, as texts', value);
    }
  }
  if (speedScale !== undefined && !isScale(speedScale)) {
    return wrong('speed_scale', `a number from ${MIN_SPEED_SCALE} to 1`, speedScale);
  }
  const record = { stop, fault, speedScale };
  return { ok: true, record: record as ArmRecord };
}

export function heldSince(reason: string, now: Date): HeldSince {
  const isLong = reason.length > MAX_CHARACTERS;
  const words = isLong ? `${reason.slice(0, MAX_CHARACTERS - 1)}…` : reason;
  return { reason: words, since: now.toISOString() };
}

function wrong(field: string, expected: string, found: unknown): ParsedArmRecord {
  return { ok: false, reason: `${field}: expected ${expected}, found ${showValue(found)}` };
}

function isHeldSince(value: unknown): value is HeldSince {
  return isMap(value) && typeof value['reason'] === 'string' && typeof value['since'] === 'string';
}

function isScale(value: unknown): value is number {
  return typeof value === 'number' && value >= MIN_SPEED_SCALE && value <= 1;
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

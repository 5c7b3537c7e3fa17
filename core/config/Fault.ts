import { printable } from '../text/printable.ts';

/** Of what is printed of a fault's parts, characters: lists of what is expected are long. */
const MAX_PART = 4000;

/** Of the faults of an input that are shown. */
const MAX_SHOWN = 100;

/** One thing that is wrong with an input, in words that let its author mend it. */
export type Fault = {
  /** The file (or other source) that holds the field. */
  readonly source: string;
  /** Path of the field, e.g. `graphs.action_eye.inputs.image.shape`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
};

/** `models/nano/manifest.json: action.dim: expected 7, found 6`, on one line whatever it holds. */
export function formatFault(fault: Fault): string {
  const [source, field, expected, found] = [
    fault.source,
    fault.field,
    fault.expected,
    fault.found,
  ].map((part) => printable(part, MAX_PART));
  const where = field === '' ? source : `${source}: ${field}`;
  return `${where}: expected ${expected}, found ${found}`;
}

/** A value as it is shown in a fault: JSON, shortened. */
export function showValue(value: unknown, maxLength = 80): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    text = typeof value;
  }
  const shown = text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
  return printable(shown, maxLength);
}

/** Thrown once for an input, with everything that is wrong with it. */
export class FaultError extends Error {
  readonly faults: readonly Fault[];

  constructor(subject: string, faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    const lines = faults.slice(0, MAX_SHOWN).map((fault) => `  ${formatFault(fault)}`);
    if (faults.length > MAX_SHOWN) lines.push(`  and ${faults.length - MAX_SHOWN} more`);
    super(`${printable(subject, MAX_PART)}: ${count}\n${lines.join('\n')}`);
    this.name = 'FaultError';
    this.faults = faults;
  }
}

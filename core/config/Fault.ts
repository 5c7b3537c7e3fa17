/** One thing that is wrong with an input, in words that let its author mend it. */
export type Fault = {
  /** The file (or other source) that holds the field. */
  readonly source: string;
  /** Path of the field, e.g. `graphs.action_eye.inputs.image.shape`. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
};

/** `models/nano/manifest.json: action.dim: expected 7, found 6` */
export function formatFault(fault: Fault): string {
  const where = fault.field === '' ? fault.source : `${fault.source}: ${fault.field}`;
  return `${where}: expected ${fault.expected}, found ${fault.found}`;
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
  return text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text;
}

/** Thrown once for an input, with everything that is wrong with it. */
export class FaultError extends Error {
  readonly faults: readonly Fault[];

  constructor(subject: string, faults: readonly Fault[]) {
    const count = faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    super(`${subject}: ${count}\n${faults.map((fault) => `  ${formatFault(fault)}`).join('\n')}`);
    this.name = 'FaultError';
    this.faults = faults;
  }
}

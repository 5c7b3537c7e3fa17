import { type ExecutionSpec, REPLACEABLE } from '../../core/execution/ExecutionSpec.ts';

/** What a model asks for, as published on `execution_spec`. */
export type AskedExecution = {
  readonly model: string;
  readonly spec: Pick<ExecutionSpec, (typeof REPLACEABLE)[number]>;
};

/** The longest text that is read. */
const MAX_CHARACTERS = 2048;

export function executionSpecToText({ model, spec }: AskedExecution): string {
  return JSON.stringify({
    model,
    ...Object.fromEntries(REPLACEABLE.map((name) => [name, spec[name]])),
  });
}

/** Returns undefined if the text is not one that `executionSpecToText` makes. */
export function executionSpecFromText(text: string): AskedExecution | undefined {
  if (text.length > MAX_CHARACTERS) return undefined;
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = { ...(JSON.parse(text) as object) } as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const { model, mode, ...numbers } = fields;
  const isSound =
    typeof model === 'string' &&
    (mode === 'ensemble' || mode === 'receding') &&
    REPLACEABLE.every((name) => name === 'mode' || Number.isFinite(numbers[name]));
  if (!isSound) return undefined;
  const spec = Object.fromEntries(REPLACEABLE.map((name) => [name, fields[name]]));
  return { model, spec: spec as AskedExecution['spec'] };
}

/** One measured number, and what it should be. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly wanted?: { readonly atMost: number } | { readonly atLeast: number };
};

/** Undefined where nothing is wanted of it. */
export function isMet({ value, wanted }: Figure): boolean | undefined {
  if (wanted === undefined) return undefined;
  return 'atMost' in wanted ? value <= wanted.atMost : value >= wanted.atLeast;
}

/** A table row: name, value, wanted, verdict. */
export function figureRow(figure: Figure): string[] {
  const { name, value, unit, wanted } = figure;
  const bound =
    wanted === undefined
      ? ''
      : 'atMost' in wanted
        ? `≤ ${wanted.atMost} ${unit}`
        : `≥ ${wanted.atLeast} ${unit}`;
  const met = isMet(figure);
  return [name, `${shown(value)} ${unit}`, bound, met === undefined ? '' : met ? '✔' : '✘'];
}

function shown(value: number): string {
  if (Number.isNaN(value)) return '–';
  if (Number.isInteger(value)) return String(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

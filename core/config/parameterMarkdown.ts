import { showValue } from './Fault.ts';
import { describeLimits, type ParameterTable } from './ParameterTable.ts';

/** The table of a node's parameters as its documentation shows it. */
export function parameterMarkdown(table: ParameterTable): string {
  const rows = Object.entries(table).map(([name, spec]) => [
    `\`${name}\``,
    spec.type,
    spec.default === undefined ? '– (required)' : `\`${showValue(spec.default)}\``,
    spec.unit ?? '',
    describeLimits(spec).replace(/^[, ]+/, ''),
    spec.readOnly ? 'no' : 'yes',
    spec.description,
  ]);
  const head = ['parameter', 'type', 'default', 'unit', 'bounds', 'may change', 'meaning'];
  return [head, head.map(() => '---'), ...rows].map((row) => `${markdownRow(row)}\n`).join('');
}

function markdownRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

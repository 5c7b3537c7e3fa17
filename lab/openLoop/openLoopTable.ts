import type { OpenLoopFigures } from '../../core/replay/OpenLoopErrors.ts';
import { textTable } from '../../adapters/terminal/textTable.ts';
import type { OpenLoopReport } from './OpenLoopEpisode.ts';

/** A line for each episode and model, for the terminal. */
export function openLoopTable({ modelNames, episodes, overall, skipped }: OpenLoopReport): string {
  const rows = episodes.flatMap(({ bag, models }) =>
    models.map(({ errors }, i) => [shortName(bag), modelNames[i]!, ...cells(errors.figures())]),
  );
  const all = overall.map((figures, i) => ['all', modelNames[i]!, ...cells(figures)]);
  const head = ['bag', 'model', 'actions', 'position', 'rotation', 'gripper', 'end of chunk'];
  const table = textTable(head, episodes.length > 1 ? [...rows, ...all] : rows);
  const left = skipped.map(({ bag, reason }) => `left out: ${bag}\n${indented(reason)}\n`);
  return table + left.join('');
}

function cells(figures: OpenLoopFigures): string[] {
  const { compared, executedRow, rows, endOfChunkM } = figures;
  const row = rows[executedRow];
  return [
    String(compared),
    millimetres(row?.positionM ?? NaN),
    degrees(row?.rotationRad ?? NaN),
    percent(row?.gripperAgreement ?? NaN),
    millimetres(endOfChunkM),
  ];
}

export const millimetres = (m: number) => (Number.isNaN(m) ? '–' : `${(m * 1000).toFixed(1)} mm`);
export const degrees = (rad: number) =>
  Number.isNaN(rad) ? '–' : `${((rad * 180) / Math.PI).toFixed(1)}°`;
export const percent = (share: number) =>
  Number.isNaN(share) ? '–' : `${(share * 100).toFixed(0)} %`;

export function shortName(bag: string): string {
  return bag.split('/').filter(Boolean).at(-1) ?? bag;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { textTable } from '../../adapters/terminal/textTable.ts';
import { provenance } from '../../lab/provenance.ts';
import { type Figure, figureRow, isMet } from './Figure.ts';
import { failed } from '../arguments/runCommand.ts';
import type { BenchArguments, PartName } from './benchArguments.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

type Part = (options: BenchArguments) => Promise<Figure[]>;

/** Each part is loaded when it is used: only the first one needs ROS 2. */
const PARTS: Readonly<Record<PartName, Part>> = {
  ros: async ({ seconds }) => (await import('./rosFigures.ts')).rosFigures(seconds),
  model: async (options) => (await import('./modelFigures.ts')).modelFigures(options),
  kinematics: async () => (await import('./localFigures.ts')).kinematicsFigures(),
  motion: async ({ pin }) => (await import('./motionFigures.ts')).motionFigures(pin),
  render: async () => (await import('./localFigures.ts')).renderFigures(),
  safety: async (options) => (await import('./localFigures.ts')).safetyFigures(options),
  eval: async () => (await import('./localFigures.ts')).evalFigures(),
  remote: async ({ model }) => (await import('./remoteFigures.ts')).remoteFigures(model),
  bags: async ({ python }) => (await import('./bagFigures.ts')).bagFigures(python),
};

/** `st4vla bench …`; resolves to the exit code. */
export async function run(options: BenchArguments, given: readonly string[]): Promise<number> {
  const from = provenance('bench', given);
  const figures: Figure[] = [];
  try {
    for (const name of options.parts) {
      printError(`measuring ${name} …\n`);
      figures.push(...(await PARTS[name](options)));
    }
  } catch (error) {
    return failed('bench', error);
  }
  print(textTable(['figure', 'measured', 'wanted', ''], figures.map(figureRow)));
  const met = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `${JSON.stringify({ ...from, figures: met }, null, 2)}\n`);
  print(`figures: ${options.out}\n`);
  return 0;
}

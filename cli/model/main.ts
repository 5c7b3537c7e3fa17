import { ModelPackage } from '../../adapters/model/ModelPackage.ts';
import { FaultError } from '../../core/config/Fault.ts';
import { EXIT_REFUSED } from '../arguments/runCommand.ts';
import { checkModel } from './checkModel.ts';
import { describeModel } from './describeModel.ts';
import { measureMemory } from './measureMemory.ts';
import type { ModelArguments } from './modelArguments.ts';
import { textTable } from '../../adapters/terminal/textTable.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

/** `st4vla model …`; resolves to the exit code. */
export async function run({ action, folder, withMemory }: ModelArguments): Promise<number> {
  try {
    if (action === 'check') print(await checkModel(folder));
    else await showInfo(folder, withMemory);
    return 0;
  } catch (error) {
    printError(`st4vla model: ${folder} is broken.\n\n${explain(error)}`);
    return EXIT_REFUSED;
  }
}

async function showInfo(folder: string, withMemory: boolean): Promise<void> {
  const modelPackage = await ModelPackage.load(folder);
  print(describeModel(modelPackage));
  if (!withMemory) return;
  print('\n');
  await measureMemory(modelPackage, print);
}

/** Faults as a table; any other error by its message. */
function explain(error: unknown): string {
  if (!(error instanceof FaultError)) {
    return `${error instanceof Error ? error.message : String(error)}\n`;
  }
  const rows = error.faults.map(({ source, field, expected, found }) => [
    source,
    field,
    expected,
    found,
  ]);
  return textTable(['file', 'field', 'expected', 'found'], rows);
}

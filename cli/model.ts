import { ModelPackage } from '../adapters/model/ModelPackage.ts';
import { FaultError } from '../core/config/Fault.ts';
import { checkModel } from './model/checkModel.ts';
import { describeModel } from './model/describeModel.ts';
import { measureMemory } from './model/measureMemory.ts';
import { textTable } from '../adapters/terminal/textTable.ts';
import { print, printError } from '../adapters/terminal/print.ts';

const USAGE = `Usage:
  st4vla model info FOLDER             what a model package holds, and how large it is
  st4vla model info FOLDER --memory    load it, too, and tell what memory that takes
  st4vla model check FOLDER            check files, graphs and golden run; exit code 2 when it is
                                       broken
`;

/** `st4vla model …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const [action, folder, ...rest] = args;
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = { info, check, 'info --memory': infoWithMemory }[[action, ...rest].join(' ')];
  if (!command || folder === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  try {
    await command(folder);
    return 0;
  } catch (error) {
    printError(`${folder} is broken.\n\n${explain(error)}`);
    return 2;
  }
}

async function check(folder: string): Promise<void> {
  print(await checkModel(folder));
}

async function info(folder: string): Promise<void> {
  print(describeModel(await ModelPackage.load(folder)));
}

async function infoWithMemory(folder: string): Promise<void> {
  const modelPackage = await ModelPackage.load(folder);
  print(`${describeModel(modelPackage)}\n`);
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

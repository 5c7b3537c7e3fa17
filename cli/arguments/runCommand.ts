import { printError } from '../../adapters/terminal/print.ts';
import { FaultError } from '../../core/config/Fault.ts';
import type { Command } from './Command.ts';
import { usageOf } from './usage.ts';

const EXIT_FAILED = 1;
export const EXIT_REFUSED = 2;

/** What a command does with its arguments; `args` are those as given; resolves to the exit code. */
export type Run<Arguments> = (args: Arguments, given: readonly string[]) => Promise<number>;

/**
 * Reads the arguments of a command and runs it; the same for all commands. Its module is loaded
 * only then: neither help nor a fault needs ROS 2.
 */
export async function runCommand<Arguments>(
  { table, parse }: Command<Arguments>,
  load: () => Promise<{ readonly run: Run<Arguments> }>,
  given: readonly string[],
): Promise<number> {
  const parsed = parse(given);
  if (parsed.kind === 'help') {
    process.stdout.write(usageOf(table));
    return 0;
  }
  if (parsed.kind === 'faults') {
    refuse(table.name, parsed.faults);
    return EXIT_REFUSED;
  }
  return (await load()).run(parsed.arguments, given);
}

function refuse(name: string, faults: readonly string[]): void {
  const prefix = `st4vla ${name}: `;
  printError(`${prefix}${faults.join(`\n${' '.repeat(prefix.length)}`)}\n`);
  printError(`\`st4vla ${name} --help\` lists the arguments.\n`);
}

/**
 * Reports an error by its message, with the prefix of the command.
 * @returns the exit code: 2 for an argument, a model or a file that is refused, 1 for a failure
 */
export function failed(name: string, error: unknown): number {
  if (!(error instanceof Error)) throw error;
  printError(`st4vla ${name}: ${error.message}\n`);
  return error instanceof FaultError || error instanceof RangeError ? EXIT_REFUSED : EXIT_FAILED;
}

import { printableLines } from '../../core/text/printable.ts';

/** Writes text to the standard output; what came from outside in it reaches no terminal raw. */
export function print(text: string): void {
  process.stdout.write(printableLines(text, Infinity));
}

/** As `print`, to the standard error. */
export function printError(text: string): void {
  process.stderr.write(printableLines(text, Infinity));
}

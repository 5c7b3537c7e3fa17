import type { Logging } from 'rclnodejs';
import { printableLines } from '../../../core/text/printable.ts';

/** Longer records are cut, characters. */
const MAX_LENGTH = 4000;
const INDENT = '    ';

/** By the names of the methods, as ROS numbers severities. */
const SEVERITIES = { debug: 10, info: 20, warn: 30, error: 40, fatal: 50 } as const;

type Log = (message: string, severity: number) => boolean;

/**
 * A node's logger that sends no control characters to terminal, file and /rosout, bounds each
 * record's length, and indents every line but the first, so that none passes for a record of its own.
 */
export function printableLogger(logger: Logging): Logging {
  const { _log: log } = logger as unknown as { readonly _log: Log };
  const methods = Object.entries(SEVERITIES).map(([name, severity]) => {
    // Not through the logger's own method: it would take this line for the caller's.
    const write = (message: string) =>
      log.call(logger, printableLines(message, MAX_LENGTH, INDENT), severity);
    return [name, { value: write }] as const;
  });
  return Object.create(logger, Object.fromEntries(methods)) as Logging;
}

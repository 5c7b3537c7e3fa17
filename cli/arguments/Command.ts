import type { Options, Values } from './Option.ts';
import type { CommandTable, Found, Mode, Parsed, PassedOn, Positional } from './CommandTable.ts';
import { parseCommand } from './parseCommand.ts';

export type Command<Arguments = unknown> = {
  readonly table: CommandTable;
  /** Reads a command line; all faults at once. */
  parse(args: readonly string[]): Parsed<Arguments>;
};

type Definition<Table extends Options, Arguments> = {
  readonly name: string;
  readonly about: string;
  readonly closing?: string;
  readonly positionals?: readonly Positional[];
  readonly options: Table;
  readonly modes?: readonly Mode[];
  readonly passesOn?: PassedOn;
  /** The mode that a command line asks for; required where there are modes. */
  modeOf?(values: Values<Table>, found: Found): string;
  /**
   * What the command runs with. Also called after faults in options, which have the value of an
   * absent one then, so that faults between options are reported with them.
   */
  build(values: Values<Table>, found: Found): Arguments;
};

export function defineCommand<Table extends Options, Arguments>(
  definition: Definition<Table, Arguments>,
): Command<Arguments> {
  const { build, modeOf, positionals = [], modes = [], passesOn, ...rest } = definition;
  const table: CommandTable = { ...rest, positionals, modes, passesOn };
  const reading = {
    table,
    build: (values: Record<string, unknown>, found: Found) => build(values as Values<Table>, found),
    modeOf: (values: Record<string, unknown>, found: Found) =>
      modeOf?.(values as Values<Table>, found),
  };
  return { table, parse: (args) => parseCommand(reading, args) };
}

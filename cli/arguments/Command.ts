import type { Options, Values } from './Option.ts';
import { parseCommand } from './parseCommand.ts';

/** An argument without a name, found by its place. */
export type Positional = {
  /** As in the usage, such as `BAG`. */
  readonly name: string;
  readonly help: string;
  /** What it has to be, as in "expected a bag". */
  readonly expected: string;
  readonly choices?: Readonly<Record<string, string | null>>;
  readonly isOptional?: boolean;
  /** Only for the last one: takes all that follow. */
  readonly isRepeated?: boolean;
  readonly completes?: 'file' | 'folder';
};

/** One way to use a command, with options of its own. */
export type Mode = {
  /** What turns it on, such as `--ros` or `export`; faults and usage name it. */
  readonly name: string;
  /** Stands over its options in the usage. */
  readonly about: string;
};

/** Arguments that a command passes on to a node: all from the one with this name on. */
export type PassedOn = { readonly from: '--ros-args' | 'second argument'; readonly usage: string };

/** All that is known of a command before it runs: the one source of its parsing and its usage. */
export type CommandTable = {
  /** After `st4vla `. */
  readonly name: string;
  /** Sentences that stand under the first line of the usage. */
  readonly about: string;
  /** Sentences that stand at the end of the usage. */
  readonly closing?: string;
  readonly positionals: readonly Positional[];
  readonly options: Options;
  readonly modes: readonly Mode[];
  readonly passesOn: PassedOn | undefined;
};

export type Parsed<Arguments> =
  | { readonly kind: 'run'; readonly arguments: Arguments }
  | { readonly kind: 'help' }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** What was found beside the values of options. */
export type Found = {
  readonly words: readonly string[];
  /** Arguments for the node that the command starts. */
  readonly passedOn: readonly string[];
  isGiven(option: string): boolean;
  /** Reports that options do not go together; the command does not run then. */
  refuse(fault: string): void;
};

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

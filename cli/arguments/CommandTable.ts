import type { Options } from './Option.ts';

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

/** One process that a launch file asks for, fully resolved. */
export type ProcessSpec = {
  /** What its lines are marked with, e.g. `perception`. */
  readonly label: string;
  /** The node's name with its namespace, where the launch file gives it one. */
  readonly node: string | undefined;
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Parameters given in the launch file: each becomes a file, after the `paramFiles` before it. */
  readonly parameters: readonly ParameterSource[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly output: 'screen' | 'log';
  readonly respawn: boolean;
  readonly respawnDelaySec: number;
  /** Where it ends with this code, it has refused its configuration, and is not started again. */
  readonly refusalExit?: number;
  /** The end of this process ends the whole launch. */
  readonly isRequired: boolean;
};

/** A parameter file, or a name and its value as YAML text; the later one wins. */
export type ParameterSource =
  { readonly file: string } | { readonly name: string; readonly value: string };

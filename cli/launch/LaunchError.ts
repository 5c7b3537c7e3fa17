/** Something in a launch file that is wrong, or that this interpreter does not know. */
export class LaunchError extends Error {
  constructor(place: Place, problem: string) {
    super(`${place.file}:${place.line}:${place.column}: ${problem}`);
    this.name = 'LaunchError';
  }
}

/** A position in a launch file; line and column count from 1. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

import { ProgressLine } from '../../adapters/terminal/ProgressLine.ts';

/** Of pictures or episodes that are made, or were made by an earlier run. */
type Report = {
  readonly finished: number;
  readonly rows: number;
  readonly successes: number;
  readonly resumed: boolean;
};

/** The progress line of commands that make a data set. */
export class DatasetProgress {
  readonly #line: ProgressLine;
  #made = 0;
  #rows = 0;
  #successes = 0;

  constructor(unit: string, total: number) {
    this.#line = new ProgressLine({ unit, total });
  }

  add({ finished, rows, successes, resumed }: Report): void {
    this.#rows += rows;
    this.#successes += successes;
    if (!resumed) this.#made += finished;
    const note = `${this.#successes} of ${this.#made} succeeded, ${this.#rows} rows`;
    this.#line.add(finished, note, resumed ? finished : 0);
  }

  end(): void {
    this.#line.end();
  }
}

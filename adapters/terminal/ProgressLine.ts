import { printable, printableLines } from '../../core/text/printable.ts';

const REFRESH_MS = 500;
const REFRESH_WITHOUT_TERMINAL_MS = 10_000;

export type ProgressOptions = {
  /** What is counted, in the plural. */
  readonly unit: string;
  /** Undefined if it is not known beforehand. */
  readonly total?: number;
};

/** The part of a stream that a progress line uses. */
export type ProgressStream = Pick<NodeJS.WriteStream, 'isTTY' | 'write'> & {
  readonly columns?: number;
};

/**
 * What is done, a note and an estimate of the time left: one line that is rewritten in place on a
 * terminal, and elsewhere a plain line from time to time. The standard output stays free for results.
 */
export class ProgressLine {
  readonly #unit: string;
  readonly #total: number | undefined;
  readonly #stream: ProgressStream;
  readonly #startMs = performance.now();
  #shownMs = -Infinity;
  #finished = 0;
  #resumed = 0;
  #note = '';

  constructor({ unit, total }: ProgressOptions, stream: ProgressStream = process.stderr) {
    this.#unit = unit;
    this.#total = total;
    this.#stream = stream;
  }

  /**
   * Counts what is finished now, and shows it if the last time is long enough ago.
   * @param resumed of them an earlier run had finished: the estimate does not count on their speed
   */
  add(finished: number, note: string, resumed = 0): void {
    this.count(finished, note, resumed);
    const interval = this.#stream.isTTY ? REFRESH_MS : REFRESH_WITHOUT_TERMINAL_MS;
    if (performance.now() - this.#shownMs >= interval) this.#show();
  }

  /** As `add`, for a caller that shows the text itself. */
  count(finished: number, note: string, resumed = 0): void {
    this.#finished += finished;
    this.#resumed += resumed;
    this.#note = note;
  }

  /** Shows a line that stays. */
  log(line: string): void {
    this.#write(`${line}\n`);
  }

  /** Shows the last state, which stays. */
  end(): void {
    this.log(this.text());
  }

  get seconds(): number {
    return (performance.now() - this.#startMs) / 1000;
  }

  /** Such as `12/200 episodes, 9 succeeded, 340 s left`; at the end the seconds that it took. */
  text(): string {
    const count = this.#total === undefined ? this.#finished : `${this.#finished}/${this.#total}`;
    const parts = [`${count} ${this.#unit}`, this.#note, this.#time()];
    return parts.filter((part) => part !== '').join(', ');
  }

  #time(): string {
    const { seconds } = this;
    if (this.#total === undefined || this.#finished >= this.#total)
      return `${seconds.toFixed(0)} s`;
    const made = this.#finished - this.#resumed;
    if (made === 0) return '… s left';
    return `${Math.ceil(((this.#total - this.#finished) * seconds) / made)} s left`;
  }

  #show(): void {
    this.#shownMs = performance.now();
    // A line that is wider than the terminal could not be rewritten.
    const text = printable(this.text());
    if (this.#stream.isTTY) this.#write(text.slice(0, (this.#stream.columns ?? 80) - 1));
    else this.#write(`${text}\n`);
  }

  #write(text: string): void {
    const printable = printableLines(text, Infinity);
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[K${printable}` : printable);
  }
}

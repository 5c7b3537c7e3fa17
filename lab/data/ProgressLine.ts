import type { WorkerReport } from './worker.ts';

const REFRESH_MS = 500;
const REFRESH_WITHOUT_TERMINAL_MS = 10_000;

/** One line on stderr with what is done, the rate and an estimate of the time left. */
export class ProgressLine {
  readonly #what: string;
  readonly #total: number;
  readonly #startedMs = performance.now();
  #shownMs = -Infinity;
  #finished = 0;
  #made = 0;
  #rows = 0;
  #successes = 0;

  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
  }

  add(report: WorkerReport): void {
    this.#finished += report.finished;
    this.#rows += report.rows;
    this.#successes += report.successes;
    if (!report.resumed) this.#made += report.finished;
    const interval = process.stderr.isTTY ? REFRESH_MS : REFRESH_WITHOUT_TERMINAL_MS;
    if (performance.now() - this.#shownMs >= interval) this.#show('\r');
  }

  end(): void {
    this.#show('\n');
  }

  #show(ending: string): void {
    this.#shownMs = performance.now();
    const seconds = (this.#shownMs - this.#startedMs) / 1000;
    const left = this.#made > 0 ? ((this.#total - this.#finished) * seconds) / this.#made : NaN;
    const rate = (this.#rows / Math.max(seconds, 1e-3)).toFixed(0);
    process.stderr.write(
      `${this.#finished}/${this.#total} ${this.#what}, ${this.#rows} rows, ` +
        `${this.#successes}/${this.#made} good, ${rate} rows/s, ` +
        `${Number.isNaN(left) ? '…' : `${Math.ceil(left)} s`} left` +
        (process.stderr.isTTY && ending === '\r' ? '   \r' : '\n'),
    );
  }
}

import type { JudgedEpisode } from './evaluate.ts';

const REFRESH_WITHOUT_TERMINAL_MS = 10_000;

type Tally = { done: number; successes: number; ticks: number };

/** The table of an evaluation, rewritten in place on a terminal while it fills. */
export class EvalProgress {
  readonly #tasks: readonly string[];
  readonly #episodes: number;
  readonly #out: NodeJS.WriteStream;
  readonly #tallies = new Map<string, Tally>();
  readonly #startMs = performance.now();
  #shownLines = 0;
  #shownMs = 0;

  constructor(tasks: readonly string[], episodes: number, out: NodeJS.WriteStream) {
    this.#tasks = tasks;
    this.#episodes = episodes;
    this.#out = out;
    for (const task of tasks) this.#tallies.set(task, { done: 0, successes: 0, ticks: 0 });
    if (out.isTTY) this.#show();
  }

  add({ task, outcome, ticks }: JudgedEpisode): void {
    const tally = this.#tallies.get(task) as Tally;
    tally.done += 1;
    tally.ticks += ticks;
    if (outcome === 'success') tally.successes += 1;
    if (this.#out.isTTY) {
      this.#show();
    } else if (performance.now() - this.#shownMs > REFRESH_WITHOUT_TERMINAL_MS) {
      this.#shownMs = performance.now();
      this.#out.write(`${this.#summary()}\n`);
    }
  }

  /** The whole table, once more. */
  end(): void {
    this.#show();
  }

  #show(): void {
    const width = Math.max(...this.#tasks.map((task) => task.length));
    const rows = this.#tasks.map((task) => {
      const { done, successes } = this.#tallies.get(task) as Tally;
      const percent = done === 0 ? '' : `${((100 * successes) / done).toFixed(1)} %`;
      const bar = progressBar(done / this.#episodes, 24);
      const count = `${successes}/${done}`;
      return `${task.padEnd(width)}  ${bar}  ${count.padStart(9)}  ${percent.padStart(7)}`;
    });
    const lines = [...rows, this.#summary()];
    if (this.#shownLines > 0) this.#out.write(`\x1b[${this.#shownLines}A\x1b[J`);
    this.#out.write(`${lines.join('\n')}\n`);
    if (this.#out.isTTY) this.#shownLines = lines.length;
  }

  #summary(): string {
    const tallies = [...this.#tallies.values()];
    const sum = (of: (tally: Tally) => number) => tallies.reduce((n, tally) => n + of(tally), 0);
    const total = this.#tasks.length * this.#episodes;
    const done = sum(({ done }) => done);
    const seconds = (performance.now() - this.#startMs) / 1000;
    const steps = sum(({ ticks }) => ticks);
    const left = done === 0 ? NaN : ((total - done) * seconds) / done;
    const parts = [
      `${sum(({ successes }) => successes)} of ${done} succeeded`,
      `${(steps / seconds).toFixed(0)} steps/s`,
      done === total
        ? `${seconds.toFixed(0)} s`
        : `${Number.isNaN(left) ? '…' : Math.ceil(left)} s left`,
    ];
    return parts.join(', ');
  }
}

function progressBar(share: number, width: number): string {
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

import type { JudgedEpisode } from '../../lab/evaluation/evaluate.ts';

const REFRESH_WITHOUT_TERMINAL_MS = 10_000;

type Row = { readonly name: string; readonly total: number; done: number; successes: number };

export type EvalRows = {
  readonly tasks: readonly string[];
  /** Undefined where there are none; each task is run in all of them. */
  readonly variants: readonly string[] | undefined;
  /** Of each task, in each variant. */
  readonly episodes: number;
};

/** The table of an evaluation, rewritten in place on a terminal while it fills. */
export class EvalProgress {
  readonly #tasks: readonly Row[];
  readonly #variants: readonly Row[];
  readonly #out: NodeJS.WriteStream;
  readonly #startMs = performance.now();
  #ticks = 0;
  #shownLines = 0;
  #shownMs = 0;

  constructor({ tasks, variants, episodes }: EvalRows, out: NodeJS.WriteStream) {
    const row = (name: string, total: number): Row => ({ name, total, done: 0, successes: 0 });
    this.#tasks = tasks.map((task) => row(task, episodes * (variants?.length ?? 1)));
    this.#variants = (variants ?? []).map((variant) => row(variant, episodes * tasks.length));
    this.#out = out;
    if (out.isTTY) this.#show();
  }

  add({ task, variant, outcome, ticks }: JudgedEpisode): void {
    this.#ticks += ticks;
    for (const row of [...this.#tasks, ...this.#variants]) {
      if (row.name !== task && row.name !== variant) continue;
      row.done += 1;
      if (outcome === 'success') row.successes += 1;
    }
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
    const rows = [...this.#tasks, ...this.#variants];
    const width = Math.max(...rows.map(({ name }) => name.length));
    const lines = rows.map(({ name, total, done, successes }) => {
      const percent = done === 0 ? '' : `${((100 * successes) / done).toFixed(1)} %`;
      const bar = progressBar(done / total, 24);
      const count = `${successes}/${done}`;
      return `${name.padEnd(width)}  ${bar}  ${count.padStart(9)}  ${percent.padStart(7)}`;
    });
    if (this.#variants.length > 0) lines.splice(this.#tasks.length, 0, '');
    lines.push(this.#summary());
    if (this.#shownLines > 0) this.#out.write(`\x1b[${this.#shownLines}A\x1b[J`);
    this.#out.write(`${lines.join('\n')}\n`);
    if (this.#out.isTTY) this.#shownLines = lines.length;
  }

  #summary(): string {
    const sum = (of: (row: Row) => number) => this.#tasks.reduce((n, row) => n + of(row), 0);
    const total = sum((row) => row.total);
    const done = sum((row) => row.done);
    const seconds = (performance.now() - this.#startMs) / 1000;
    const left = done === 0 ? NaN : ((total - done) * seconds) / done;
    const parts = [
      `${sum(({ successes }) => successes)} of ${done} succeeded`,
      `${(this.#ticks / seconds).toFixed(0)} steps/s`,
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

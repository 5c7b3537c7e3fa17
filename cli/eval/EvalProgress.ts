import { ProgressLine } from '../../adapters/terminal/ProgressLine.ts';
import type { JudgedEpisode } from '../../lab/evaluation/evaluate.ts';

type Row = { readonly name: string; readonly total: number; done: number; successes: number };

export type EvalRows = {
  readonly tasks: readonly string[];
  /** Each task runs in all of them; undefined if there are none. */
  readonly variants: readonly string[] | undefined;
  /** Of each task, in each variant. */
  readonly episodes: number;
};

/** The table of an evaluation, rewritten in place on a terminal while it fills. */
export class EvalProgress {
  readonly #tasks: readonly Row[];
  readonly #variants: readonly Row[];
  readonly #out: NodeJS.WriteStream;
  readonly #line: ProgressLine;
  #ticks = 0;
  #shownLines = 0;

  constructor({ tasks, variants, episodes }: EvalRows, out: NodeJS.WriteStream) {
    const row = (name: string, total: number): Row => ({ name, total, done: 0, successes: 0 });
    this.#tasks = tasks.map((task) => row(task, episodes * (variants?.length ?? 1)));
    this.#variants = (variants ?? []).map((variant) => row(variant, episodes * tasks.length));
    const total = episodes * tasks.length * (variants?.length ?? 1);
    this.#line = new ProgressLine({ unit: 'episodes', total }, out);
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
      this.#line.count(1, this.#note());
      this.#show();
    } else this.#line.add(1, this.#note());
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
    lines.push(this.#line.text());
    if (this.#shownLines > 0) this.#out.write(`\x1b[${this.#shownLines}A\x1b[J`);
    this.#out.write(`${lines.join('\n')}\n`);
    if (this.#out.isTTY) this.#shownLines = lines.length;
  }

  #note(): string {
    const successes = this.#tasks.reduce((sum, row) => sum + row.successes, 0);
    const done = this.#tasks.reduce((sum, row) => sum + row.done, 0);
    const rate = (this.#ticks / this.#line.seconds).toFixed(0);
    return `${successes} of ${done} succeeded, ${rate} steps/s`;
  }
}

function progressBar(share: number, width: number): string {
  const full = Math.round(share * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

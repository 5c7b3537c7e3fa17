import { printable } from '../../core/text/printable.ts';
import type { EpisodeRecord } from './EpisodeRecord.ts';

const REFRESH_WITHOUT_TERMINAL_MS = 3_000;

/** What is known at this moment. */
export type LiveState = {
  readonly episode: EpisodeRecord;
  readonly number: number;
  readonly count: number;
  readonly status: string;
  readonly plannerHz: number;
  readonly expertHz: number;
  readonly plannerLatencySec: number | undefined;
  readonly expertLatencySec: number | undefined;
  readonly planAgeSec: number | undefined;
  readonly succeedsNow: boolean;
};

/** A block of lines on a terminal that is rewritten in place; elsewhere a line now and then. */
export class LiveView {
  readonly #out: NodeJS.WriteStream;
  #shownLines = 0;
  #shownMs = -Infinity;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  show(state: LiveState): void {
    if (this.#out.isTTY) {
      this.#erase();
      const lines = blockOf(state).map((line) =>
        printable(line).slice(0, (this.#out.columns || 80) - 1),
      );
      this.#out.write(`${lines.join('\n')}\n`);
      this.#shownLines = lines.length;
    } else if (performance.now() - this.#shownMs > REFRESH_WITHOUT_TERMINAL_MS) {
      this.#shownMs = performance.now();
      this.#out.write(`  ${printable(lineOf(state))}\n`);
    }
  }

  /** Puts a line above everything that follows. */
  note(line: string): void {
    this.#erase();
    this.#out.write(`${printable(line, Infinity)}\n`);
  }

  #erase(): void {
    if (this.#shownLines > 0) this.#out.write(`\x1b[${this.#shownLines}A\x1b[J`);
    this.#shownLines = 0;
  }
}

function blockOf(state: LiveState): string[] {
  const { episode, number, count, status, succeedsNow } = state;
  const { tick, maxTicks } = episode;
  return [
    '',
    `  episode ${number} of ${count}   ${episode.task}, seed ${episode.seed}`,
    `  “${episode.instruction}”`,
    `  tick     ${bar(maxTicks === 0 ? 0 : tick / maxTicks, 30)} ${tick} of ${maxTicks}`,
    `  plan     ${planText(episode)}`,
    `  planner  ${rate(state.plannerHz, state.plannerLatencySec)}   plan age ${seconds(state.planAgeSec)}`,
    `  expert   ${rate(state.expertHz, state.expertLatencySec)}`,
    `  arm      ${status}${succeedsNow ? '   task solved' : ''}`,
  ];
}

function lineOf(state: LiveState): string {
  const { episode, status, plannerHz, expertHz, planAgeSec } = state;
  return [
    `${episode.task}, tick ${episode.tick} of ${episode.maxTicks}`,
    `planner ${plannerHz.toFixed(1)} Hz, expert ${expertHz.toFixed(1)} Hz`,
    `plan age ${seconds(planAgeSec)}`,
    status,
    ...(state.succeedsNow ? ['task solved'] : []),
  ].join(' · ');
}

function planText({ plan }: EpisodeRecord): string {
  if (plan === undefined) return 'none yet';
  const places = plan.points
    .filter(({ label }) => !label.startsWith('grip'))
    .map(({ label, x, y }) => `${label} (${x.toFixed(2)}, ${y.toFixed(2)})`);
  const end = plan.trajectory.at(-1);
  if (end) places.push(`way to (${end.x.toFixed(2)}, ${end.y.toFixed(2)})`);
  return places.join('  ');
}

function rate(hz: number, latencySec: number | undefined): string {
  const latency = latencySec === undefined ? '' : `, ${(latencySec * 1000).toFixed(0)} ms each`;
  return `${hz.toFixed(1).padStart(4)} Hz${latency}`;
}

function seconds(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(1)} s`;
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, share) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

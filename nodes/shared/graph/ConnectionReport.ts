import type { ConnectionFault, ConnectionWatch } from './ConnectionWatch.ts';
import type { Diagnostic } from '../diagnostics/DiagnosticsPublisher.ts';
import type { Graph } from './graph.ts';

/** The faults that are listed, in the log each time and in the diagnostics; others are counted. */
const MAX_REPORTED = 5;

/** Logs each connection fault when it begins, and lists those that last in the diagnostics. */
export class ConnectionReport {
  readonly #watch: ConnectionWatch;
  readonly #graph: Graph;
  readonly #log: (text: string) => void;
  readonly #other: () => readonly ConnectionFault[];
  #faults: readonly ConnectionFault[] = [];

  /** @param other what else keeps messages from arriving */
  constructor(
    watch: ConnectionWatch,
    graph: Graph,
    log: (text: string) => void,
    other: () => readonly ConnectionFault[] = () => [],
  ) {
    this.#watch = watch;
    this.#graph = graph;
    this.#log = log;
    this.#other = other;
  }

  /** Looks at the graph, which does not announce changes: call it regularly. */
  check(): void {
    const known = new Set(this.#faults.map(({ key }) => key));
    this.#faults = [...this.#other(), ...this.#watch.check(this.#graph)];
    const added = this.#faults.filter(({ key }) => !known.has(key));
    for (const { text } of added.slice(0, MAX_REPORTED)) this.#log(text);
    if (added.length > MAX_REPORTED)
      this.#log(`and ${added.length - MAX_REPORTED} more of the kind`);
  }

  diagnostic(): Diagnostic {
    const faults = this.#faults;
    const texts = faults.slice(0, MAX_REPORTED).map(({ text }) => text);
    if (faults.length > MAX_REPORTED) texts.push(`and ${faults.length - MAX_REPORTED} more`);
    const isUnheard = faults.some(({ level }) => level === 'error');
    return {
      part: 'connections',
      level: isUnheard ? 'error' : faults.length > 0 ? 'warn' : 'ok',
      message: texts.join('; '),
      values: { faults: faults.length },
    };
  }
}

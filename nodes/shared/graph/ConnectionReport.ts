import type { ConnectionFault, ConnectionWatch } from './ConnectionWatch.ts';
import type { Diagnostic } from '../diagnostics/DiagnosticsPublisher.ts';
import type { Graph } from './graph.ts';

/** So many are said one by one, in the log each time and in the diagnostics. */
const MAX_REPORTED = 5;

/** Says in the log what begins to be wrong with connections, and in the diagnostics what is. */
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

  /** Call it now and then: the graph tells of changes only to who asks. */
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
    const said = faults.slice(0, MAX_REPORTED).map(({ text }) => text);
    if (faults.length > MAX_REPORTED) said.push(`and ${faults.length - MAX_REPORTED} more`);
    const isUnheard = faults.some(({ level }) => level === 'error');
    return {
      part: 'connections',
      level: isUnheard ? 'error' : faults.length > 0 ? 'warn' : 'ok',
      message: said.join('; '),
      values: { faults: faults.length },
    };
  }
}

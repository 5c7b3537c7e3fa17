import type { Diagnostic } from '../diagnostics/DiagnosticsPublisher.ts';

type Name = { readonly name: string; readonly namespace: string };

/**
 * Looks whether another node has the name of this one: two policies plan against one another, two
 * supervisors count each failure twice, and a service answers from either of them.
 */
export class NameWatch {
  readonly #fullName: string;
  readonly #names: () => readonly Name[];
  readonly #log: (text: string) => void;
  #isReported = false;

  /** @param names of all nodes that the graph shows, this one included */
  constructor(fullName: string, names: () => readonly Name[], log: (text: string) => void) {
    this.#fullName = fullName;
    this.#names = names;
    this.#log = log;
  }

  /** What there is to tell, if anything. A node that is killed stays in the graph for some 20 s. */
  diagnostics(): Diagnostic[] {
    const same = this.#names().filter(
      ({ name, namespace }) => `${namespace.replace(/\/$/, '')}/${name}` === this.#fullName,
    );
    if (same.length < 2) {
      this.#isReported = false;
      return [];
    }
    const message =
      `${same.length} nodes are called ${this.#fullName}, unless one was killed within the last 20 s: ` +
      'end all but one, or give each a namespace';
    if (!this.#isReported) this.#log(message);
    this.#isReported = true;
    return [{ part: 'name', level: 'warn', message }];
  }
}

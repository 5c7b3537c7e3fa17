import { type EndpointId, nameNodes } from '../graph/graph.ts';

/** Between two looks at the graph. */
const LOOK_MS = 100;

export type OtherHandsOptions = {
  /** Of the node that looks. */
  readonly fullName: string;
  /** What another publisher means, as the beginning of a sentence. */
  readonly meaning: string;
  /** Where commands go, and what tells of them: absolute names. */
  readonly topics: readonly string[];
  /** Undefined where the middleware cannot tell. */
  readonly publishersOf: (topic: string) => readonly EndpointId[] | undefined;
  /** An endpoint of the node itself, or of a process that is proven to have ended. */
  readonly isHarmless: (gid: string) => boolean;
  /** Another conflict that keeps this node still, or undefined. */
  readonly otherConflict?: () => string | undefined;
};

/**
 * Finds other nodes that can do what this one alone may do, such as command the arm: they publish where
 * this node publishes, and may have the same name. A publisher alone is a conflict, before its first message.
 */
export class OtherHands {
  readonly #options: OtherHandsOptions;
  #lookedMs = -Infinity;
  #found: string | undefined;
  #isBlind = false;

  constructor(options: OtherHandsOptions) {
    this.#options = options;
  }

  /** Why this node must be still, or undefined if it is alone. Looks ten times a second. */
  conflict(nowMs: number): string | undefined {
    if (nowMs - this.#lookedMs >= LOOK_MS) this.look(nowMs);
    return this.#found;
  }

  /** Looks at the graph at once. */
  look(nowMs: number): void {
    this.#lookedMs = nowMs;
    this.#found = this.#options.otherConflict?.() ?? this.#publishers();
  }

  /** Whether the middleware cannot tell the publishers of a topic. */
  get isBlind(): boolean {
    return this.#isBlind;
  }

  #publishers(): string | undefined {
    const { fullName, meaning, topics, publishersOf, isHarmless } = this.#options;
    const others = new Map<string, readonly EndpointId[]>();
    this.#isBlind = false;
    for (const topic of topics) {
      const found = publishersOf(topic);
      if (found === undefined) this.#isBlind = true;
      const strangers = (found ?? []).filter(({ gid }) => !isHarmless(gid));
      if (strangers.length > 0) others.set(topic, strangers);
    }
    if (others.size === 0) return undefined;
    const all = [...others.values()].flat();
    const isTwin = all.some(({ node }) => node === fullName);
    const who = isTwin ? `another ${nameNodes(all)}` : nameNodes(all);
    const [first, ...more] = others.keys();
    const where = more.length > 0 ? `${first} and ${more.length} more topics` : first;
    return `${meaning}: ${who} publishes ${where}; end it, or this one`;
  }
}

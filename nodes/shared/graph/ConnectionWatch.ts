import type { Endpoint, Graph, Policies } from './graph.ts';

/** A connection that the middleware does not make, or a second publisher, in a sentence. */
export type ConnectionFault = {
  /** Identifies the fault for as long as it lasts. */
  readonly key: string;
  /** `error`: messages of a publisher are not received here. */
  readonly level: 'warn' | 'error';
  readonly text: string;
};

type Listening = { readonly type: string; readonly requests: Policies[] };
type Publishing = { readonly type: string; readonly offers: Policies[] };

/** More than this at one end of a topic are counted and not looked at. */
const MAX_ENDPOINTS = 64;
const LONGEST_NAME = 120;
/** A source that is missing is worth a word when it was missing for this many looks, one a second. */
const PATIENT_LOOKS = 5;

/**
 * Finds the publishers that this node does not receive, the topics that have more publishers than they
 * should, and the subscriptions that do not receive this node. The middleware connects only what is
 * compatible, and reports nothing.
 */
export class ConnectionWatch {
  readonly #listening = new Map<string, Listening>();
  readonly #ofOneSource = new Set<string>();
  /** How often in a row a topic without which a node does nothing had no publisher. */
  readonly #missingLooks = new Map<string, number>();
  readonly #publishing = new Map<string, Publishing>();

  /**
   * @param topic absolute; of several subscriptions of a topic it is enough if one fits
   */
  listens(topic: string, type: string, request: Policies): void {
    const known = this.#listening.get(topic) ?? { type, requests: [] };
    known.requests.push(request);
    this.#listening.set(topic, known);
  }

  /** Two publishers of this topic, which is listened to, would contradict each other. */
  expectsOneSource(topic: string): void {
    this.#ofOneSource.add(topic);
  }

  /** Without a publisher of this topic, which is listened to, the node does nothing. */
  requiresSource(topic: string): void {
    this.#missingLooks.set(topic, 0);
  }

  publishes(topic: string, type: string, offer: Policies): void {
    const known = this.#publishing.get(topic) ?? { type, offers: [] };
    known.offers.push(offer);
    this.#publishing.set(topic, known);
  }

  check(graph: Graph): ConnectionFault[] {
    return [...this.#unheard(graph), ...this.#unreached(graph)];
  }

  *#unheard(graph: Graph): Generator<ConnectionFault> {
    for (const [topic, { type, requests }] of this.#listening) {
      const count = graph.countPublishers(topic);
      const missingLooks = count === 0 ? 1 + (this.#missingLooks.get(topic) ?? -Infinity) : 0;
      if (this.#missingLooks.has(topic)) this.#missingLooks.set(topic, missingLooks);
      if (missingLooks >= PATIENT_LOOKS) yield noSource(topic);
      if (count === 0) continue;
      if (count > MAX_ENDPOINTS) {
        yield tooMany(topic, 'publishers', count);
        continue;
      }
      const publishers = graph.publishers(topic);
      for (const publisher of publishers) {
        const why = misfit(publisher, type, requests, (request) => gaps(publisher, request));
        if (why === undefined) continue;
        const text = `what ${shown(publisher.node)} publishes on ${topic} is not received: ${why}`;
        yield { key: `${topic} ${publisher.gid}`, level: 'error', text };
      }
      const isOne = publishers.length === 1 || !this.#ofOneSource.has(topic);
      if (!isOne) yield severalSources(topic, publishers);
    }
  }

  *#unreached(graph: Graph): Generator<ConnectionFault> {
    for (const [topic, { type, offers }] of this.#publishing) {
      const count = graph.countSubscriptions(topic);
      if (count === 0) continue;
      if (count > MAX_ENDPOINTS) {
        yield tooMany(topic, 'subscriptions', count);
        continue;
      }
      for (const listener of graph.subscriptions(topic)) {
        const why = misfit(listener, type, offers, (offer) => gaps(offer, listener));
        if (why === undefined) continue;
        const text = `what is published on ${topic} does not reach ${shown(listener.node)}: ${why}`;
        yield { key: `${topic} ${listener.gid}`, level: 'warn', text };
      }
    }
  }
}

/** Why none of our ends of a topic fits to another's; undefined where one does. */
function misfit(
  other: Endpoint,
  type: string,
  ours: readonly Policies[],
  gapsTo: (own: Policies) => string[],
): string | undefined {
  if (other.type !== type) return `type: expected ${type}, found ${shown(other.type)}`;
  const all = ours.map(gapsTo);
  return all.some((one) => one.length === 0) ? undefined : all[0]!.join('; ');
}

/** What a subscription asks for and a publisher does not offer. */
function gaps(offer: Policies, request: Policies): string[] {
  return [
    ...(offer.reliability === 'best_effort' && request.reliability === 'reliable'
      ? ['reliability: expected reliable, found best_effort']
      : []),
    ...(offer.durability === 'volatile' && request.durability === 'transient_local'
      ? ['durability: expected transient_local, found volatile']
      : []),
  ];
}

function severalSources(topic: string, publishers: readonly Endpoint[]): ConnectionFault {
  const names = publishers.map(({ node }) => shown(node)).sort();
  const isTwice = new Set(names).size < names.length;
  const remark = isTwice ? ' (one that was killed is counted for some seconds)' : '';
  const found = `${names.length}: ${names.join(', ')}${remark}`;
  const text = `${topic}: expected one publisher, found ${found}`;
  return { key: `${topic} ${names.join(' ')}`, level: 'warn', text };
}

function noSource(topic: string): ConnectionFault {
  const text = `${topic}: expected a publisher, found none`;
  return { key: `${topic} no publisher`, level: 'error', text };
}

function tooMany(topic: string, what: string, count: number): ConnectionFault {
  const text = `${topic}: expected at most ${MAX_ENDPOINTS} ${what}, found ${count}`;
  return { key: `${topic} ${what}`, level: 'warn', text };
}

/** Names in the graph come from outside: nothing in them may reach a terminal as it is. */
function shown(name: string | undefined): string {
  if (name === undefined) return 'a program without a node';
  return name.slice(0, LONGEST_NAME).replace(/[^\w/.-]/g, '?');
}

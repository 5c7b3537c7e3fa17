import type { PolicyRequest, PolicyResult } from '../ServedPolicy.ts';
import type { WireValue } from '../wire.ts';

/** The fields of a message. */
export type WireMap = Readonly<Record<string, WireValue | undefined>>;

/** What a server says of its model, and needs to read a request. */
export type ServedModel = {
  readonly name: string;
  readonly statisticsKey: string;
  readonly horizon: number;
  readonly dim: number;
  /** Numbers of proprioception that the model reads; 0: none. */
  readonly stateDim: number;
};

/** A request as its client sent it, ready to be run. */
export type ParsedRequest =
  | { readonly kind: 'ping' }
  /** One for each element of the batch, at least one. */
  | { readonly kind: 'infer'; readonly requests: readonly PolicyRequest[] };

/** What one kind of client says and expects. */
export type Dialect = {
  readonly name: string;
  /** Whether a message is one of this dialect. */
  readonly recognises: (message: WireMap) => boolean;
  /** @throws RangeError that says what was expected and what was found */
  readonly parse: (message: WireMap, model: ServedModel) => ParsedRequest;
  readonly pong: (message: WireMap) => WireValue;
  readonly answer: (results: readonly PolicyResult[], message: WireMap) => WireValue;
  /** A text ends the connection, as these clients expect; a map does not. */
  readonly error: (reason: string, message: WireMap) => WireMap | string;
};

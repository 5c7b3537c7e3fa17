import { boundText } from '../../../core/text/boundText.ts';

/** How often a callback has thrown, and its last message. */
export type CallbackFault = { readonly count: number; readonly lastMessage: string };

/** Characters of a message with its stack. */
const MAX_LOGGED = 4096;
/** Between two log lines of one callback that keeps throwing. */
const LOG_INTERVAL_MS = 5000;

/**
 * Runs callbacks so that nothing they throw gets past: a throw across the native boundary of
 * rclnodejs ends the process with SIGABRT, unseen by any handler. What was thrown is logged (a
 * callback that keeps throwing: once in a while) and counted for the diagnostics.
 */
export class Guard {
  readonly #log: (text: string) => void;
  readonly #nowMs: () => number;
  readonly #faults = new Map<string, { count: number; lastMessage: string; loggedMs: number }>();

  constructor(log: (text: string) => void, nowMs: () => number = () => performance.now()) {
    this.#log = log;
    this.#nowMs = nowMs;
  }

  /** What was thrown so far, by callback. */
  get faults(): ReadonlyMap<string, CallbackFault> {
    return this.#faults;
  }

  /** The result, or `undefined` where `callback` threw. */
  run<T>(name: string, callback: () => T): T | undefined {
    try {
      return callback();
    } catch (error) {
      this.report(name, error);
      return undefined;
    }
  }

  /** `callback` that no longer throws; a promise that it returns no longer rejects unseen. */
  wrap<Args extends unknown[]>(
    name: string,
    callback: (...args: Args) => void | Promise<void>,
  ): (...args: Args) => void {
    return (...args) => {
      try {
        const pending = callback(...args);
        if (pending instanceof Promise) this.watch(name, pending);
      } catch (error) {
        this.report(name, error);
      }
    };
  }

  /** Counts a rejection; for work whose end is not awaited. */
  watch(name: string, pending: Promise<unknown>): void {
    pending.catch((error: unknown) => this.report(name, error));
  }

  report(name: string, error: unknown): void {
    const text = boundText(error instanceof Error ? error.message : String(error));
    const stack = boundText(error instanceof Error ? (error.stack ?? text) : text, MAX_LOGGED);
    const now = this.#nowMs();
    const fault = this.#faults.get(name) ?? { count: 0, lastMessage: '', loggedMs: -Infinity };
    fault.count++;
    fault.lastMessage = text;
    if (now - fault.loggedMs >= LOG_INTERVAL_MS) {
      fault.loggedMs = now;
      this.#log(`exception in ${name} (${fault.count} so far): ${stack}`);
    }
    this.#faults.set(name, fault);
  }
}

import type { ControllerOutput } from '../../core/control/ControllerOutput.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import { QuantileMeter } from '../shared/diagnostics/QuantileMeter.ts';

const LEVELS = {
  RUNNING: 'ok',
  LIMITED: 'ok',
  HOLD_STARVED: 'ok',
  HOLD_STALE: 'error',
  STOPPED: 'warn',
  FAULT: 'error',
} as const;

type Answer = { readonly accepted: true } | { readonly accepted: false; readonly reason: string };

/** Accepted and refused messages of one kind. */
class Tally {
  #accepted = 0;
  #refused = 0;
  #refusedBefore = 0;
  #lastReason = '';

  add(answer: Answer): void {
    if (answer.accepted) this.#accepted++;
    else {
      this.#refused++;
      this.#lastReason = answer.reason;
    }
  }

  diagnostic(part: string): Diagnostic {
    const isNew = this.#refused > this.#refusedBefore;
    this.#refusedBefore = this.#refused;
    return {
      part,
      level: isNew ? 'warn' : 'ok',
      message: isNew ? this.#lastReason : '',
      values: {
        accepted: this.#accepted,
        refused: this.#refused,
        last_refusal: this.#lastReason,
      },
    };
  }
}

/** What the controller node tells about itself. */
export class ControllerStatistics {
  readonly joints = new Tally();
  readonly chunks = new Tally();
  readonly #periodMs: number;
  readonly #jitterMs = new QuantileMeter(1500);
  #lastStepMs: number | undefined;
  #output: ControllerOutput | undefined;

  constructor(periodSec: number) {
    this.#periodMs = periodSec * 1000;
  }

  /** @param startedMs NaN for what was no control period */
  step(output: ControllerOutput, startedMs: number): void {
    if (this.#lastStepMs !== undefined && !Number.isNaN(startedMs + this.#lastStepMs)) {
      this.#jitterMs.add(Math.abs(startedMs - this.#lastStepMs - this.#periodMs));
    }
    this.#lastStepMs = startedMs;
    this.#output = output;
  }

  /** The next step does not follow on the last one. */
  pause(): void {
    this.#lastStepMs = undefined;
    this.#output = undefined;
  }

  diagnostics(): Diagnostic[] {
    return [
      this.#execution(),
      this.joints.diagnostic('joint states'),
      this.chunks.diagnostic('action chunks'),
    ];
  }

  #execution(): Diagnostic {
    const output = this.#output;
    if (!output) return { part: 'execution', level: 'ok', message: 'not active' };
    return {
      part: 'execution',
      level: LEVELS[output.status],
      message: [output.status, output.reason].filter(Boolean).join(': '),
      values: {
        epoch: output.epoch,
        ticks_consumed: output.tick,
        leftover: output.leftover,
        limits_active: output.limitsActive.join(' '),
        jitter_p50_ms: this.#jitterMs.quantile(0.5).toFixed(3),
        jitter_p99_ms: this.#jitterMs.quantile(0.99).toFixed(3),
      },
    };
  }
}

import { type Deviation, executionDeviations } from '../../core/execution/ExecutionSpec.ts';
import { boundText } from '../../core/text/boundText.ts';
import type { Diagnostic } from '../shared/diagnostics/DiagnosticsPublisher.ts';
import { executionSpecFromText } from '../../adapters/messages/executionSpec.ts';
import { deviationText, type Execution } from './execution.ts';
import { parametersOf } from './executionParameters.ts';

type Difference = { readonly model: string; readonly deviations: readonly Deviation[] };

/**
 * Reports how the execution of chunks deviates from what a model asks: the controller's own model, by its
 * parameters, and that of the policy, by its message on `execution_spec`. The latter is only compared:
 * no message changes how chunks are executed.
 */
export class ExecutionWatch {
  readonly #execution: Execution;
  readonly #warn: (text: string) => void;
  #policy: Difference | undefined;
  #lastWarning = '';

  constructor(execution: Execution, warn: (text: string) => void) {
    this.#execution = execution;
    this.#warn = warn;
    this.#warnOnce();
  }

  /** Takes a message of `execution_spec`. */
  receive(text: string): void {
    const asked = executionSpecFromText(text);
    if (asked === undefined) return;
    const deviations = executionDeviations(asked.spec, this.#execution.spec);
    this.#policy = { model: boundText(asked.model, 128), deviations };
    this.#warnOnce();
  }

  diagnostic(): Diagnostic {
    const { spec, model } = this.#execution;
    const difference = this.#difference();
    const isOpen = model === undefined ? 'no model says how chunks are executed' : '';
    return {
      part: 'execution of chunks',
      level: difference === '' ? 'ok' : 'warn',
      message: difference || isOpen,
      values: {
        model: model ?? '',
        model_of_policy: this.#policy?.model ?? '',
        ...parametersOf(spec),
      },
    };
  }

  #difference(): string {
    const { model, deviations } = this.#execution;
    const own = { model: model ?? '', deviations };
    const ofPolicy = this.#policy?.deviations.length ? this.#policy : undefined;
    const { deviations: found, ...of } = ofPolicy ?? own;
    return found.length === 0 ? '' : deviationText(of.model, found);
  }

  /** Warns once of each difference. */
  #warnOnce(): void {
    const difference = this.#difference();
    if (difference !== '' && difference !== this.#lastWarning) this.#warn(difference);
    this.#lastWarning = difference;
  }
}

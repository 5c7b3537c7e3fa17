import type { PlanEvent, ReplayEvent, Stage } from '../../core/replay/ReplayEvent.ts';
import type { Observation } from '../../core/observation/Observation.ts';
import {
  compareEvents,
  type Difference,
  type Tolerances,
} from '../../core/replay/compareEvents.ts';
import type { GoldenReader } from './GoldenFile.ts';
import type { Replayed } from './ReplayRun.ts';

/** In the order in which data flows: of two differences in one period the first is the cause. */
const STAGES: readonly Stage[] = ['observation', 'plan', 'chunk', 'command'];

export type StageResult = {
  readonly stage: Stage;
  readonly compared: number;
  readonly different: number;
  /** Largest difference of numbers. */
  readonly largest: number;
};

/** The first difference, with what was to be seen at the time. */
export type FirstDifference = {
  readonly difference: Difference;
  readonly observation: Observation | undefined;
  readonly expectedPlan: PlanEvent | undefined;
  readonly foundPlan: PlanEvent | undefined;
};

/** Compares a replay with a golden file, stage by stage: the n-th plan with the n-th plan. */
export class GoldenComparison {
  readonly #golden: GoldenReader;
  readonly #tolerances: Tolerances;
  readonly #waiting = new Map<Stage, ReplayEvent[]>(STAGES.map((stage) => [stage, []]));
  readonly #results = new Map<Stage, { compared: number; different: number; largest: number }>(
    STAGES.map((stage) => [stage, { compared: 0, different: 0, largest: 0 }]),
  );
  #expectedPlan: PlanEvent | undefined;
  #foundPlan: PlanEvent | undefined;
  #first: FirstDifference | undefined;

  constructor(golden: GoldenReader, tolerances: Tolerances) {
    this.#golden = golden;
    this.#tolerances = tolerances;
  }

  get first(): FirstDifference | undefined {
    return this.#first;
  }

  get results(): readonly StageResult[] {
    return STAGES.map((stage) => ({ stage, ...this.#results.get(stage)! }));
  }

  async take({ event, observation }: Replayed): Promise<void> {
    const expected = await this.#nextOf(event.stage);
    if (expected?.stage === 'plan') this.#expectedPlan = expected;
    if (event.stage === 'plan') this.#foundPlan = event;
    this.#compare(expected, event, observation);
  }

  /** What of the golden file is left has no counterpart. */
  async finish(): Promise<void> {
    for (let left = await this.#golden.next(); left; left = await this.#golden.next()) {
      this.#waiting.get(left.stage)!.push(left);
    }
    for (const events of this.#waiting.values()) {
      for (const event of events) this.#compare(event, undefined, undefined);
    }
  }

  async #nextOf(stage: Stage): Promise<ReplayEvent | undefined> {
    const queue = this.#waiting.get(stage)!;
    while (queue.length === 0) {
      const event = await this.#golden.next();
      if (!event) return undefined;
      this.#waiting.get(event.stage)!.push(event);
    }
    return queue.shift();
  }

  #compare(
    expected: ReplayEvent | undefined,
    found: ReplayEvent | undefined,
    observation: Observation | undefined,
  ): void {
    const result = this.#results.get((found ?? expected)!.stage)!;
    result.compared += 1;
    const difference = compareEvents(expected, found, this.#tolerances);
    if (!difference) return;
    result.different += 1;
    result.largest = Math.max(result.largest, difference.size ?? 0);
    if (this.#first && !isEarlier(difference, this.#first.difference)) return;
    this.#first = {
      difference,
      observation,
      expectedPlan: this.#expectedPlan,
      foundPlan: this.#foundPlan,
    };
  }
}

function isEarlier(a: Difference, b: Difference): boolean {
  if (a.period !== b.period) return a.period < b.period;
  return STAGES.indexOf(a.stage) < STAGES.indexOf(b.stage);
}

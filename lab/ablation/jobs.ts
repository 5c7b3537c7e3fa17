import { join } from 'node:path';
import type { AblationSpec } from './AblationSpec.ts';
import type { Condition } from './conditions.ts';

/** One command; its name is that of its log and of the mark that it is done. */
export type Job = {
  readonly name: string;
  readonly program: 'st4vla' | 'training' | 'export';
  readonly args: readonly string[];
};

/** One training of a condition with a learning rate, for a share of the steps. */
export type Training = {
  readonly condition: Condition;
  readonly seed: number;
  readonly rate: number;
  /** Of the steps of stage (ii). */
  readonly share: number;
};

/** The commands of an ablation; every file is below `folder`. */
export class AblationJobs {
  readonly #plan: AblationSpec;
  readonly #robot: string;
  readonly #folder: string;
  readonly #device: string;

  constructor(plan: AblationSpec, robot: string, folder: string, device: string) {
    this.#plan = plan;
    this.#robot = robot;
    this.#folder = folder;
    this.#device = device;
  }

  data(): Job[] {
    return (['static', 'episodes'] as const).map((kind) => {
      const { count, seed } = this.#plan[kind];
      const options = optionWords({ robot: this.#robot, out: this.#data(kind), count, seed });
      return { name: `data-${kind}`, program: 'st4vla', args: ['data', kind, ...options] };
    });
  }

  /** Stage (i); undefined for conditions without one. */
  pretraining({ pretraining }: Condition, seed: number): Job | undefined {
    if (pretraining === 'none') return undefined;
    const { steps, batch, rate } = this.#plan.pretraining;
    const name = pretrainedName(pretraining, seed);
    const options = optionWords({
      objective: pretraining,
      static: this.#data('static'),
      steps,
      batch,
      rate,
      ...this.#checkpoint(name, seed),
    });
    return { name, program: 'training', args: ['grounding', ...options] };
  }

  /** Stage (ii): planner and expert together, from end to end. */
  actions(training: Training): Job {
    const { condition, seed, rate, share } = training;
    const { batch, staticBatch } = this.#plan.actions;
    const name = trainingName(training);
    const start =
      condition.pretraining === 'none'
        ? ['--from-scratch']
        : ['--init', this.checkpointFile(pretrainedName(condition.pretraining, seed))];
    const options = optionWords({
      mode: 'joint',
      episodes: this.#data('episodes'),
      static: this.#data('static'),
      batch,
      'static-batch': staticBatch,
      rate,
      'planner-rate': rate,
      steps: Math.max(1, Math.round(this.stepsOf(condition) * share)),
      ...(condition.guided ? {} : { 'spatial-weight': 0 }),
      ...this.#checkpoint(name, seed),
    });
    return { name, program: 'training', args: ['actions', ...start, ...options] };
  }

  /** A condition without stage (i) has as many steps more as the planner saw frames there. */
  stepsOf({ pretraining }: Condition): number {
    const { pretraining: before, actions } = this.#plan;
    if (pretraining !== 'none') return actions.steps;
    const perStep = actions.batch + actions.staticBatch;
    return actions.steps + Math.round((before.steps * before.batch) / perStep);
  }

  exporting(training: Training): Job {
    const name = trainingName(training);
    const options = optionWords({
      checkpoint: this.checkpointFile(name),
      out: this.#model(name),
      episodes: this.#data('episodes'),
    });
    return { name: `export-${name}`, program: 'export', args: ['export', ...options] };
  }

  evaluation(training: Training): Job {
    const name = trainingName(training);
    const { episodes, seed } = this.#plan.evaluation;
    const options = optionWords({
      robot: this.#robot,
      model: this.#model(name),
      episodes,
      seed,
      out: this.evaluationFolder(name),
    });
    return { name: `eval-${name}`, program: 'st4vla', args: ['eval', ...options] };
  }

  checkpointFile(name: string): string {
    return join(this.#folder, 'train', `${name}.pt`);
  }

  /** One JSON object a line: losses, and figures on what was held out. */
  trainingLog(name: string): string {
    return join(this.#folder, 'train', `${name}.jsonl`);
  }

  evaluationFolder(name: string): string {
    return join(this.#folder, 'eval', name);
  }

  #data(kind: 'static' | 'episodes'): string {
    return join(this.#folder, 'data', kind);
  }

  #model(name: string): string {
    return join(this.#folder, 'models', name);
  }

  #checkpoint(name: string, seed: number) {
    return { out: join(this.#folder, 'train'), name, seed, device: this.#device };
  }
}

function optionWords(values: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

export function pretrainedName(pretraining: string, seed: number): string {
  return `${pretraining}-seed${seed}`;
}

export function trainingName({ condition, seed, rate, share }: Training): string {
  return `${condition.name}-seed${seed}-rate${rate}${share < 1 ? '-trial' : ''}`;
}

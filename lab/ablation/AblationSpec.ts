import { parseDocument } from 'yaml';
import { type Fault, FaultError } from '../../core/config/Fault.ts';
import { FieldReader } from '../../core/config/FieldReader.ts';

type DatasetSize = { readonly count: number; readonly seed: number };

/** How much every condition of an ablation gets; the same for all of them. */
export type AblationSpec = {
  readonly static: DatasetSize;
  readonly episodes: DatasetSize;
  /** Stage (i): scenes in a batch and learning rate of the planner. */
  readonly pretraining: {
    readonly steps: number;
    readonly batch: number;
    readonly rate: number;
  };
  /** Stage (ii): frames of episodes in a batch, and scenes beside them where the plan is guided. */
  readonly actions: {
    readonly steps: number;
    readonly batch: number;
    readonly staticBatch: number;
  };
  /** Learning rates of stage (ii) that each condition tries, each for `trialShare` of the steps. */
  readonly rates: readonly number[];
  readonly trialShare: number;
  /** The first is for all conditions, the rest for the strongest vanilla and the full one. */
  readonly trainingSeeds: readonly number[];
  readonly evaluation: { readonly episodes: number; readonly seed: number };
};

/**
 * @param scale of steps and counts, for a shorter run
 * @throws FaultError with everything that is wrong with the file
 */
export function readAblationSpec(text: string, source: string, scale = 1): AblationSpec {
  const faults: Fault[] = [];
  const document = parseDocument(text);
  for (const { message } of document.errors) {
    faults.push({ source, field: '', expected: 'YAML', found: message });
  }
  const root = new FieldReader(document.errors.length > 0 ? {} : document.toJS(), source, faults);
  if (document.errors.length > 0) throw new FaultError(source, faults);
  root.object([
    'static',
    'episodes',
    'pretraining',
    'actions',
    'rates',
    'trial_share',
    'training_seeds',
    'evaluation',
  ]);
  const scaled = (field: FieldReader) =>
    Math.max(1, Math.round(field.integer({ min: 1, max: 1e7 }) * scale));
  const plan: AblationSpec = {
    static: readData(root.at('static'), scaled),
    episodes: readData(root.at('episodes'), scaled),
    pretraining: readPretraining(root.at('pretraining'), scaled),
    actions: readActions(root.at('actions'), scaled),
    rates: root.at('rates').numbers(undefined, { above: 0, max: 1 }),
    trialShare: root.at('trial_share').number({ above: 0, max: 1 }),
    trainingSeeds: root.at('training_seeds').numbers(undefined, { min: 0, max: 1e6 }),
    evaluation: readEvaluation(root.at('evaluation')),
  };
  requireSome(root.at('rates'), plan.rates);
  requireSome(root.at('training_seeds'), plan.trainingSeeds);
  if (faults.length > 0) throw new FaultError(source, faults);
  return plan;
}

type ScaledInteger = (field: FieldReader) => number;

function readData(data: FieldReader, scaled: ScaledInteger): DatasetSize {
  data.object(['count', 'seed']);
  return { count: scaled(data.at('count')), seed: data.at('seed').integer({ min: 0, max: 9 }) };
}

function readPretraining(stage: FieldReader, scaled: ScaledInteger): AblationSpec['pretraining'] {
  stage.object(['steps', 'batch', 'rate']);
  return {
    steps: scaled(stage.at('steps')),
    batch: stage.at('batch').integer({ min: 1, max: 4096 }),
    rate: stage.at('rate').number({ above: 0, max: 1 }),
  };
}

function readActions(stage: FieldReader, scaled: ScaledInteger): AblationSpec['actions'] {
  stage.object(['steps', 'batch', 'static_batch']);
  return {
    steps: scaled(stage.at('steps')),
    batch: stage.at('batch').integer({ min: 1, max: 4096 }),
    staticBatch: stage.at('static_batch').integer({ min: 1, max: 4096 }),
  };
}

function readEvaluation(evaluation: FieldReader): AblationSpec['evaluation'] {
  evaluation.object(['episodes', 'seed']);
  return {
    episodes: evaluation.at('episodes').integer({ min: 1, max: 1000 }),
    seed: evaluation.at('seed').integer({ min: 0, max: 1e6 }),
  };
}

function requireSome(field: FieldReader, values: readonly number[]): void {
  if (values.length === 0 || new Set(values).size < values.length) {
    field.fault('at least one number, none twice');
  }
}

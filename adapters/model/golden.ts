import { type Fault, FaultError } from '../../core/config/Fault.ts';
import { FieldReader } from '../../core/config/FieldReader.ts';
import { ANSWER_KINDS, type AnswerKind } from '../../core/plan/AnswerKind.ts';
import type { HeadsSpec } from '../../core/policy/ModelSpec.ts';
import { type ModelPackage, readJson } from './ModelPackage.ts';

/** One input of a model and what the training framework computed from it. */
export type Golden = {
  readonly instruction: string;
  /** The arm that the expected actions are for. */
  readonly embodiment: string;
  readonly inputIds: readonly number[];
  readonly imageFile: string;
  readonly proprio: Float32Array | undefined;
  readonly prefix: Float32Array;
  readonly noise: Float32Array;
  readonly expected: {
    /** Absent where the model has no such heads. */
    readonly heads: GoldenHeads | undefined;
    readonly answers: ReadonlyMap<AnswerKind, GoldenAnswer>;
    readonly normalisedActions: Float32Array;
    readonly actions: Float32Array;
  };
};

export type GoldenHeads = {
  readonly boxes: Float32Array;
  readonly points: Float32Array;
  readonly pointScores: Float32Array;
  readonly trajectory: Float32Array;
};

/** Greedily decoded, without the token that ends an answer. */
export type GoldenAnswer = { readonly ids: readonly number[]; readonly text: string };

/** Reads a package's golden run; throws a `FaultError` where it does not fit the manifest. */
export async function readGolden(modelPackage: ModelPackage): Promise<Golden> {
  const { manifest, folder } = modelPackage;
  const { image, action, spatial, golden, embodiments } = manifest;
  const subject = `model package ${folder}`;
  const faults: Fault[] = [];
  const root = new FieldReader(readJson(folder, golden.file, subject), golden.file, faults);
  const inputs = ['instruction', 'input_ids', 'image_file', 'proprio', 'prefix', 'noise'];
  root.object([...inputs, 'embodiment', 'expected']);
  const expected = root.at('expected');
  const imageFile = root.at('image_file').string();
  const bytes = image.views.length * image.height * image.width * 3;
  if (manifest.files.get(imageFile)?.bytes !== bytes) {
    root.at('image_file').fault(`one of the manifest's files, with ${bytes} bytes`);
  }
  const [first = '', ...others] = embodiments.keys();
  const embodiment = root.at('embodiment');
  const result: Golden = {
    instruction: root.at('instruction').string(),
    embodiment: embodiment.present ? embodiment.oneOf([first, ...others]) : first,
    inputIds: root.at('input_ids').list((id) => id.integer({ min: 0 })),
    imageFile,
    proprio: manifest.proprio
      ? Float32Array.from(root.at('proprio').numbers(manifest.proprio.dim))
      : undefined,
    prefix:
      action.prefixRows > 0
        ? rows(root.at('prefix'), action.prefixRows, action.dim)
        : new Float32Array(0),
    noise: rows(root.at('noise'), action.horizon, action.dim),
    expected: {
      heads: spatial.mode === 'heads' ? readHeads(expected, spatial) : undefined,
      answers: expected.at('answers').present ? readAnswers(expected.at('answers')) : new Map(),
      normalisedActions: rows(expected.at('normalised_actions'), action.horizon, action.dim),
      actions: rows(expected.at('actions'), action.horizon, action.dim),
    },
  };
  if (faults.length > 0) throw new FaultError(subject, faults);
  return result;
}

function readHeads(expected: FieldReader, spatial: HeadsSpec): GoldenHeads {
  return {
    boxes: rows(expected.at('boxes'), spatial.boxes.length, 4),
    points: rows(expected.at('points'), spatial.points.length, 2),
    pointScores: Float32Array.from(expected.at('point_scores').numbers(spatial.points.length)),
    trajectory: rows(expected.at('trajectory'), spatial.trajectory, 2),
  };
}

function readAnswers(answers: FieldReader): ReadonlyMap<AnswerKind, GoldenAnswer> {
  answers.object(ANSWER_KINDS);
  const found = ANSWER_KINDS.filter((kind) => answers.at(kind).present);
  return new Map(
    found.map((kind) => {
      const answer = answers.at(kind).object(['ids', 'text']);
      const text = answer.at('text');
      // An answer may be empty, other than texts in general.
      if (typeof text.value !== 'string') text.fault('a text');
      const ids = answer.at('ids').list((id) => id.integer({ min: 0 }));
      return [kind, { ids, text: String(text.value) }];
    }),
  );
}

function rows(field: FieldReader, count: number, width: number): Float32Array {
  return Float32Array.from(field.list((row) => row.numbers(width), count).flat());
}

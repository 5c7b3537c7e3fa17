import { type Fault, showValue } from '../../core/config/Fault.ts';
import { FieldReader } from '../../core/config/FieldReader.ts';
import type { ModelSpec } from '../../core/policy/ModelSpec.ts';
import { checkGraphContract, graphsOf } from './graphContract.ts';
import { readEmbodiments } from './embodimentSection.ts';
import { checkAnswers } from './answerContract.ts';
import {
  readAction,
  readDiffusion,
  readFile,
  readGraphs,
  readImage,
  readProprio,
  readTokenizer,
} from './manifestSections.ts';
import type { PackageFile } from './manifestSections.ts';
import { readPrompt } from './promptSection.ts';
import { readSpatial } from './spatialSection.ts';

export const MANIFEST_FILE = 'manifest.json';

/** `manifest.json` of a model package, as docs/model-package.md describes it. */
export type Manifest = ModelSpec & {
  readonly formatVersion: 1;
  readonly description: string | undefined;
  readonly licence: string;
  /** The manifest has the section `embodiments`, not the fields for a single arm. */
  readonly listsArms: boolean;
  readonly createdBy: {
    readonly command: string;
    readonly commit: string;
    readonly machine: string;
  };
  readonly files: ReadonlyMap<string, PackageFile>;
  readonly statistics: { readonly file: string; readonly keys: readonly string[] };
  readonly golden: { readonly file: string; readonly tolerance: number };
};

export type ManifestResult =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly faults: readonly Fault[] };

const SECTIONS = [
  'format_version',
  'name',
  'description',
  'licence',
  'embodiment',
  'embodiments',
  'created_by',
  'files',
  'graphs',
  'image',
  'eye_image',
  'prompt',
  'tokenizer',
  'spatial',
  'diffusion',
  'action',
  'proprio',
  'ensemble',
  'execution_horizon',
  'statistics',
  'golden',
] as const;

/** Reads a manifest from parsed JSON; `source` is the name that faults give it. */
export function parseManifest(json: unknown, source: string = MANIFEST_FILE): ManifestResult {
  const faults: Fault[] = [];
  const root = new FieldReader(json, source, faults).object(SECTIONS);
  const createdBy = root.at('created_by').object(['command', 'commit', 'machine']);
  const statistics = root.at('statistics').object(['file', 'keys']);
  const golden = root.at('golden').object(['file', 'tolerance']);
  const action = readAction(root.at('action'));
  const withinChunk = { min: 1, max: Math.max(1, action.horizon) };
  const manifest: Manifest = {
    formatVersion: root.at('format_version').oneOf([1]),
    name: root.at('name').string(),
    description: root.at('description').present ? root.at('description').string() : undefined,
    licence: root.at('licence').string(),
    listsArms: root.at('embodiments').present,
    embodiments: readEmbodiments(root, action.horizon),
    createdBy: {
      command: createdBy.at('command').string(),
      commit: createdBy.at('commit').string(),
      machine: createdBy.at('machine').string(),
    },
    files: root.at('files').record(readFile),
    graphs: readGraphs(root.at('graphs')),
    image: readImage(root.at('image'), root.at('eye_image')),
    prompt: readPrompt(root.at('prompt')),
    tokenizer: readTokenizer(root.at('tokenizer')),
    spatial: readSpatial(root.at('spatial')),
    diffusion: readDiffusion(root.at('diffusion')),
    action,
    proprio: root.at('proprio').present ? readProprio(root.at('proprio')) : undefined,
    ensembleAlpha: root.at('ensemble').at('alpha').number({ min: 0 }),
    executionHorizon: root.at('execution_horizon').integer(withinChunk),
    statistics: {
      file: statistics.at('file').string(),
      keys: statistics.at('keys').list((key) => key.string()),
    },
    golden: {
      file: golden.at('file').string(),
      tolerance: golden.at('tolerance').number({ above: 0 }),
    },
  };
  if (faults.length === 0) checkAcrossSections(manifest, source, faults);
  return faults.length === 0 ? { ok: true, manifest } : { ok: false, faults };
}

/** Files that the manifest names outside of `files`, with the field that names them. */
export function referredFiles(manifest: Manifest): readonly { field: string; file: string }[] {
  return [
    ...graphsOf(manifest).map(([name, { file }]) => ({ field: `graphs.${name}.file`, file })),
    { field: 'tokenizer.file', file: manifest.tokenizer.file },
    { field: 'statistics.file', file: manifest.statistics.file },
    { field: 'golden.file', file: manifest.golden.file },
  ];
}

/** The field that holds an arm's statistics key. */
export function statisticsKeyField({ listsArms }: Manifest, arm: string): string {
  return listsArms ? `embodiments.${arm}.statistics_key` : 'action.statistics_key';
}

function checkAcrossSections(manifest: Manifest, source: string, faults: Fault[]): void {
  const fault = (field: string, expected: string, found: string) =>
    faults.push({ source, field, expected, found });
  for (const { field, file } of referredFiles(manifest)) {
    if (!manifest.files.has(file)) fault(field, 'one of the names in files', showValue(file));
  }
  const { keys } = manifest.statistics;
  for (const [arm, { statisticsKey }] of manifest.embodiments) {
    if (keys.includes(statisticsKey)) continue;
    const expected = `one of statistics.keys (${keys.join(', ')})`;
    fault(statisticsKeyField(manifest, arm), expected, showValue(statisticsKey));
  }
  checkGraphContract(manifest, source, faults);
  checkAnswers(manifest, source, faults);
}

import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { basename, join, posix, resolve, sep } from 'node:path';
import { readBoundedText } from '../files/readBounded.ts';
import { type Fault, FaultError, showValue } from '../../core/config/Fault.ts';
import { type ActionStatistics, parseStatistics } from '../../core/policy/ActionStatistics.ts';
import type { GraphName } from '../../core/policy/ModelSpec.ts';
import type { Tokenizer } from '../../core/policy/Tokenizer.ts';
import { externalDataFiles } from '../onnx/externalData.ts';
import { graphsOf } from './graphContract.ts';
import { HuggingFaceTokenizer } from './HuggingFaceTokenizer.ts';
import { type Manifest, MANIFEST_FILE, parseManifest, statisticsKeyField } from './Manifest.ts';
import type { PackageFile } from './manifestSections.ts';

export type LoadOptions = {
  /** Read every file once to compare its SHA-256; true by default. */
  readonly verifyHashes?: boolean;
};

/** A model package whose files are complete and whole; `createPolicy` makes it run. */
export class ModelPackage {
  /** Absolute path. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly tokenizer: Tokenizer;
  /** By the name of the arm. */
  readonly statistics: ReadonlyMap<string, ActionStatistics>;
  /** What each graph keeps outside its own file; names of the manifest's files. */
  readonly weightFiles: ReadonlyMap<GraphName, readonly string[]>;

  private constructor(
    folder: string,
    manifest: Manifest,
    parts: Pick<ModelPackage, 'tokenizer' | 'statistics' | 'weightFiles'>,
  ) {
    this.folder = folder;
    this.manifest = manifest;
    this.tokenizer = parts.tokenizer;
    this.statistics = parts.statistics;
    this.weightFiles = parts.weightFiles;
  }

  /** Reads and checks a package's folder; throws a `FaultError` with all that is wrong with it. */
  static async load(folder: string, options: LoadOptions = {}): Promise<ModelPackage> {
    const root = resolve(folder);
    const subject = `model package ${folder}`;
    const manifest = await ModelPackage.readManifest(folder);
    const faults = await checkFiles(root, manifest.files, options.verifyHashes ?? true);
    if (faults.length > 0) throw new FaultError(subject, faults);
    const weightFiles = await readWeightFiles(root, manifest, subject);
    return new ModelPackage(root, manifest, {
      weightFiles,
      tokenizer: readTokenizer(root, manifest, subject),
      statistics: readStatistics(root, manifest, subject),
    });
  }

  /** Reads and checks a package's manifest alone; throws a `FaultError` with what is wrong with it. */
  static async readManifest(folder: string): Promise<Manifest> {
    const subject = `model package ${folder}`;
    const json = readJson(resolve(folder), MANIFEST_FILE, subject, LARGEST_MANIFEST);
    const result = parseManifest(json);
    if (!result.ok) throw new FaultError(subject, result.faults);
    return result.manifest;
  }

  get name(): string {
    return this.manifest.name;
  }

  pathOf(file: string): string {
    return join(this.folder, file);
  }

  /** Files of those of these graphs that the model has. */
  pathsOf(graphs: readonly GraphName[]): ReadonlyMap<GraphName, string> {
    const paths = new Map<GraphName, string>();
    for (const name of graphs) {
      const graph = this.manifest.graphs[name];
      if (graph) paths.set(name, this.pathOf(graph.file));
    }
    return paths;
  }

  /** Of an arm of the manifest. */
  statisticsOf(embodiment: string): ActionStatistics {
    const statistics = this.statistics.get(embodiment);
    if (statistics) return statistics;
    throw new Error(`${this.name} has no statistics for ${embodiment}`);
  }
}

async function checkFiles(
  root: string,
  files: ReadonlyMap<string, PackageFile>,
  verifyHashes: boolean,
): Promise<Fault[]> {
  const realRoot = await realpath(root);
  const faults: Fault[] = [];
  for (const [name, file] of files) {
    const fault = (field: string, expected: string, found: string) =>
      faults.push({ source: name, field, expected, found });
    const path = await realpath(join(root, name)).catch(() => undefined);
    if (path === undefined) {
      fault('', 'a file in the package', 'no such file');
      continue;
    }
    if (!path.startsWith(realRoot + sep)) {
      fault('', 'a file inside the package', `a link to ${path}`);
      continue;
    }
    const info = await stat(path);
    if (!info.isFile()) fault('', 'a file', 'something else');
    else if (info.size !== file.bytes) fault('bytes', String(file.bytes), String(info.size));
    else if (verifyHashes) {
      const sha256 = await sha256Of(path);
      if (sha256 !== file.sha256) fault('sha256', file.sha256, sha256);
    }
  }
  return faults;
}

/** ONNX Runtime would read whatever a graph names: it may be files of the package only. */
async function readWeightFiles(
  root: string,
  manifest: Manifest,
  subject: string,
): Promise<ReadonlyMap<GraphName, readonly string[]>> {
  const faults: Fault[] = [];
  const result = new Map<GraphName, readonly string[]>();
  for (const [name, { file }] of graphsOf(manifest)) {
    const locations = await externalDataFiles(join(root, file));
    if (!locations) {
      faults.push({ source: file, field: '', expected: 'an ONNX graph', found: 'something else' });
      continue;
    }
    const files = locations.map((location) => posix.join(posix.dirname(file), location));
    locations.forEach((location, i) => {
      if (manifest.files.has(files[i]!) && !posix.isAbsolute(location)) return;
      const expected = "one of the manifest's files";
      faults.push({ source: file, field: 'external data', expected, found: showValue(location) });
    });
    result.set(name, files);
  }
  if (faults.length > 0) throw new FaultError(subject, faults);
  return result;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** Of manifest.json, bytes; those with a 3B model have ten thousand. */
const LARGEST_MANIFEST = 1 << 22;
/** Of any other, bytes; tokenizers of large models have some ten million. */
const LARGEST_JSON = 1 << 27;

/** Reads a JSON file of the package; throws a `FaultError` when there is none. */
export function readJson(
  root: string,
  name: string,
  subject: string,
  maxBytes = LARGEST_JSON,
): unknown {
  const expected = 'a JSON file';
  let text: string;
  try {
    text = readBoundedText(join(root, name), maxBytes);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const missing = existsSync(root)
      ? 'no such file'
      : 'no such file, nor its folder: models/nano-widowx and models/nano-google_robot come with this package, ' +
        'and docs/model-package.md says how others are made';
    const found = code === 'ENOENT' ? missing : `a file that cannot be read (${code ?? message})`;
    throw new FaultError(subject, [{ source: name, field: '', expected, found }]);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const found = (error as Error).message;
    throw new FaultError(subject, [{ source: name, field: '', expected, found }]);
  }
}

function readTokenizer(root: string, manifest: Manifest, subject: string): Tokenizer {
  const { file, addSpecialTokens } = manifest.tokenizer;
  const json = readJson(root, file, subject);
  try {
    const tokenizer = new HuggingFaceTokenizer(json as object, { addSpecialTokens });
    tokenizer.encode('');
    return tokenizer;
  } catch (error) {
    const found = (error as Error).message;
    const expected = 'a tokenizer in Hugging Face format';
    throw new FaultError(subject, [{ source: basename(file), field: '', expected, found }]);
  }
}

function readStatistics(
  root: string,
  manifest: Manifest,
  subject: string,
): ReadonlyMap<string, ActionStatistics> {
  const { file, keys } = manifest.statistics;
  const result = parseStatistics(readJson(root, file, subject), file, manifest.action);
  if (!result.ok) throw new FaultError(subject, result.faults);
  const existing = [...result.byKey.keys()];
  const faults: Fault[] = [];
  const fault = (field: string, expected: string, found: unknown) =>
    faults.push({ source: MANIFEST_FILE, field, expected, found: showValue(found) });
  if (existing.length !== keys.length || keys.some((key) => !result.byKey.has(key))) {
    fault('statistics.keys', `the keys of ${file} (${existing.join(', ')})`, keys);
  }
  const byArm = new Map<string, ActionStatistics>();
  for (const [arm, { statisticsKey }] of manifest.embodiments) {
    const statistics = result.byKey.get(statisticsKey);
    if (statistics) byArm.set(arm, statistics);
    else {
      const expected = `one of the keys of ${file} (${existing.join(', ')})`;
      fault(statisticsKeyField(manifest, arm), expected, statisticsKey);
    }
  }
  if (faults.length > 0) throw new FaultError(subject, faults);
  return byArm;
}

import { resolve } from 'node:path';
import { FaultError } from '../../core/config/Fault.ts';
import { parseStatistics } from '../../core/policy/ActionStatistics.ts';
import { armOf } from '../../core/policy/armOf.ts';
import type { ModelOutline } from '../../core/policy/ModelSpec.ts';
import { instructionFault } from '../../core/text/instruction.ts';
import { createPolicy, type Policy, type PolicyOptions } from '../model/createPolicy.ts';
import { MANIFEST_FILE } from '../model/Manifest.ts';
import { type LoadOptions, ModelPackage, readJson } from '../model/ModelPackage.ts';
import { RemoteConnection } from './RemoteConnection.ts';
import {
  isRemoteManifest,
  parseRemoteManifest,
  type RemoteManifest,
  urlFault,
} from './RemoteManifest.ts';
import { RemotePolicy } from './RemotePolicy.ts';

export type OpenPolicyOptions = PolicyOptions &
  LoadOptions & {
    /** Instead of the address in the manifest of a model that runs elsewhere. */
    readonly url?: string | undefined;
    /** Return before the server has answered for the first time; it may come later. */
    readonly mayWait?: boolean;
    /** What its server wants as a key; by default the variable `ST4VLA_POLICY_KEY`. */
    readonly apiKey?: string | undefined;
  };

/**
 * Opens the model of a folder: a package, or the manifest of a model that runs elsewhere, whose server
 * has to answer, unless it may come later.
 *
 * @throws FaultError with all that is wrong; Error where the server cannot be reached
 */
export async function openPolicy(folder: string, options: OpenPolicyOptions): Promise<Policy> {
  const manifest = readRemoteManifest(folder);
  if (manifest !== undefined) return openRemote(folder, manifest, options);
  if (options.url !== undefined) {
    const expected = `nothing, as ${folder} is a package of a model that runs here`;
    throw new FaultError(`model package ${folder}`, [
      { source: 'policy', field: 'url', expected, found: options.url },
    ]);
  }
  return createPolicy(await ModelPackage.load(folder, options), options);
}

/** What a model of either kind needs around it, without opening it. */
export async function readOutline(folder: string): Promise<ModelOutline> {
  return readRemoteManifest(folder) ?? (await ModelPackage.readManifest(folder));
}

/** Undefined for a model package. */
function readRemoteManifest(folder: string): RemoteManifest | undefined {
  const subject = `model ${folder}`;
  const json = readJson(resolve(folder), MANIFEST_FILE, subject);
  if (!isRemoteManifest(json)) return undefined;
  const result = parseRemoteManifest(json, MANIFEST_FILE);
  if (!result.ok) throw new FaultError(subject, result.faults);
  return result.manifest;
}

async function openRemote(
  folder: string,
  manifest: RemoteManifest,
  options: OpenPolicyOptions,
): Promise<Policy> {
  const subject = `model ${folder}`;
  const { name: robot, tickSec: controlPeriodSec } = options.embodiment;
  const url = options.url ?? manifest.remote.url;
  const fault = urlFault(url);
  if (fault !== undefined)
    throw new FaultError(subject, [
      { source: 'policy', field: 'url', expected: fault, found: url },
    ]);
  const arm = armOf(manifest, robot);
  const { statisticsKey } = arm;
  const statistics = readStatistics(folder, manifest, statisticsKey);
  const connection = new RemoteConnection({
    url,
    apiKey: options.apiKey ?? process.env['ST4VLA_POLICY_KEY'],
    timeoutSec: manifest.remote.timeoutSec,
    report: options.report ?? (() => undefined),
  });
  const clock = options.clock ?? (() => performance.now() / 1000);
  const both = new RemotePolicy(manifest, connection, {
    statisticsKey,
    statistics,
    controlPeriodSec,
    clock,
  });
  try {
    if (options.mayWait !== true) await connection.ready();
  } catch (error) {
    connection.close();
    throw error;
  }
  return {
    spec: manifest,
    arm,
    planner: both,
    expert: both,
    answers: undefined,
    providers: undefined,
    link: () => connection.report(),
    checkInstruction: (instruction) => {
      const reason = instructionFault(instruction);
      return reason === undefined ? { ok: true, unknownWords: [] } : { ok: false, reason };
    },
    close: () => {
      connection.close();
      return Promise.resolve();
    },
  };
}

function readStatistics(folder: string, manifest: RemoteManifest, key: string) {
  const { statisticsFile: file, action } = manifest;
  if (file === undefined) return undefined;
  const subject = `model ${folder}`;
  const result = parseStatistics(readJson(resolve(folder), file, subject), file, action);
  if (!result.ok) throw new FaultError(subject, result.faults);
  const statistics = result.byKey.get(key);
  if (statistics !== undefined) return statistics;
  const expected = `one of the keys of ${file} (${[...result.byKey.keys()].join(', ')})`;
  const source = MANIFEST_FILE;
  throw new FaultError(subject, [{ source, field: 'statistics_key', expected, found: key }]);
}

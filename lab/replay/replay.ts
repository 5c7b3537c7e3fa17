import { secondsOf } from '../../core/math/time.ts';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BagReader } from '../../adapters/bags/Bag.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import type { Policy } from '../../adapters/model/createPolicy.ts';
import { openPolicy } from '../../adapters/remote/openPolicy.ts';
import { MANIFEST_FILE } from '../../adapters/model/Manifest.ts';
import { MAX_JOINT_SKEW_SEC } from '../../core/execution/pipelineDefaults.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { ACROSS_MACHINES, EXACT } from '../../core/replay/compareEvents.ts';
import type { ReplayEvent, Stage } from '../../core/replay/ReplayEvent.ts';
import { machineKind } from '../machineKind.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import type { LoopSettings } from '../LoopSettings.ts';
import { camerasOf } from './cameraTopics.ts';
import { type FirstDifference, GoldenComparison, type StageResult } from './GoldenComparison.ts';
import { type GoldenHeader, GoldenReader, GoldenWriter } from './GoldenFile.ts';
import { ReplayBag } from './ReplayBag.ts';
import { ReplayRun } from './ReplayRun.ts';

/** What is replayed, with which model and settings. */
export type ReplayOptions = {
  /** A folder or a file. */
  readonly bag: string;
  /** File to compare with, or to write with `update`. */
  readonly golden: string | undefined;
  readonly update: boolean;
  /** Undefined: as the processors ask for. */
  readonly exact: boolean | undefined;
  readonly instruction: string | undefined;
  readonly namespace: string;
  readonly remaps: ReadonlyMap<string, string>;
  readonly modelFolder: string;
  /** Of the policy server, in place of the address in the manifest of a model that runs elsewhere. */
  readonly policyUrl: string | undefined;
  readonly noiseSeed: bigint;
  readonly maxSkewSec: number;
  readonly settings: LoopSettings;
};

export type GoldenResult =
  | { readonly kind: 'none' }
  | { readonly kind: 'written' }
  | {
      readonly kind: 'compared';
      readonly exact: boolean;
      /** What the golden file was made of that is another now. */
      readonly changed: readonly string[];
      readonly stages: readonly StageResult[];
      readonly first: FirstDifference | undefined;
    };

export type ReplayResult = {
  readonly durationSec: number;
  readonly wallSec: number;
  readonly ticks: number;
  readonly counts: Readonly<Record<Stage, number>>;
  readonly frames: ReplayBag['frames']['figures'];
  /** Of all commands. */
  readonly commandSha256: string;
  readonly bagSha256: string;
  readonly notices: readonly string[];
  readonly golden: GoldenResult;
};

/** @throws BagError, FaultError or Error where the bag, the model or the golden file is wrong */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const { golden, update } = options;
  if (golden !== undefined && !update && !existsSync(golden)) {
    throw new Error(`${golden} is not there: with --update it is written`);
  }
  const bag = await openBag(options.bag);
  try {
    const embodiment = embodimentByName(options.settings.robot);
    const { noiseSeed } = options;
    const policy = await openPolicy(options.modelFolder, {
      url: options.policyUrl,
      embodiment,
      isolation: 'none',
      noiseSeed,
    });
    try {
      return await replayWith(bag, policy, options);
    } finally {
      await policy.close();
    }
  } finally {
    await bag.close();
  }
}

async function replayWith(
  bag: BagReader,
  policy: Policy,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const { settings, maxSkewSec } = options;
  const embodiment = embodimentByName(settings.robot);
  const replayBag = await ReplayBag.open(bag, {
    ...options,
    cameras: camerasOf(policy.spec.image.views, settings.robot),
    image: policy.spec.image,
  });
  const urdf = parseUrdf(await readUrdf(embodiment));
  const run = new ReplayRun({ bag: replayBag, policy, embodiment, urdf, settings, maxSkewSec });
  const golden = await openGolden(options, headerOf(policy, options));
  const counts = { observation: 0, plan: 0, chunk: 0, command: 0 };
  const commands = createHash('sha256');
  const startedMs = performance.now();
  for await (const replayed of run.run()) {
    const { event } = replayed;
    counts[event.stage] += 1;
    if (event.stage === 'command') commands.update(commandBytes(event));
    if (golden.writer) await golden.writer.take(event);
    if (golden.comparison) await golden.comparison.take(replayed);
  }
  const wallSec = (performance.now() - startedMs) / 1000;
  const { frames, damaged, sha256 } = replayBag;
  const notices = [
    ...bag.notices,
    ...run.notices,
    ...(damaged > 0 ? [`${damaged} messages that do not decode were left out`] : []),
  ];
  return {
    durationSec: secondsOf(replayBag.endNs - replayBag.startNs) - run.skippedSec,
    wallSec,
    ticks: run.ticks,
    counts,
    frames: frames.figures,
    commandSha256: commands.digest('hex'),
    bagSha256: sha256,
    notices,
    golden: await finishGolden(golden, sha256),
  };
}

type OpenGolden = {
  readonly writer?: GoldenWriter;
  readonly reader?: GoldenReader;
  readonly comparison?: GoldenComparison;
  readonly header: GoldenHeader;
  readonly exact: boolean;
};

async function openGolden(
  { golden, update, exact }: ReplayOptions,
  header: GoldenHeader,
): Promise<OpenGolden> {
  if (golden === undefined) return { header, exact: true };
  if (update) {
    return { writer: new GoldenWriter(golden, header), header, exact: true };
  }
  const reader = await GoldenReader.open(golden);
  const isExact = exact ?? reader.header.machine === header.machine;
  const comparison = new GoldenComparison(reader, isExact ? EXACT : ACROSS_MACHINES);
  return { reader, comparison, header, exact: isExact };
}

async function finishGolden(golden: OpenGolden, bagSha256: string): Promise<GoldenResult> {
  const { writer, reader, comparison, header, exact } = golden;
  if (writer) {
    await writer.finish(bagSha256);
    return { kind: 'written' };
  }
  if (!reader || !comparison) return { kind: 'none' };
  await comparison.finish();
  const changed = changes(reader.header, header);
  if (reader.trailer?.bagSha256 !== bagSha256) changed.push('another bag, or read differently');
  return { kind: 'compared', exact, changed, stages: comparison.results, first: comparison.first };
}

function changes(was: GoldenHeader, is: GoldenHeader): string[] {
  const fields = ['robot', 'model', 'modelSha256', 'settings', 'machine'] as const;
  return fields
    .filter((field) => was[field] !== is[field])
    .map((field) => `${field}: golden ${was[field]}, now ${is[field]}`);
}

function headerOf({ spec }: Policy, options: ReplayOptions): GoldenHeader {
  const { settings, modelFolder, noiseSeed, instruction, maxSkewSec } = options;
  const { delayTicks, planDelayTicks, planPeriodSec, maxPlanAgeSec, lockStep } = settings;
  const { execution } = settings;
  const isAsAsked = Object.values(execution).every((value) => value === undefined);
  const manifest = readFileSync(join(modelFolder, MANIFEST_FILE));
  return {
    format: 'st4vla replay',
    version: 1,
    robot: settings.robot,
    model: spec.name,
    modelSha256: createHash('sha256').update(manifest).digest('hex'),
    settings: JSON.stringify({
      delayTicks,
      planDelayTicks,
      planPeriodSec,
      maxPlanAgeSec,
      lockStep,
      noiseSeed: Number(noiseSeed),
      // Golden files say what is not as usual.
      ...(!isAsAsked && { queue: execution }),
      ...(maxSkewSec !== MAX_JOINT_SKEW_SEC && { maxSkewSec }),
      ...(instruction !== undefined && { instruction }),
    }),
    machine: machineKind(),
  };
}

function commandBytes(event: Extract<ReplayEvent, { stage: 'command' }>): Uint8Array {
  const { positions, velocities, gripper } = event;
  return new Uint8Array(Float64Array.of(...positions, ...velocities, ...gripper).buffer);
}

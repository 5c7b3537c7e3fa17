import { fork } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../../adapters/model/Manifest.ts';
import { embodimentByName } from '../../core/embodiment/embodimentByName.ts';
import { FaultError } from '../../core/config/Fault.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { metaOf, openDataset } from '../../lab/data/meta.ts';
import type { DatasetSpec } from '../../lab/data/DatasetSpec.ts';
import { sceneSeeds } from '../../lab/data/sceneSeeds.ts';
import { requireSoundModel } from '../../lab/evaluation/EvalPolicy.ts';
import type { LoopSettings } from '../../lab/LoopSettings.ts';
import { readUrdf } from '../../adapters/files/packageFiles.ts';
import { CORRECTIONS_USAGE, parseCorrectionArguments } from './correctionArguments.ts';
import type { CorrectionReport, CorrectionShare } from '../../lab/corrections/worker.ts';
import { printError } from '../../adapters/terminal/print.ts';

const EPISODES_PER_SHARD = 10;

/** `st4vla corrections …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseCorrectionArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(CORRECTIONS_USAGE);
    return 0;
  }
  if (parsed.kind === 'faults') {
    printError(`st4vla corrections: ${parsed.faults.join('\n                    ')}\n`);
    return 2;
  }
  const { out, count, seed, instructions, workers: of, tasks, settings } = parsed.arguments;
  try {
    await requireSoundModel(settings);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    printError(`st4vla corrections: ${error.message}\n`);
    return 2;
  }
  const plan: DatasetSpec = {
    kind: 'episodes',
    robot: settings.robot,
    directory: out,
    count,
    seed,
    instructions,
    tasks,
    perShard: EPISODES_PER_SHARD,
  };
  sceneSeeds(plan);
  const embodiment = embodimentByName(settings.robot);
  const urdf = parseUrdf(await readUrdf(embodiment));
  const chain = Chain.fromUrdf(urdf, embodiment.baseLink, embodiment.eeLink);
  const meta = metaOf(plan, chain.forward(embodiment.homeJoints));
  openDataset(out, { ...meta, tasks, policy: await policyId(settings) });
  const progress = { episodes: 0, rows: 0, successes: 0 };
  const show = ({ rows, success }: CorrectionReport) => {
    progress.episodes += 1;
    progress.rows += rows;
    if (success) progress.successes += 1;
    if (progress.episodes % EPISODES_PER_SHARD > 0) return;
    const { episodes, successes } = progress;
    printError(`${episodes} episodes, ${progress.rows} rows, ${successes} succeeded\n`);
  };
  const workers = Array.from({ length: of }, (_, index) =>
    runWorker({ plan, settings, index, of }, show),
  );
  await Promise.all(workers);
  return 0;
}

/** What says in the data which model acted: a folder is not continued with another one. */
async function policyId({ policy }: LoopSettings): Promise<string> {
  if (policy.kind === 'scripted') return policy.kind;
  const manifest = await readFile(join(policy.folder, MANIFEST_FILE));
  return `manifest sha256 ${createHash('sha256').update(manifest).digest('hex')}`;
}

function runWorker(
  share: CorrectionShare,
  onReport: (report: CorrectionReport) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('./worker.js', import.meta.url), { serialization: 'advanced' });
    child.on('message', (report: CorrectionReport) => onReport(report));
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`a worker ended with ${signal ?? `code ${code}`}`));
    });
    child.send(share);
  });
}

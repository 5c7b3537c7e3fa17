import { fork } from 'node:child_process';
import { widowx } from '../../core/embodiment/widowx.ts';
import { Chain } from '../../core/kinematics/Chain.ts';
import { parseUrdf } from '../../core/kinematics/parseUrdf.ts';
import { metaOf, openDataset } from '../../sim/data/meta.ts';
import { type DatasetPlan, sceneSeed } from '../../sim/data/plan.ts';
import { readUrdf } from '../packagePaths.ts';
import { CORRECTIONS_USAGE, parseCorrectionArguments } from './correctionArguments.ts';
import type { CorrectionReport, CorrectionShare } from './worker.ts';

const EPISODES_PER_SHARD = 10;

/** `st4vla corrections …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseCorrectionArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(CORRECTIONS_USAGE);
    return 0;
  }
  if (parsed.kind === 'faults') {
    process.stderr.write(`st4vla corrections: ${parsed.faults.join('\n                    ')}\n`);
    return 2;
  }
  const { out, count, seed, workers: of, settings } = parsed.arguments;
  const plan: DatasetPlan = {
    kind: 'episodes',
    directory: out,
    count,
    seed,
    perShard: EPISODES_PER_SHARD,
  };
  sceneSeed(plan, plan.count - 1);
  const urdf = parseUrdf(await readUrdf(widowx));
  const chain = Chain.fromUrdf(urdf, widowx.baseLink, widowx.eeLink);
  openDataset(out, metaOf(plan, chain.forward(widowx.homeJoints)));
  const progress = { episodes: 0, rows: 0, successes: 0 };
  const show = ({ rows, success }: CorrectionReport) => {
    progress.episodes += 1;
    progress.rows += rows;
    if (success) progress.successes += 1;
    if (progress.episodes % EPISODES_PER_SHARD > 0) return;
    const { episodes, successes } = progress;
    process.stderr.write(`${episodes} episodes, ${progress.rows} rows, ${successes} succeeded\n`);
  };
  const workers = Array.from({ length: of }, (_, index) =>
    runWorker({ plan, settings, index, of }, show),
  );
  await Promise.all(workers);
  return 0;
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

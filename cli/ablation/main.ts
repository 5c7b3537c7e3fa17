import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readBoundedText } from '../../adapters/files/readBounded.ts';
import { packageRoot } from '../../setup/paths.mjs';
import type { EvalResults } from '../../lab/evaluation/resultFiles.ts';
import { provenance } from '../../lab/provenance.ts';
import { type ReadFigures, runAblation } from '../../lab/ablation/Ablation.ts';
import { ablationPage, marginPoints } from '../../lab/ablation/ablationPage.ts';
import { readAblationSpec } from '../../lab/ablation/AblationSpec.ts';
import { JobRunner, type Programs } from '../../lab/ablation/JobRunner.ts';
import { AblationJobs } from '../../lab/ablation/jobs.ts';
import { lastHeldOut } from '../../lab/ablation/lastHeldOut.ts';
import { failed } from '../arguments/runCommand.ts';
import type { AblationArguments } from './ablationArguments.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

/** `st4vla ablation …`; resolves to the exit code. */
export async function run(options: AblationArguments, given: readonly string[]): Promise<number> {
  const from = provenance('ablation', given);
  const { robot, planFile, scale, out, parallel } = options;
  const say = (text: string) => {
    printError(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
  };
  const runner = new JobRunner(programs(options), join(out, 'jobs'), packageRoot, say, parallel);
  try {
    const plan = readAblationSpec(readBoundedText(planFile, 1 << 18), planFile, scale);
    const jobs = new AblationJobs(plan, robot, out, options.device);
    const results = await runAblation(plan, jobs, (job) => runner.run(job), figuresOf(jobs));
    const json = { ...from, robot, plan, results, margin_points: marginPoints(results) };
    writeFileSync(join(out, 'ablation.json'), `${JSON.stringify(json, null, 2)}\n`);
    const page = ablationPage(robot, plan, results, from);
    const file = join(out, 'ablation.md');
    writeFileSync(file, page);
    print(`${page}\npage: ${file}\n`);
    return 0;
  } catch (error) {
    const code = failed('ablation', error);
    await runner.settled();
    return code;
  }
}

function programs({ python, processes }: AblationArguments): Programs {
  const several = ['-m', 'torch.distributed.run', '--nproc-per-node', String(processes)];
  const oneThread = ['env', 'OMP_NUM_THREADS=1', python];
  return {
    st4vla: [process.execPath, join(import.meta.dirname, '..', 'main.js')],
    training: [...oneThread, ...(processes > 1 ? several : []), '-m', 'training'],
    export: [...oneThread, '-m', 'training'],
  };
}

function figuresOf(jobs: AblationJobs): ReadFigures {
  return {
    heldOut: async (name) => lastHeldOut(readFileSync(jobs.trainingLog(name), 'utf8')),
    evaluation: async (name) => {
      const file = join(jobs.evaluationFolder(name), 'results.json');
      return JSON.parse(readFileSync(file, 'utf8')) as EvalResults;
    },
  };
}

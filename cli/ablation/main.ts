import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readBoundedText } from '../../adapters/files/readBounded.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { packageRoot } from '../../setup/paths.mjs';
import type { EvalResults } from '../../lab/evaluation/resultFiles.ts';
import { provenance } from '../../lab/provenance.ts';
import { type ReadFigures, runAblation } from '../../lab/ablation/Ablation.ts';
import { ablationPage, marginPoints } from '../../lab/ablation/ablationPage.ts';
import { readAblationSpec } from '../../lab/ablation/AblationSpec.ts';
import { JobRunner, type Programs } from '../../lab/ablation/JobRunner.ts';
import { AblationJobs } from '../../lab/ablation/jobs.ts';
import { lastHeldOut } from '../../lab/ablation/lastHeldOut.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

const USAGE = `usage: st4vla ablation --python FILE [options]

Trains the miniature with and without spatial guidance, and compares: makes the data, finds a learning
rate for each way of training, trains, evaluates, and writes a page. Stopped, it goes on where it was
when it is started again. Hours on two cores: see docs/training.md.

  --python FILE    a Python with training/requirements.txt
  --robot NAME     widowx (default) or google_robot
  --plan FILE      how much of everything, training/ablation.yaml unless told otherwise
  --scale X        of all counts and steps, 1 unless told otherwise
  --processes N    of a training, each with one thread and a batch of its own, 1 unless told otherwise
  --parallel N     jobs at once that do not wait for one another, 1 unless told otherwise; on a GPU
                   some ten of these small trainings fill it (with nvidia-cuda-mps-control)
  --device NAME    cpu (default) or cuda
  --out DIR        where all of it goes, runs/ablation-NAME unless told otherwise
`;

/** `st4vla ablation …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    printError(`st4vla ablation: ${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const from = provenance('ablation', args);
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
    if (!(error instanceof Error)) throw error;
    printError(`st4vla ablation: ${error.message}\n`);
    await runner.settled();
    return 1;
  }
}

type Options = NonNullable<Exclude<ReturnType<typeof readOptions>, string>>;

function programs({ python, processes }: Options): Programs {
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

/** The options, or what is wrong with them. */
function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        python: { type: 'string' },
        robot: { type: 'string' },
        plan: { type: 'string' },
        scale: { type: 'string' },
        processes: { type: 'string' },
        parallel: { type: 'string' },
        device: { type: 'string' },
        out: { type: 'string' },
      },
    });
    const { help = false, robot = 'widowx', device = 'cpu', python = '' } = values;
    const known = EMBODIMENTS.map(({ name }) => name);
    if (!known.includes(robot)) return `--robot: expected ${known.join(' or ')}, found "${robot}"`;
    if (!help && python === '') return '--python: expected a Python with training/requirements.txt';
    const scale = Number(values.scale ?? 1);
    if (!(scale > 0 && scale <= 100)) return '--scale: expected a number above 0, at most 100';
    const [processes, parallel] = [Number(values.processes ?? 1), Number(values.parallel ?? 1)];
    for (const [name, count] of Object.entries({ processes, parallel })) {
      if (Number.isInteger(count) && count >= 1 && count <= 64) continue;
      return `--${name}: expected a whole number from 1 to 64, found ${count}`;
    }
    const planFile = values.plan ?? join(packageRoot, 'training', 'ablation.yaml');
    const out = resolve(values.out ?? join('runs', `ablation-${robot}`));
    return {
      help,
      python: resolve(python),
      robot,
      planFile,
      scale,
      processes,
      parallel,
      device,
      out,
    };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { textTable } from '../../adapters/terminal/textTable.ts';
import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { provenance } from '../../lab/provenance.ts';
import { type Figure, figureRow, isMet } from './Figure.ts';
import type { ModelBenchOptions } from './modelFigures.ts';
import { print, printError } from '../../adapters/terminal/print.ts';

const USAGE = `usage: st4vla bench [options]

Measures this machine: ROS 2 nodes with inference running, the graphs of a model, kinematics, motion,
rendering, evaluation, safety, reading of bags.

  --parts A,B     some of: ros, model, kinematics, motion, render, safety, eval, bags; all unless
                  told otherwise
  --periods N     control periods for safety, for each arm; 100000 unless told otherwise
  --seed N        of what happens in them; 1 unless told otherwise
  --trace FILE    with safety: FILE.ARM gets every period for test/judge/judge.py
  --pin PYTHON    with motion: compare the solver with pin in this Python (docs/motion.md)
  --seconds N     how long to listen to the nodes, 20 unless told otherwise
  --model DIR     model package whose graphs are measured, nano-widowx unless told otherwise
  --threads N     threads for a run of a graph, 1 unless told otherwise
  --repeat N      runs of each graph of which the median is taken, 10 unless told otherwise
  --python FILE   a Python with mcap-ros2-support, which reads the same bags as a comparison
  --out FILE      where the figures go, runs/bench.json unless told otherwise
`;

type Part = (options: Options) => Promise<Figure[]>;
type Options = ModelBenchOptions & {
  readonly seconds: number;
  readonly python: string | undefined;
  readonly periods: number;
  readonly seed: number;
  readonly trace: string | undefined;
  readonly pin: string | undefined;
};

/** Loaded when used: only the first one needs ROS 2. */
const PARTS: Readonly<Record<string, Part>> = {
  ros: async ({ seconds }) => (await import('./rosFigures.ts')).rosFigures(seconds),
  model: async (options) => (await import('./modelFigures.ts')).modelFigures(options),
  kinematics: async () => (await import('./localFigures.ts')).kinematicsFigures(),
  motion: async ({ pin }) => (await import('./motionFigures.ts')).motionFigures(pin),
  render: async () => (await import('./localFigures.ts')).renderFigures(),
  safety: async (options) => (await import('./localFigures.ts')).safetyFigures(options),
  eval: async () => (await import('./localFigures.ts')).evalFigures(),
  bags: async ({ python }) => (await import('./bagFigures.ts')).bagFigures(python),
};

/** `st4vla bench …`; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    printError(`st4vla bench: ${options}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const from = provenance('bench', args);
  const figures: Figure[] = [];
  try {
    for (const name of options.parts) {
      printError(`measuring ${name} …\n`);
      figures.push(...(await PARTS[name]!(options)));
    }
  } catch (error) {
    printError(`st4vla bench: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  print(textTable(['figure', 'measured', 'wanted', ''], figures.map(figureRow)));
  const met = figures.map((figure) => ({ ...figure, met: isMet(figure) }));
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(options.out, `${JSON.stringify({ ...from, figures: met }, null, 2)}\n`);
  print(`figures: ${options.out}\n`);
  return 0;
}

/** The options, or what is wrong with them. */
function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        parts: { type: 'string' },
        seconds: { type: 'string' },
        model: { type: 'string' },
        threads: { type: 'string' },
        repeat: { type: 'string' },
        python: { type: 'string' },
        periods: { type: 'string' },
        seed: { type: 'string' },
        trace: { type: 'string' },
        pin: { type: 'string' },
        out: { type: 'string' },
      },
    });
    const parts = values.parts?.split(',') ?? Object.keys(PARTS);
    const unknown = parts.filter((name) => !Object.hasOwn(PARTS, name));
    if (unknown.length > 0) return `no part ${unknown.join(', ')}`;
    const seconds = Number(values.seconds ?? 20);
    if (!(seconds >= 1 && seconds <= 3600)) return '--seconds: expected 1 to 3600';
    const [threads, repeat] = [Number(values.threads ?? 1), Number(values.repeat ?? 10)];
    for (const [name, count] of Object.entries({ threads, repeat })) {
      if (!Number.isInteger(count) || count < 1 || count > 1000) {
        return `--${name}: expected a whole number from 1 to 1000`;
      }
    }
    const [periods, seed] = [Number(values.periods ?? 100_000), Number(values.seed ?? 1)];
    if (!(Number.isInteger(periods) && periods >= 1)) return '--periods: expected 1 or more';
    if (!Number.isSafeInteger(seed)) return '--seed: expected a whole number';
    const { help = false, out = 'runs/bench.json', pin, python, trace } = values;
    const model = modelFolder(values.model, 'widowx');
    return { help, parts, seconds, model, threads, repeat, periods, seed, trace, pin, python, out };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

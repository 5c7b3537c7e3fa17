import { modelFolder } from '../../adapters/files/packageFiles.ts';
import { defineCommand } from '../arguments/Command.ts';
import { file, folder, integer, list, number } from '../arguments/Option.ts';
import type { ModelBenchOptions } from './modelFigures.ts';

/** What can be measured, in the order in which it is. */
export const PART_NAMES = [
  'ros',
  'model',
  'kinematics',
  'motion',
  'render',
  'safety',
  'eval',
  'bags',
  'remote',
] as const;
export type PartName = (typeof PART_NAMES)[number];

export type BenchArguments = ModelBenchOptions & {
  readonly parts: readonly PartName[];
  readonly seconds: number;
  readonly python: string | undefined;
  readonly periods: number;
  readonly seed: number;
  readonly trace: string | undefined;
  readonly pin: string | undefined;
  readonly out: string;
};

export const command = defineCommand({
  name: 'bench',
  about:
    'Measures this machine: ROS 2 nodes with inference running, the graphs of a model, ' +
    'kinematics, motion, rendering, evaluation, safety, reading of bags, a policy behind a websocket.',
  options: {
    parts: list({ help: 'what is measured', of: PART_NAMES, defaultText: 'all of them' }),
    periods: integer({
      help: 'control periods for safety, for each arm',
      min: 1,
      default: 100_000,
    }),
    seed: integer({ help: 'seed of what happens in them', default: 1 }),
    trace: file({ help: 'with safety: FILE.ARM gets every period for test/judge/judge.py' }),
    pin: file({
      help: 'with motion: compares the solver with pin in this Python (docs/motion.md)',
      placeholder: 'PYTHON',
    }),
    seconds: number({
      help: 'how long the bench listens to the nodes',
      placeholder: 'SEC',
      unit: 'seconds',
      min: 1,
      max: 3600,
      default: 20,
    }),
    model: folder({
      help: 'the model package whose graphs are measured',
      defaultText: 'nano-widowx',
    }),
    threads: integer({ help: 'threads for a run of a graph', min: 1, max: 1000, default: 1 }),
    repeat: integer({
      help: 'runs of each graph, of which the median is taken',
      min: 1,
      max: 1000,
      default: 10,
    }),
    python: file({
      help: 'a Python with mcap-ros2-support, which reads the same bags as a comparison',
      placeholder: 'PYTHON',
    }),
    out: file({ help: 'where the figures go', default: 'runs/bench.json' }),
  },
  build({ model, parts, ...values }): BenchArguments {
    return {
      ...values,
      parts: (parts ?? PART_NAMES) as readonly PartName[],
      model: modelFolder(model, 'widowx'),
    };
  },
});

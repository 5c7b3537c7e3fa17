import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../setup/paths.mjs';
import { interpretLaunchFile, type Launch } from './launch/interpretLaunchFile.ts';
import { LaunchRunner } from './launch/LaunchRunner.ts';
import { ambientPackages } from './launch/packages.ts';
import { rosEnvironment } from './setup/rosEnvironment.ts';
import { defineCommand } from './arguments/Command.ts';
import { flag } from './arguments/Option.ts';
import { EXIT_REFUSED, failed } from './arguments/runCommand.ts';
import { print } from '../adapters/terminal/print.ts';

/** Nodes in other languages may colour their logs. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

type LaunchArguments = {
  readonly file: string;
  readonly given: ReadonlyMap<string, string>;
  readonly show: 'arguments' | 'processes' | undefined;
};

export const command = defineCommand({
  name: 'launch',
  about: 'Runs a YAML launch file on machines without `ros2 launch`.',
  positionals: [
    {
      name: 'FILE',
      help: `a path, or a launch file of this package: ${launchFiles().join(', ')}`,
      expected: 'a launch file',
      completes: 'file',
    },
    {
      name: 'NAME:=VALUE',
      help: 'arguments of the file',
      expected: 'name:=value',
      isOptional: true,
      isRepeated: true,
    },
  ],
  options: {
    'show-args': flag('show the arguments of the file, with their defaults'),
    print: flag('show the processes that would run'),
  },
  build(values, { words, refuse }): LaunchArguments {
    const [file, ...rest] = words as [string, ...string[]];
    if (values['show-args'] && values.print)
      refuse('--show-args and --print: expected one of them');
    const show = values['show-args'] ? 'arguments' : values.print ? 'processes' : undefined;
    return { file, given: parseLaunchArguments(rest, refuse), show };
  },
});

/** `st4vla launch`: runs a launch file as `ros2 launch` does. */
export async function run({ file, given, show }: LaunchArguments): Promise<number> {
  try {
    const env = rosEnvironment(process.env);
    const launch = interpretLaunchFile(findLaunchFile(file), given, ambientPackages(env), env);
    if (show === 'arguments') return showArguments(launch);
    if (show === 'processes') return printProcesses(launch);
    return await runProcesses(launch);
  } catch (error) {
    failed('launch', error);
    return EXIT_REFUSED;
  }
}

async function runProcesses(launch: Launch): Promise<number> {
  // The nodes continue when the disk under the log is full.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const runner = new LaunchRunner(launch.processes, (line) =>
    print(`${line.replaceAll(COLOURS, '')}\n`),
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => runner.stop());
  return runner.run();
}

function parseLaunchArguments(
  words: readonly string[],
  refuse: (fault: string) => void,
): Map<string, string> {
  const given = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf(':=');
    if (at < 1) refuse(`NAME:=VALUE: expected name:=value, found "${word}"`);
    else given.set(word.slice(0, at), word.slice(at + 2));
  }
  return given;
}

function findLaunchFile(name: string): string {
  const candidates = [path.resolve(name), path.join(packageRoot, 'launch', name)];
  const found = candidates.find((file) => fs.existsSync(file));
  if (found === undefined)
    throw new Error(`no launch file ${name}; this package has ${launchFiles().join(', ')}`);
  return found;
}

function launchFiles(): string[] {
  const folder = path.join(packageRoot, 'launch');
  return fs.existsSync(folder)
    ? fs.readdirSync(folder).filter((name) => name.endsWith('.yaml'))
    : [];
}

function showArguments(launch: Launch): number {
  for (const { name, default: value, description } of launch.declared) {
    const fallback = value === undefined ? 'required' : `default: '${value}'`;
    print(`${name} (${fallback})\n    ${description}\n`);
  }
  return 0;
}

function printProcesses(launch: Launch): number {
  for (const { label, command, parameters } of launch.processes) {
    print(`${label}: ${command.join(' ')}\n`);
    for (const source of parameters) {
      const text = 'file' in source ? source.file : `${source.name}: ${source.value}`;
      print(`    ${text}\n`);
    }
  }
  return 0;
}

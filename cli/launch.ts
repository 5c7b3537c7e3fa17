import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../setup/paths.mjs';
import { interpretLaunchFile, type Launch } from './launch/interpretLaunchFile.ts';
import { LaunchRunner } from './launch/LaunchRunner.ts';
import { ambientPackages } from './launch/packages.ts';
import { rosEnvironment } from './setup/rosEnvironment.ts';
import { print, printError } from '../adapters/terminal/print.ts';

/** Nodes in other languages may colour their logs. */
// oxlint-disable-next-line no-control-regex
const COLOURS = /\x1b\[[0-9;]*m/g;

const usage = `usage: st4vla launch FILE [name:=value]... [--show-args | --print]

FILE is a path, or the name of a launch file of this package:
${launchFiles()
  .map((name) => `  ${name}\n`)
  .join('')}
  --show-args  the arguments of the file, with their defaults
  --print      the processes that would run
`;

/** `st4vla launch`: runs a YAML launch file of `ros2 launch` where that program is not there. */
export async function run(args: readonly string[]): Promise<number> {
  const [file, ...rest] = args.filter((arg) => !arg.startsWith('--'));
  const options = args.filter((arg) => arg.startsWith('--'));
  if (
    file === undefined ||
    options.some((option) => !['--show-args', '--print'].includes(option))
  ) {
    const isHelp = options.includes('--help');
    (isHelp ? process.stdout : process.stderr).write(usage);
    return isHelp ? 0 : 2;
  }
  try {
    const env = rosEnvironment(process.env);
    const launch = interpretLaunchFile(
      findLaunchFile(file),
      parseLaunchArguments(rest),
      ambientPackages(env),
      env,
    );
    if (options.includes('--show-args')) return showArguments(launch);
    if (options.includes('--print')) return printProcesses(launch);
    return await runProcesses(launch);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    printError(`st4vla launch: ${error.message}\n`);
    return 2;
  }
}

async function runProcesses(launch: Launch): Promise<number> {
  // A full disk under the log is no reason to end the nodes.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const runner = new LaunchRunner(launch.processes, (line) =>
    print(`${line.replaceAll(COLOURS, '')}\n`),
  );
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => runner.stop());
  return runner.run();
}

/** @throws Error on an argument that is not `name:=value` */
export function parseLaunchArguments(args: readonly string[]): Map<string, string> {
  return new Map(
    args.map((arg): [string, string] => {
      const at = arg.indexOf(':=');
      if (at < 1) throw new Error(`"${arg}" is no launch argument: expected name:=value`);
      return [arg.slice(0, at), arg.slice(at + 2)];
    }),
  );
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

#!/usr/bin/env node
// The command `st4vla`: finds the subcommand's module and runs it.
import fs from 'node:fs';
import path from 'node:path';
import { printError } from '../adapters/terminal/print.ts';
import { watchLauncher } from '../nodes/shared/process/launcher.ts';

/** Subcommands in the order of the help. */
const subcommands = {
  demo: 'one episode of each task over ROS 2, with a report page',
  launch: 'run a launch file of this package without `ros2 launch`',
  eval: 'success rate over tasks and seeds, in one process and virtual time',
  bench: 'rates, latencies and jitter on this machine',
  model: 'check and describe model packages',
  data: 'record training data from the simulator and the scripted expert',
  corrections: 'record what the expert would do where a model got to',
  ablation: 'train with and without spatial guidance, and compare',
  record: 'record episodes from ROS topics to bags',
  replay: 'run a recorded bag through the pipeline, and compare with an earlier run',
  serve: 'serve a model by websocket, without ROS',
  lerobot: 'export bags to a LeRobot dataset, and import one to bags',
  camera: 'check where the camera stands: the expected view over the real one',
  gazebo: 'worlds for Gazebo, and what its bridge to ROS carries',
  security: 'who may do what, as a policy for SROS2',
  node: 'run one node: perception, policy, controller, simulator, recorder, player or supervisor',
  setup: 'do what set-up is still missing, and nothing else',
  doctor: 'what this machine has, what is wrong, and the remedy',
} as const;

type Subcommand = { run(args: readonly string[]): Promise<number> };

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const [name = '--help', ...rest] = args;
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  if (!Object.hasOwn(subcommands, name)) {
    printError(`st4vla: no subcommand "${name}"\n\n${help()}`);
    return 2;
  }
  const file = [`${name}.js`, `${name}/main.js`]
    .map((candidate) => path.join(import.meta.dirname, candidate))
    .find((candidate) => fs.existsSync(candidate));
  if (file === undefined) {
    printError(`st4vla: "${name}" is not part of this version\n`);
    return 2;
  }
  const subcommand = (await import(file)) as Subcommand;
  watchLauncher(() => process.kill(process.pid, 'SIGTERM'));
  return subcommand.run(rest);
}

function help(): string {
  const width = Math.max(...Object.keys(subcommands).map((name) => name.length));
  const lines = Object.entries(subcommands).map(
    ([name, summary]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return `usage: st4vla <subcommand> [arguments]\n\n${lines.join('\n')}\n\n\`st4vla <subcommand> --help\` says more. From a clone: \`npm run -s st4vla -- <subcommand>\`.\n`;
}

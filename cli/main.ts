#!/usr/bin/env node
// The command `st4vla`: finds the subcommand and runs it.
import { printError } from '../adapters/terminal/print.ts';
import { watchLauncher } from '../nodes/shared/process/launcher.ts';
import { EXIT_REFUSED } from './arguments/runCommand.ts';
import { commands, summaries } from './commands.ts';

process.exitCode = await main(process.argv.slice(2));

async function main([name = '--help', ...args]: readonly string[]): Promise<number> {
  if (name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(help());
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    const known = Object.keys(commands).join(', ');
    printError(`st4vla: expected a subcommand (${known}), found "${name}"\n`);
    return EXIT_REFUSED;
  }
  watchLauncher(() => process.kill(process.pid, 'SIGTERM'));
  return command.run(args);
}

function help(): string {
  const width = Math.max(...Object.keys(summaries).map((name) => name.length));
  const lines = Object.entries(summaries).map(
    ([name, summary]) => `  ${name.padEnd(width)}  ${summary}`,
  );
  return (
    `usage: st4vla <subcommand> [arguments]\n\n${lines.join('\n')}\n\n` +
    '`st4vla <subcommand> --help` lists its arguments. From a clone: ' +
    '`npm run -s st4vla -- <subcommand>`.\n'
  );
}

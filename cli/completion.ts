import { print } from '../adapters/terminal/print.ts';
import { defineCommand } from './arguments/Command.ts';
import { bashCompletion } from './completion/bashCompletion.ts';
import { zshCompletion } from './completion/zshCompletion.ts';
import { allTables, summaries } from './commands.ts';

type Shell = 'bash' | 'zsh';

export const command = defineCommand({
  name: 'completion',
  about:
    'Prints a script with which a shell completes subcommands, options and their values:\n' +
    'source <(st4vla completion bash)',
  positionals: [
    {
      name: 'SHELL',
      help: 'the shell',
      expected: 'bash or zsh',
      choices: { bash: null, zsh: null },
    },
  ],
  options: {},
  build: (_, { words }) => words[0] as Shell,
});

/** `st4vla completion bash|zsh`; resolves to the exit code. */
export async function run(shell: Shell): Promise<number> {
  const write = { bash: bashCompletion, zsh: zshCompletion }[shell];
  print(write(await allTables(), summaries));
  return 0;
}

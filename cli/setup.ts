import { isClone } from '../setup/paths.mjs';

/** By the time a subcommand runs, the bootstrap has done all that was missing. */
export async function run(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    const isHelp = args[0] === '--help' || args[0] === '-h';
    (isHelp ? process.stdout : process.stderr).write('usage: st4vla setup\n');
    return isHelp ? 0 : 2;
  }
  const where = isClone ? 'everything is set up' : 'installed by colcon: nothing to set up';
  process.stdout.write(`${where}; \`st4vla doctor\` shows it\n`);
  return 0;
}

import { isClone } from '../setup/paths.mjs';
import { defineCommand } from './arguments/Command.ts';

export const command = defineCommand({
  name: 'setup',
  about: 'Does the steps of the set-up that are missing, and no others.',
  options: {},
  build: () => undefined,
});

/** By the time a subcommand runs, the bootstrap has done all that was missing. */
export async function run(): Promise<number> {
  const where = isClone ? 'everything is set up' : 'installed by colcon: nothing to set up';
  process.stdout.write(`${where}; \`st4vla doctor\` shows it\n`);
  return 0;
}

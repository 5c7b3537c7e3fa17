import path from 'node:path';
import { spawnForwarding } from '../launch/spawnForwarding.ts';
import { parseRecordArguments, RECORD_USAGE } from './recordArguments.ts';
import { printError } from '../../adapters/terminal/print.ts';

const recorder = path.join(import.meta.dirname, '..', '..', 'nodes', 'recorder', 'main.js');

/** `st4vla record …`: the recorder node; resolves to the exit code. */
export async function run(args: readonly string[]): Promise<number> {
  const parsed = parseRecordArguments(args);
  if (parsed.kind === 'help') {
    process.stdout.write(RECORD_USAGE);
    return 0;
  }
  if (parsed.kind === 'fault') {
    printError(`st4vla record: ${parsed.fault}\n\n${RECORD_USAGE}`);
    return 2;
  }
  return spawnForwarding(process.execPath, [recorder, '--ros-args', ...parsed.rosArguments]);
}

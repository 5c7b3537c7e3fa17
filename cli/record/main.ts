import path from 'node:path';
import { spawnForwarding } from '../launch/spawnForwarding.ts';

const recorder = path.join(import.meta.dirname, '..', '..', 'nodes', 'recorder', 'main.js');

/** `st4vla record …`: the recorder node; resolves to the exit code. */
export function run(rosArguments: readonly string[]): Promise<number> {
  return spawnForwarding(process.execPath, [recorder, '--ros-args', ...rosArguments]);
}

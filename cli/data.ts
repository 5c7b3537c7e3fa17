import path from 'node:path';
import { spawnForwarding } from './launch/spawnForwarding.ts';

/** The recorder is a program of its own, since it starts itself again as its workers. */
const recorder = path.join(import.meta.dirname, '..', 'lab', 'data', 'main.js');

/** `st4vla data static|episodes …`: training data from the simulator and the scripted expert. */
export function run(args: readonly string[]): Promise<number> {
  return spawnForwarding(process.execPath, [recorder, ...args]);
}

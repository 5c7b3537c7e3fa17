import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export type ReadInLittleMemory = {
  readonly messages: number;
  readonly notices: readonly string[];
  readonly refusal: string;
  readonly peakBytes: number;
};

const READ_FIRST = fileURLToPath(new URL('readFirst.js', import.meta.url));

/**
 * Reads a bag, or its first messages, in a process of 128 MB of objects.
 * @throws Error where that ends before its time, or takes longer than a minute
 */
export async function inLittleMemory(path: string, most = Infinity): Promise<ReadInLittleMemory> {
  const args = ['--max-old-space-size=128', READ_FIRST, path, String(most)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
  return JSON.parse(stdout) as ReadInLittleMemory;
}

import { statfsSync } from 'node:fs';
import type { ConnectionFault } from '../graph/ConnectionWatch.ts';

/** Where programs of one machine hand each other messages, in Fast DDS and others. */
const FOLDER = '/dev/shm';
const MIB = 1 << 20;
/** A port of Fast DDS takes 52 KiB, a message what it takes: with less room some get lost. */
const LEAST_FREE_BYTES = MIB;

type Space = { readonly bavail: number; readonly bsize: number; readonly blocks: number };

/**
 * Says that the shared memory is full. The middleware then loses messages, requests and answers between
 * programs of this machine, of those that found each other before, and tells neither who sends nor who
 * waits.
 */
export function sharedMemoryFaults(
  spaceOf: (folder: string) => Space = statfsSync,
): ConnectionFault[] {
  let space: Space;
  try {
    space = spaceOf(FOLDER);
  } catch {
    return []; // without one, the middleware takes the network
  }
  const { bavail, bsize, blocks } = space;
  if (blocks === 0 || bavail * bsize >= LEAST_FREE_BYTES) return [];
  const mib = (count: number) => ((count * bsize) / MIB).toFixed(1);
  const text =
    `${FOLDER}: expected ${LEAST_FREE_BYTES / MIB} MiB free, found ${mib(bavail)} of ${mib(blocks)}: messages ` +
    'and answers between programs of this machine get lost; delete what fills it, or make it larger';
  return [{ key: FOLDER, level: 'error', text }];
}

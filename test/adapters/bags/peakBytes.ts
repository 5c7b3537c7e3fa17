import { readFileSync } from 'node:fs';

/** Most memory that this process had; unlike `maxRSS`, without what its parent had when it began it. */
export function peakBytes(): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)![1]);
}

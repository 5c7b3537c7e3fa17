import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Where a process id means the same process: the machine, since its last boot, within one pid
 * namespace (a container has one of its own).
 */
export function hostIdentity(): string {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${hostname()} ${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return hostname();
  }
}

/**
 * When a process was started, in ticks since the boot: together with its id it names one process,
 * as ids are used again. Undefined if there is no such process.
 */
export function startOfProcess(pid: number): string | undefined {
  return statOfProcess(pid)?.start;
}

/** Whether a process of this machine still runs; one that has ended and is not reaped yet does not. */
export function isRunning(pid: number, start: string): boolean {
  const stat = statOfProcess(pid);
  return stat !== undefined && stat.start === start && !'ZX'.includes(stat.state);
}

function statOfProcess(pid: number): { state: string; start: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the start is the 20th field after it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0]!, start: fields[19]! };
  } catch {
    return undefined;
  }
}

import { readFile } from 'node:fs/promises';

/** A second, in /proc/PID/stat. */
const CLOCK_TICKS = 100;

export type Child = { readonly pid: number; readonly cpuSec: number };

/** The child processes of a process, with the time that they have computed. */
export async function childrenOf(parent: number): Promise<Child[]> {
  const list = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8').catch(() => '');
  const pids = list.split(' ').filter(Boolean).map(Number);
  return Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14);
      return { pid, cpuSec: (Number(user) + Number(system)) / CLOCK_TICKS };
    }),
  );
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

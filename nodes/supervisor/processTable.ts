import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the kernel tells of a process. */
export type ProcessFacts = {
  readonly pid: number;
  readonly parent: number;
  /** Its process group. */
  readonly group: number;
  /** When it was started, in ticks since the boot. */
  readonly start: string;
};

/** @param proc where /proc is; undefined if there is no such process, or if it has ended */
export function readProcess(proc: string, pid: number): ProcessFacts | undefined {
  const stat = readText(join(proc, String(pid), 'stat'));
  if (stat === undefined) return undefined;
  // The name, in parentheses, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group] = fields;
  const start = fields[19];
  if (state === 'Z' || state === 'X' || start === undefined) return undefined;
  return { pid, parent: Number(parent), group: Number(group), start };
}

/** All processes that have not ended, by their ids. */
export function readProcesses(proc: string): ReadonlyMap<number, ProcessFacts> {
  const found = new Map<number, ProcessFacts>();
  for (const name of readdirSync(proc)) {
    const facts = /^\d+$/.test(name) ? readProcess(proc, Number(name)) : undefined;
    if (facts) found.set(facts.pid, facts);
  }
  return found;
}

/** Undefined where the file cannot be read. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

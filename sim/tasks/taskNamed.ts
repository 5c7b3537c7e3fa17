import type { TaskSpec } from './TaskSpec.ts';

/** @throws Error that names the tasks there are, if this is none of them */
export function taskNamed(name: string, tasks: readonly TaskSpec[]): TaskSpec {
  const task = tasks.find((candidate) => candidate.name === name);
  if (task !== undefined) return task;
  const known = tasks.map((candidate) => candidate.name).join(', ');
  throw new Error(`unknown task '${name}', expected one of ${known}`);
}

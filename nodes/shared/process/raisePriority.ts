import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** The most urgent nice value that there is. */
const HIGHEST_PRIORITY = -20;

/**
 * Lets this process go before others, so that inference on the same cores delays no command: by
 * real-time scheduling (SCHED_RR, set by `chrt` of util-linux), or else by the highest ordinary
 * priority, which systems that group processes by session heed within one session only. All of its
 * threads: a command also waits for those of V8 and of the middleware, which exist already and keep
 * what they were born with.
 *
 * @param realTimePriority 1 to 99; 0 leaves real-time scheduling alone
 * @returns why it is not done as asked, most often for lack of the right to (CAP_SYS_NICE)
 */
export function raisePriority(realTimePriority: number): string | undefined {
  const fault = realTimePriority === 0 ? undefined : scheduleInRealTime(realTimePriority);
  if (realTimePriority > 0 && fault === undefined) return undefined;
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      setPriority(Number(thread), HIGHEST_PRIORITY);
    }
    return fault && `highest ordinary priority only: ${fault}`;
  } catch (error) {
    return [fault, (error as Error).message].filter(Boolean).join('; ');
  }
}

function scheduleInRealTime(priority: number): string | undefined {
  const args = ['--all-tasks', '--rr', '--pid', String(priority), String(process.pid)];
  const { status, stderr, error } = spawnSync('chrt', args, { encoding: 'utf8', timeout: 5000 });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}

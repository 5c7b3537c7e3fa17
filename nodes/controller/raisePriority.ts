import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

/** The most urgent nice value that there is. */
const HIGHEST_PRIORITY = -20;

/**
 * Lets this process go before others, so that inference on the same cores delays no command. All of
 * its threads: a command also waits for those of V8 and of the middleware, which exist already and
 * keep the priority that they were born with.
 *
 * @returns why it cannot be done, most often for lack of the right to do so (CAP_SYS_NICE)
 */
export function raisePriority(): string | undefined {
  try {
    for (const thread of readdirSync('/proc/self/task')) {
      setPriority(Number(thread), HIGHEST_PRIORITY);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

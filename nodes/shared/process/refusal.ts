import { watchLauncher } from './launcher.ts';

/** A node ends with it that refuses its configuration: started again, it would refuse it again. */
export const EXIT_REFUSED = 2;

/**
 * `wait`: the launcher starts this process again, whatever its exit code. A YAML launch file of
 * `ros2 launch` cannot tell one exit code from another (`respawn` holds for all of them), so a node that
 * has refused its configuration stays, and does nothing, until the launch ends.
 */
export const REFUSAL_VARIABLE = 'ST4VLA_ON_REFUSAL';

const WORDS = 'not started again: correct it, then start the launch again\n';
const LOOK_MS = 200;

export function waitsAfterRefusal(env: NodeJS.ProcessEnv = process.env): boolean {
  return env[REFUSAL_VARIABLE] === 'wait';
}

/** Says that it waits; resolves when this process is told to end, or the launch has ended. */
export async function waitAfterRefusal(): Promise<void> {
  process.stderr.write(WORDS);
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => undefined, LOOK_MS);
    const end = (): void => {
      clearInterval(timer);
      resolve();
    };
    process.once('SIGINT', end).once('SIGTERM', end);
    watchLauncher(end);
  });
}

/** The same where nothing asynchronous can be waited for; a signal then ends the process itself. */
export function blockAfterRefusal(): void {
  process.stderr.write(WORDS);
  const parent = process.ppid;
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (process.ppid === parent) Atomics.wait(never, 0, 0, LOOK_MS);
}

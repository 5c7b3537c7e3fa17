import { isRunning, startOfProcess } from './processIdentity.ts';

/**
 * Says which process a program ends with: its launcher, as `pid:start`, or `parent` where the launcher,
 * such as `ros2 launch`, is the parent and cannot say who it is. Programs that are started by hand, or
 * by a service manager, do not have it and keep running.
 */
export const LAUNCHER_VARIABLE = 'ST4VLA_LAUNCHER';

const LOOK_MS = 200;

/** For the environment of programs that are to end with this process. */
export function launcherVariables(): Record<string, string> {
  return { [LAUNCHER_VARIABLE]: `${process.pid}:${startOfProcess(process.pid) ?? ''}` };
}

/**
 * Calls back once when the process that started this one, by the environment, has ended without ending
 * it: killed, or with its terminal.
 *
 * @returns a function that ends the watch
 */
export function watchLauncher(
  onGone: (launcher: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): () => void {
  const launcher = env[LAUNCHER_VARIABLE];
  const isGone = launcher === undefined ? undefined : condition(launcher);
  if (isGone === undefined) return () => undefined;
  const timer = setInterval(() => {
    if (!isGone()) return;
    clearInterval(timer);
    onGone(
      launcher === 'parent' ? 'the launch' : `the launch (process ${launcher!.split(':')[0]})`,
    );
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Undefined where it is not clear who is meant. */
function condition(launcher: string): (() => boolean) | undefined {
  if (launcher === 'parent') {
    const parent = process.ppid;
    // Those whose parent ends get another one.
    return () => process.ppid !== parent;
  }
  const [, pid, start] = /^(\d+):(\d+)$/.exec(launcher) ?? [];
  if (pid === undefined || start === undefined) return undefined;
  return () => !isRunning(Number(pid), start);
}

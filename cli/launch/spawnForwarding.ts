import { spawn } from 'node:child_process';
import os from 'node:os';
import { launcherVariables } from '../../nodes/shared/process/launcher.ts';

/** Runs a program in this terminal, passes INT and TERM on, and resolves with its exit code. */
export function spawnForwarding(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...env, ...launcherVariables() },
  });
  const forward = (signal: NodeJS.Signals): void => void child.kill(signal);
  // A terminal sends INT to the whole group, so the child has it already.
  const ignore = (): void => undefined;
  process.on('SIGTERM', forward).on('SIGINT', process.stdin.isTTY ? ignore : forward);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) =>
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0)),
    );
  });
}

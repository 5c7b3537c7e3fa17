import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { startOfProcess } from '../shared/processIdentity.ts';

/**
 * Why the arm was stopped, until somebody resumes it: through resets and new configurations, and
 * through the death of the process. What whoever started it (a launch) starts in its place then
 * begins stopped; a process of another launch does not.
 */
export class ArmStop {
  readonly #file: string;
  readonly #log: (text: string) => void;
  #reason: string | undefined;

  /** @param fullName the node's; each has a stop of its own */
  constructor(fullName: string, log: (text: string) => void) {
    this.#log = log;
    const launch = `${process.ppid}-${startOfProcess(process.ppid) ?? ''}`;
    const domain = process.env['ROS_DOMAIN_ID'] ?? '0';
    const folder = join(tmpdir(), `st4vla-${userInfo().uid}`);
    this.#file = join(folder, `stop-${launch}-${domain}${fullName.replaceAll('/', '.')}`);
    try {
      this.#reason = readFileSync(this.#file, 'utf8');
    } catch {
      this.#reason = undefined; // nobody has stopped it
    }
  }

  get reason(): string | undefined {
    return this.#reason;
  }

  stop(reason: string): void {
    this.#reason ??= reason;
    try {
      mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
      writeFileSync(this.#file, this.#reason);
    } catch (error) {
      this.#log(`a restart of this process will not know of the stop: ${String(error)}`);
    }
  }

  resume(): void {
    this.#reason = undefined;
    rmSync(this.#file, { force: true });
  }
}

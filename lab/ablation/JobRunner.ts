import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from './jobs.ts';

/** How each kind of program is started. */
export type Programs = Readonly<Record<Job['program'], readonly string[]>>;

type DoneMark = { readonly command: string; readonly seconds: number };

/** Runs jobs, some at once; what is done is marked and never done again. */
export class JobRunner {
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #workingFolder: string;
  readonly #say: (text: string) => void;
  readonly #inFlight = new Map<string, Promise<number>>();
  /** Those who wait for their turn. */
  readonly #queue: (() => void)[] = [];
  #free: number;
  #failure: Error | undefined;

  /**
   * @param folder receives a log and a mark for each job
   * @param workingFolder where the programs run
   * @param parallel how many jobs run at once; others wait, first come first served
   */
  constructor(
    programs: Programs,
    folder: string,
    workingFolder: string,
    say: (text: string) => void,
    parallel = 1,
  ) {
    this.#free = parallel;
    this.#programs = programs;
    this.#folder = folder;
    this.#workingFolder = workingFolder;
    this.#say = say;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Resolves to the seconds that the job took, now or earlier. After a failure no other is begun.
   *
   * @throws Error when it fails, or when it was done with another command
   */
  async run(job: Job): Promise<number> {
    const earlier = this.#inFlight.get(job.name);
    if (earlier) await earlier;
    const running = this.#runOnce(job);
    this.#inFlight.set(job.name, running);
    try {
      return await running;
    } finally {
      this.#inFlight.delete(job.name);
    }
  }

  /** Waits for what still runs after a failure. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#inFlight.values());
  }

  async #runOnce(job: Job): Promise<number> {
    const command = [job.program, ...job.args].join(' ');
    const markFile = join(this.#folder, `${job.name}.json`);
    if (existsSync(markFile)) {
      const done = JSON.parse(readFileSync(markFile, 'utf8')) as DoneMark;
      if (done.command === command) return done.seconds;
      throw new Error(
        `${markFile}: ${job.name} was done with other settings\n  then: ${done.command}\n` +
          `  now:  ${command}\nGive another --out, or delete what was made.`,
      );
    }
    await this.#turn();
    try {
      if (this.#failure) throw this.#failure;
      this.#say(`${job.name} …`);
      const startMs = performance.now();
      await this.#execute(job);
      const seconds = (performance.now() - startMs) / 1000;
      writeFileSync(markFile, `${JSON.stringify({ command, seconds } satisfies DoneMark)}\n`);
      this.#say(`${job.name}: done in ${(seconds / 60).toFixed(1)} min`);
      return seconds;
    } catch (error) {
      this.#failure ??= error as Error;
      throw error;
    } finally {
      this.#free += 1;
      this.#queue.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    while (this.#free === 0) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#free -= 1;
  }

  async #execute({ name, program, args }: Job): Promise<void> {
    const logFile = join(this.#folder, `${name}.log`);
    const [command, ...first] = this.#programs[program] as [string, ...string[]];
    const log = openSync(logFile, 'a');
    try {
      const child = spawn(command, [...first, ...args], {
        cwd: this.#workingFolder,
        stdio: ['ignore', log, log],
      });
      const end = await new Promise<string | number>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code, signal) => resolve(signal ?? code ?? 'unknown'));
      });
      if (end !== 0) throw new Error(`${name} ended with ${end}; what it said: ${logFile}`);
    } finally {
      closeSync(log);
    }
  }
}

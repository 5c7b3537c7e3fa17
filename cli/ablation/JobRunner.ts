import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job } from './jobs.ts';

/** How each kind of program is started. */
export type Programs = Readonly<Record<Job['program'], readonly string[]>>;

type DoneMark = { readonly command: string; readonly seconds: number };

/** Runs jobs one after another; what is done is marked and never done again. */
export class JobRunner {
  readonly #programs: Programs;
  readonly #folder: string;
  readonly #workingFolder: string;
  readonly #say: (text: string) => void;

  /**
   * @param folder receives a log and a mark for each job
   * @param workingFolder where the programs run
   */
  constructor(
    programs: Programs,
    folder: string,
    workingFolder: string,
    say: (text: string) => void,
  ) {
    this.#programs = programs;
    this.#folder = folder;
    this.#workingFolder = workingFolder;
    this.#say = say;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * Resolves to the seconds that the job took, now or earlier.
   *
   * @throws Error when it fails, or when it was done with another command
   */
  async run(job: Job): Promise<number> {
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
    this.#say(`${job.name} …`);
    const startMs = performance.now();
    await this.#execute(job);
    const seconds = (performance.now() - startMs) / 1000;
    writeFileSync(markFile, `${JSON.stringify({ command, seconds } satisfies DoneMark)}\n`);
    this.#say(`${job.name}: done in ${(seconds / 60).toFixed(1)} min`);
    return seconds;
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

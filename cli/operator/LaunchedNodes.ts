import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { launcherVariables } from '../../nodes/shared/process/launcher.ts';

/** Lines that are shown when a node ends by itself. */
const LAST_LINES = 15;
/** The launch itself ends its nodes by force after 10 s. */
const END_LIMIT_MS = 12_000;
/** A node's last words may come after the news of its end. */
const LAST_WORDS_MS = 300;

/** `st4vla launch FILE` in a process of its own, its output in a log file. */
export class LaunchedNodes {
  readonly #process: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #closed: Promise<void>;
  readonly #ended: Promise<string>;
  #isStopping = false;

  constructor(launchFile: string, launchArguments: readonly string[], logFile: string) {
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    // a process group of its own: Ctrl-C reaches us alone, and we end the nodes in order
    const child = spawn(process.execPath, [main, 'launch', launchFile, ...launchArguments], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, ...launcherVariables() },
    });
    const log = createWriteStream(logFile);
    this.#process = child;
    this.#closed = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => {
        log.end();
        resolve();
      });
    });
    this.#ended = new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => resolve(`the launch has ended (${signal ?? code})`));
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on('line', (line) => {
          log.write(`${line}\n`);
          this.#lastLines.push(line);
          if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
          const end = /^\[launch\] (\S+ ended .*)$/.exec(line);
          if (end?.[1] !== undefined) resolve(end[1]);
        });
      }
    });
    process.once('exit', this.#terminate);
  }

  /** Rejects as soon as a node ends without having been told to; never resolves. */
  async failure(): Promise<never> {
    const how = await this.#ended;
    await new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS));
    if (this.#isStopping) return new Promise(() => undefined);
    throw new Error(`${how}:\n  ${this.#lastLines.join('\n  ')}`);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#process.kill('SIGINT');
    const limit = setTimeout(this.#terminate, END_LIMIT_MS);
    await this.#closed;
    clearTimeout(limit);
    process.off('exit', this.#terminate);
  }

  readonly #terminate = (): void => {
    this.#process.kill('SIGTERM');
  };
}

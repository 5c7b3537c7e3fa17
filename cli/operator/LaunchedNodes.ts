import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Lines that are shown when the nodes end by themselves. */
const LAST_LINES = 15;
/** The launch itself ends its nodes by force after 10 s. */
const END_LIMIT_MS = 12_000;

/** `st4vla launch FILE` in a process of its own, its output in a log file. */
export class LaunchedNodes {
  readonly #process: ChildProcess;
  readonly #lastLines: string[] = [];
  readonly #ended: Promise<number | NodeJS.Signals>;
  #isStopping = false;

  constructor(launchFile: string, launchArguments: readonly string[], logFile: string) {
    const main = fileURLToPath(new URL('../main.js', import.meta.url));
    // a process group of its own: Ctrl-C reaches us alone, and we end the nodes in order
    this.#process = spawn(process.execPath, [main, 'launch', launchFile, ...launchArguments], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const log = createWriteStream(logFile);
    for (const stream of [this.#process.stdout!, this.#process.stderr!]) {
      createInterface({ input: stream }).on('line', (line) => {
        log.write(`${line}\n`);
        this.#lastLines.push(line);
        if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
      });
    }
    this.#ended = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (code, signal) => {
        log.end();
        resolve(signal ?? code ?? 0);
      });
    });
    process.once('exit', this.#killNow);
  }

  /** Rejects as soon as the nodes end without having been told to. */
  async failure(): Promise<never> {
    const how = await this.#ended;
    if (this.#isStopping) return new Promise(() => undefined);
    throw new Error(`the nodes have ended (${how}):\n  ${this.#lastLines.join('\n  ')}`);
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#process.kill('SIGINT');
    const limit = setTimeout(this.#killNow, END_LIMIT_MS);
    await this.#ended.catch(() => undefined);
    clearTimeout(limit);
    process.off('exit', this.#killNow);
  }

  readonly #killNow = (): void => {
    this.#process.kill('SIGTERM');
  };
}

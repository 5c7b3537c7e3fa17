import { spawn, type ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { launcherVariables } from '../../nodes/shared/process/launcher.ts';
import { REFUSAL_VARIABLE } from '../../nodes/shared/process/refusal.ts';
import { parameterArguments } from './parameterFiles.ts';
import type { ProcessSpec } from './ProcessSpec.ts';

/** A process that ends sooner than this after its start is started again later and later. */
const shortLifeMs = 10_000;
const longestDelayMs = 30_000;
/** How long a process may take to end after INT, and again after TERM. */
const graceMs = 5_000;

const REFUSED_WORDS =
  'refused its configuration and is not started again: correct it, then start the launch again';

type Running = {
  readonly plan: ProcessSpec;
  readonly label: string;
  child: ChildProcess | undefined;
  startedMs: number;
  /** Ends in a row that came soon after the start. */
  shortLives: number;
};

/**
 * Runs the processes of a launch file until they end or the launch is stopped. Nodes end with it, also
 * where it is killed.
 */
export class LaunchRunner {
  readonly #running: Running[];
  readonly #write: (line: string) => void;
  readonly #folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-launch-'));
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopping = false;
  #exitCode = 0;
  #finish: (code: number) => void = () => undefined;

  constructor(plans: readonly ProcessSpec[], write: (line: string) => void) {
    this.#running = plans.map((plan, i) => ({
      plan,
      label: `${plan.label}-${i + 1}`,
      child: undefined,
      startedMs: 0,
      shortLives: 0,
    }));
    this.#write = write;
  }

  /** Resolves with 0 when all ended well or were stopped, else with 1. */
  async run(): Promise<number> {
    const finished = new Promise<number>((resolve) => (this.#finish = resolve));
    for (const running of this.#running) this.#start(running);
    this.#finishIfIdle();
    const code = await finished;
    fs.rmSync(this.#folder, { recursive: true, force: true });
    return code;
  }

  /** Sends INT to all; what does not end gets TERM, then KILL. */
  stop(): void {
    if (this.#isStopping) return;
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer); // nothing is respawned any more
    this.#timers.clear();
    this.#signalAll('SIGINT');
    this.#after(graceMs, () => this.#signalAll('SIGTERM'));
    this.#after(2 * graceMs, () => this.#signalAll('SIGKILL'));
    this.#finishIfIdle();
  }

  #start(running: Running): void {
    const { plan, label } = running;
    const [program, ...args] = plan.command;
    const parameters = parameterArguments(plan.parameters, this.#folder, label, plan.node);
    // A process group of its own: Ctrl-C reaches us alone, and we pass it on once.
    const child = spawn(program!, [...args, ...parameters], {
      cwd: plan.cwd,
      // This launch knows by itself what not to start again: no one has to wait.
      env: { ...plan.env, ...launcherVariables(), [REFUSAL_VARIABLE]: 'exit' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    running.child = child;
    running.startedMs = performance.now();
    // Streams close after the last line was read, so a process's last words come before its end.
    const onLine = (line: string): void => this.#write(`[${label}] ${line}`);
    if (plan.output === 'screen') createInterface({ input: child.stdout! }).on('line', onLine);
    else child.stdout!.resume();
    createInterface({ input: child.stderr! }).on('line', onLine);
    if (child.pid !== undefined) this.#write(`[launch] ${label} started (pid ${child.pid})`);
    child.on('error', (error) => this.#ended(running, error.message));
    child.on('close', (code, signal) => this.#ended(running, signal ?? code ?? 0));
  }

  #ended(running: Running, how: string | number): void {
    if (running.child === undefined) return; // 'error' and 'close' both came
    running.child = undefined;
    this.#write(
      `[launch] ${running.label} ended (${typeof how === 'number' ? `code ${how}` : how})`,
    );
    const { isRequired, refusalExit } = running.plan;
    const isRefused = refusalExit !== undefined && how === refusalExit;
    // It may have ended the launch itself, which is then no success.
    if (isRefused) this.#exitCode = 1;
    const respawn = running.plan.respawn && !isRefused;
    if (!this.#isStopping) {
      if (isRefused && running.plan.respawn)
        this.#write(`[launch] ${running.label} ${REFUSED_WORDS}`);
      if (respawn) this.#after(respawnDelayMs(running), () => this.#start(running));
      else if (how !== 0) this.#exitCode = 1;
      if (!respawn && isRequired) this.stop();
    }
    this.#finishIfIdle();
  }

  #finishIfIdle(): void {
    const isIdle = this.#running.every(({ child }) => child === undefined);
    if (!isIdle || (!this.#isStopping && this.#timers.size > 0)) return;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#finish(this.#exitCode);
  }

  #signalAll(signal: NodeJS.Signals): void {
    for (const { child } of this.#running) child?.kill(signal);
  }

  #after(delayMs: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, delayMs);
    this.#timers.add(timer);
  }
}

/** The delay of the launch file; twice as long after each life that was short. */
function respawnDelayMs(running: Running): number {
  const isShort = performance.now() - running.startedMs < shortLifeMs;
  const factor = isShort ? 2 ** running.shortLives : 1;
  running.shortLives = isShort ? running.shortLives + 1 : 0;
  const delayMs = running.plan.respawnDelaySec * 1000;
  return Math.max(delayMs, Math.min(longestDelayMs, delayMs * factor));
}

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { claimDomainId } from '../../cli/setup/claimDomainId.ts';
import { rosEnvironment, testRosEnvironment } from '../../cli/setup/rosEnvironment.ts';
import { wheelsPython } from '../../cli/setup/wheelsStep.ts';
import { findRosSource } from '../../setup/rosSource.mjs';
import { type Condition, waitFor } from './waitFor.ts';
import { Peer } from './Peer.ts';

/** The repository's root, seen from dist/test/ros. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

type Domain = Awaited<ReturnType<typeof claimDomainId>>;

/** A node's process under test. */
export type NodeProcess = {
  readonly process: ChildProcess;
  /** stdout and stderr so far. */
  output(): string;
  /** Exit code, or the signal that ended it; waits for the end. */
  readonly ended: Promise<number | string>;
};

/**
 * A ROS domain of its own with the processes in it; `close` ends them all. Nothing leaves the
 * machine.
 */
export class RosSession {
  readonly #domain: Domain;
  readonly #withRobots: boolean;
  readonly #extra: NodeJS.ProcessEnv;
  readonly #processes: NodeProcess[] = [];
  readonly #peers: Peer[] = [];
  /** What the nodes remember from one process to the next. */
  readonly stateFolder = mkdtempSync(join(tmpdir(), 'st4vla-state-'));

  private constructor(domain: Domain, withRobots: boolean, extra: NodeJS.ProcessEnv) {
    this.#domain = domain;
    this.#withRobots = withRobots;
    this.#extra = extra;
  }

  /**
   * @param options.withRobots with the message packages of real robots (`test/fixtures/ros`)
   * @param options.extra environment variables of all processes
   */
  static async open(
    options: { readonly withRobots?: boolean; readonly extra?: NodeJS.ProcessEnv } = {},
  ): Promise<RosSession> {
    const { withRobots = false, extra = {} } = options;
    return new RosSession(await claimDomainId(), withRobots, extra);
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      ...(this.#withRobots ? testRosEnvironment() : rosEnvironment()),
      ROS_DOMAIN_ID: String(this.#domain.id),
      ST4VLA_STATE_DIR: this.stateFolder,
      ...this.#extra,
    };
  }

  /** Starts `dist/nodes/<name>/main.js` with ROS arguments. */
  startNode(
    name: string,
    rosArguments: readonly string[] = [],
    extra: NodeJS.ProcessEnv = {},
  ): NodeProcess {
    return this.startScript(join(root, 'dist', 'nodes', name, 'main.js'), rosArguments, extra);
  }

  startScript(
    script: string,
    rosArguments: readonly string[] = [],
    extra: NodeJS.ProcessEnv = {},
  ): NodeProcess {
    const args = rosArguments.length > 0 ? ['--ros-args', ...rosArguments] : [];
    return this.startProgram([process.execPath, script, ...args], extra);
  }

  /**
   * @param extra environment variables of this process alone
   * @param output a file for what it prints
   */
  startProgram(
    [program = '', ...args]: readonly string[],
    extra: NodeJS.ProcessEnv = {},
    output: number | 'pipe' = 'pipe',
  ): NodeProcess {
    const child = spawn(program, args, {
      env: { ...this.environment, ...extra },
      stdio: ['ignore', output, output],
      cwd: root,
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => (printed += `${line}\n`));
    }
    const ended = new Promise<number | string>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    const running = { process: child, output: () => printed, ended };
    this.#processes.push(running);
    return running;
  }

  /** @param script in `peers/`, with its arguments */
  async startPeer(script = 'peer.py', ...args: string[]): Promise<Peer> {
    const peer = await Peer.start(
      findRosSource(process.env).kind === 'wheels' ? wheelsPython : 'python3',
      [join(root, 'test', 'ros', 'peers', script), ...args],
      this.environment,
    );
    this.#peers.push(peer);
    return peer;
  }

  /** Waits for something that the processes bring about; on failure shows what they printed. */
  async until<T>(what: string, condition: Condition<T>, timeoutMs?: number): Promise<T> {
    try {
      return await waitFor(what, condition, timeoutMs);
    } catch (error) {
      const outputs = this.#processes.map(({ output }) => output()).join('\n---\n');
      throw new Error(`${(error as Error).message}\n${outputs}`, { cause: error });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#peers.map((peer) => peer.close()));
    await Promise.all(
      this.#processes.map(async ({ process: child, ended }) => {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
        const killer = setTimeout(() => child.kill('SIGKILL'), 3000);
        await ended;
        clearTimeout(killer);
      }),
    );
    rmSync(this.stateFolder, { recursive: true, force: true });
    this.#domain.release();
  }
}

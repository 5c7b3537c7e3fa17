import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Condition, waitFor } from './waitFor.ts';
import { Peer } from './Peer.ts';

/** The repository's root, seen from dist/test/ros. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');

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
  readonly domain = freeDomain();
  readonly #processes: NodeProcess[] = [];
  readonly #peers: Peer[] = [];

  get environment(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      ROS_DOMAIN_ID: String(this.domain),
      ROS_AUTOMATIC_DISCOVERY_RANGE: 'LOCALHOST',
      RCUTILS_LOGGING_USE_STDOUT: '1',
    };
  }

  /** Starts `dist/nodes/<name>/main.js` with ROS arguments. */
  startNode(name: string, rosArguments: readonly string[] = []): NodeProcess {
    return this.startScript(join(root, 'dist', 'nodes', name, 'main.js'), rosArguments);
  }

  startScript(script: string, rosArguments: readonly string[] = []): NodeProcess {
    const args = rosArguments.length > 0 ? ['--ros-args', ...rosArguments] : [];
    const child = spawn(process.execPath, [script, ...args], {
      env: this.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: root,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => (output += `${line}\n`));
    }
    const ended = new Promise<number | string>((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown'));
    });
    const running = { process: child, output: () => output, ended };
    this.#processes.push(running);
    return running;
  }

  async startPeer(): Promise<Peer> {
    const peer = await Peer.start(
      process.env['ST4VLA_PYTHON'] ?? 'python3',
      join(root, 'test', 'ros', 'peers', 'peer.py'),
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
  }
}

const taken = new Set<number>();

/** A domain in which no participant has a port open; above 101 they meet the ephemeral ports. */
function freeDomain(): number {
  const used = new Set(taken);
  const sockets = readFileSync('/proc/net/udp', 'utf8').matchAll(
    /^\s*\d+: [0-9A-F]{8}:([0-9A-F]{4})/gm,
  );
  for (const [, port] of sockets) used.add(Math.floor((parseInt(port!, 16) - 7400) / 250));
  for (let i = 0; i < 100; i++) {
    const domain = 1 + ((process.pid + i * 7) % 100);
    if (used.has(domain)) continue;
    taken.add(domain);
    return domain;
  }
  throw new Error('no ROS domain is free');
}

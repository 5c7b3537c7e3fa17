import '../../nodes/shared/process/requireRos.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STATE_VARIABLE } from '../../adapters/files/stateFolder.ts';
import rclnodejs from 'rclnodejs';
import { initRos, refusalAsFault } from '../../nodes/shared/process/initRos.ts';
import { ManagedNode } from '../../nodes/shared/node/ManagedNode.ts';
import { claimDomainId } from '../setup/claimDomainId.ts';

/** Longest wait of the executor. */
const SPIN_TIMEOUT_MS = 10;

/**
 * A domain that no other demo or test on this machine hears, whose arm remembers nothing of another
 * one that had the domain before; who has chosen a domain keeps it, and its arm's memory.
 */
export async function isolate(): Promise<() => void> {
  if (process.env['ROS_DOMAIN_ID'] !== undefined) return () => undefined;
  const { id, release } = await claimDomainId();
  process.env['ROS_DOMAIN_ID'] = String(id);
  if (process.env[STATE_VARIABLE] !== undefined) return release;
  const folder = mkdtempSync(join(tmpdir(), 'st4vla-state-'));
  process.env[STATE_VARIABLE] = folder;
  return () => {
    rmSync(folder, { recursive: true, force: true });
    release();
  };
}

/** A node of this process; `build` makes its entities before it spins. */
export async function joinGraph<T>(
  name: string,
  build: (node: ManagedNode) => T,
): Promise<{ readonly node: ManagedNode; readonly built: T }> {
  await initRos();
  const node = await refusalAsFault(() => new ManagedNode(name));
  const built = build(node);
  node.spin(SPIN_TIMEOUT_MS);
  return { node, built };
}

export function leaveGraph(node: ManagedNode): void {
  if (node.spinning) node.stop();
  if (!rclnodejs.isShutdown()) rclnodejs.shutdown();
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Asks again and again until nothing is missing any more. */
export async function waitUntilPresent(
  missing: () => readonly string[],
  limitMs: number,
  onWait: (missing: readonly string[]) => void,
): Promise<void> {
  const endMs = performance.now() + limitMs;
  let reported = '';
  for (let left = missing(); left.length > 0; left = missing()) {
    if (left.join() !== reported) onWait(left);
    reported = left.join();
    if (performance.now() > endMs) {
      throw new Error(`not there after ${limitMs / 1000} s: ${left.join(', ')}`);
    }
    await sleep(200);
  }
}

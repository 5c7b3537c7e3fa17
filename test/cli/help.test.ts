import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));

async function runCli(...args: readonly string[]): Promise<{ status: number; out: string }> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [out, [status]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number]>,
  ]);
  return { status, out };
}

describe('st4vla --help', () => {
  it('lists the subcommands', async () => {
    const { status, out } = await runCli('--help');
    assert.equal(status, 0);
    assert.match(out, /^ {2}corrections {2}/m);
  });

  // Not here: demo and bench, which need ROS 2 sourced to be loaded.
  for (const name of [
    'launch',
    'camera',
    'lerobot',
    'eval',
    'corrections',
    'data',
    'gazebo',
    'model',
    'node',
    'record',
    'security',
    'setup',
  ]) {
    it(`says how ${name} is used`, async () => {
      const { status, out } = await runCli(name, '--help');
      assert.equal(status, 0);
      assert.match(out, new RegExp(`^usage:\\s+st4vla ${name}`, 'i'));
    });
  }
});

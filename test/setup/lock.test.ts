import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from '../../setup/lock.mjs';

describe('the lock of the set-up', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'lock-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  it('lets one at a time in, and tells those who wait', async () => {
    let inside = 0;
    let most = 0;
    const waited: string[] = [];
    const enter = (): Promise<void> =>
      withLock(
        folder,
        (holder) => waited.push(holder),
        async () => {
          inside += 1;
          most = Math.max(most, inside);
          await new Promise((resolve) => setTimeout(resolve, 50));
          inside -= 1;
        },
      );
    await Promise.all([enter(), enter(), enter()]);
    assert.equal(most, 1);
    assert.equal(waited.length, 2);
    assert.equal(waited[0], `process ${process.pid}`);
  });

  it('is free after work that failed, and does not hold other folders up', async () => {
    await assert.rejects(
      withLock(folder, fail, () => Promise.reject(new Error('broken'))),
      /broken/,
    );
    const result = await withLock(folder, fail, () => withLock(os.tmpdir(), fail, async () => 7));
    assert.equal(result, 7);
  });

  it('passes on from a process that was killed', async () => {
    const lock = pathToFileURL(
      path.join(import.meta.dirname, '..', '..', 'setup', 'lock.mjs'),
    ).href;
    const script = `
      const { withLock } = await import(${JSON.stringify(lock)});
      await withLock(${JSON.stringify(folder)}, () => {}, () => {
        console.log('inside');
        return new Promise(() => setInterval(() => {}, 1000));
      });`;
    const args = ['--input-type=module', '-e', script];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    let holder = '';
    const entered = withLock(
      folder,
      (name) => {
        holder = name;
        child.kill('SIGKILL');
      },
      async () => 'in',
    );
    assert.equal(await entered, 'in');
    assert.equal(holder, `process ${child.pid}`);
  });
});

function fail(): void {
  assert.fail('nobody else holds it');
}

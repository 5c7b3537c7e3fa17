import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  LAUNCHER_VARIABLE,
  launcherVariables,
  watchLauncher,
} from '../../nodes/shared/process/launcher.ts';
import { packageRoot } from '../../adapters/files/packageFiles.ts';
import { startOfProcess } from '../../nodes/shared/process/processIdentity.ts';

const idle = () => spawn(process.execPath, ['--eval', 'setInterval(() => {}, 1000)']);
const soon = () => new Promise((resolve) => setTimeout(resolve, 700));

describe('a process that ends with its launcher', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const watched = (launcher: string | undefined) => {
    const news: string[] = [];
    const end = watchLauncher((who) => news.push(who), { [LAUNCHER_VARIABLE]: launcher });
    return { news, end };
  };

  it('hears once that the launcher has ended, and not before', async () => {
    const launcher = idle();
    children.push(launcher);
    await once(launcher, 'spawn');
    const { news, end } = watched(`${launcher.pid}:${startOfProcess(launcher.pid!)}`);
    await soon();
    assert.deepEqual(news, []);
    launcher.kill('SIGKILL');
    await soon();
    await soon();
    assert.deepEqual(news, [`the launch (process ${launcher.pid})`]);
    end();
  });

  it('is not misled by another process that has the id of the launcher', async () => {
    const { news, end } = watched(`${process.pid}:1`);
    await soon();
    assert.equal(news.length, 1);
    end();
  });

  it('goes on where no launcher is named, or not as one', async () => {
    for (const launcher of [undefined, '', 'yes', `${process.pid}`, '-1:5']) {
      const { news, end } = watched(launcher);
      await soon();
      assert.deepEqual(news, [], launcher);
      end();
    }
  });

  it('goes on while this process, which started it, does', async () => {
    const { news, end } = watched(launcherVariables()[LAUNCHER_VARIABLE]);
    await soon();
    assert.deepEqual(news, []);
    end();
  });

  it('notices another parent', async () => {
    const url = pathToFileURL(
      join(packageRoot, 'dist', 'nodes', 'shared', 'process', 'launcher.js'),
    ).href;
    const watching = `
      import { watchLauncher } from ${JSON.stringify(url)};
      watchLauncher((who) => { process.stdout.write('gone: ' + who); process.exit(0); });
      process.stdout.write('watching ');
      setTimeout(() => process.exit(1), 20000);`;
    const starting = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['--input-type=module', '--eval', process.argv[1]], { stdio: 'inherit' });
      setInterval(() => {}, 1000);`;
    const env = { ...process.env, [LAUNCHER_VARIABLE]: 'parent' };
    const parent = spawn(process.execPath, ['--eval', starting, watching], { env });
    children.push(parent);
    let said = '';
    const ended = new Promise((resolve) => parent.stdout.on('close', resolve));
    parent.stdout.on('data', (data: Buffer) => {
      said += data.toString();
      if (said === 'watching ') parent.kill('SIGKILL');
    });
    await ended;
    assert.equal(said, 'watching gone: the launch');
  });
});

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { installLocked, installedFault, partOfLock } from '../../setup/npm.mjs';
import { packageRoot } from '../../setup/paths.mjs';
import { refuseRebuild } from '../../setup/refuseRebuild.mjs';
import { integrityOf, run, startRegistry, tarOf, writeText } from './fakeIndex.ts';
import { useInstallFolder } from './installFolder.ts';

describe('the installation of locked npm packages', () => {
  const folder = useInstallFolder();

  const archive = tarOf({
    'package/package.json': JSON.stringify({
      name: 'locked-one',
      version: '1.0.0',
      scripts: { install: "node -e \"require('fs').writeFileSync('ran', '')\"" },
    }),
  });
  const tool = tarOf({
    'package/package.json': JSON.stringify({ name: 'tool', version: '2.0.0' }),
  });

  async function project(served: Readonly<Record<string, Buffer>>): Promise<NodeJS.ProcessEnv> {
    const version = (name: string): string => (name === 'tool' ? '2.0.0' : '1.0.0');
    folder.server = await startRegistry(
      Object.fromEntries(
        Object.entries(served).map(([name, data]) => [name, { version: version(name), data }]),
      ),
    );
    const wanted = {
      name: 'project',
      version: '1.0.0',
      dependencies: { 'locked-one': '1.0.0' },
      devDependencies: { tool: '2.0.0' },
    };
    const packages = {
      '': wanted,
      'node_modules/locked-one': { version: '1.0.0', integrity: integrityOf(archive) },
      'node_modules/tool': { version: '2.0.0', integrity: integrityOf(tool), dev: true },
    };
    const lock = { name: 'project', version: '1.0.0', lockfileVersion: 3, packages };
    writeText(folder.path, 'package.json', JSON.stringify(wanted));
    writeText(folder.path, 'package-lock.json', JSON.stringify(lock));
    return {
      PATH: process.env['PATH'],
      HOME: folder.path,
      npm_config_registry: folder.server.url,
      npm_config_cache: path.join(folder.path, 'cache'),
      npm_config_userconfig: '/dev/null',
      npm_config_globalconfig: path.join(folder.path, 'none'),
    };
  }

  it('takes what is locked, with or without the tools, and runs no script of it', async () => {
    const env = await project({ 'locked-one': archive, tool });
    await installLocked(run, folder.path, { dev: true, env });
    assert.equal(installedFault(folder.path, { dev: true }), undefined);
    assert.match(installedFault(folder.path, { dev: false }) ?? '', /tool is for development only/);
    assert.equal(fs.existsSync(path.join(folder.path, 'node_modules', 'locked-one', 'ran')), false);
    await installLocked(run, folder.path, { dev: false, env });
    assert.equal(fs.existsSync(path.join(folder.path, 'node_modules', 'tool')), false);
    assert.match(installedFault(folder.path, { dev: true }) ?? '', /tool is missing/);
  });

  it('refuses an archive that is another one', async () => {
    const other = tarOf({
      'package/package.json': JSON.stringify({
        name: 'locked-one',
        version: '1.0.0',
        evil: true,
      }),
    });
    const env = await project({ 'locked-one': other, tool });
    await assert.rejects(installLocked(run, folder.path, { dev: true, env }), /EINTEGRITY/);
  });

  it('refuses a lock that does not fit package.json', async () => {
    const env = await project({ 'locked-one': archive, tool, more: tool });
    const manifest = JSON.parse(
      fs.readFileSync(path.join(folder.path, 'package.json'), 'utf8'),
    ) as {
      dependencies: Record<string, string>;
    };
    manifest.dependencies['more'] = '1.0.0';
    writeText(folder.path, 'package.json', JSON.stringify(manifest));
    await assert.rejects(
      installLocked(run, folder.path, { dev: true, env }),
      /can only install|sync/,
    );
  });

  it('is not led astray by settings of npm', async () => {
    const env = await project({ 'locked-one': archive, tool });
    const led = {
      NODE_ENV: 'production',
      npm_config_omit: 'dev',
      npm_config_package_lock: 'false',
      npm_config_global: 'true',
      npm_config_dry_run: 'true',
      npm_config_ignore_scripts: 'false',
      npm_config_install_strategy: 'nested',
    };
    await installLocked(run, folder.path, { dev: true, env: { ...env, ...led } });
    assert.equal(installedFault(folder.path, { dev: true }), undefined);
    assert.ok(fs.existsSync(path.join(folder.path, 'node_modules', 'tool', 'package.json')));
  });

  it('leaves an rclnodejs that refuses to build itself while a program runs', async () => {
    const rebuild = "node -e \"require('fs').writeFileSync('built', '')\"";
    const rclnodejs = path.join(folder.path, 'node_modules', 'rclnodejs');
    const manifest = { name: 'rclnodejs', version: '1.0.0', scripts: { rebuild } };
    writeText(rclnodejs, 'package.json', JSON.stringify(manifest));
    await run('npm', ['run', 'rebuild'], { cwd: rclnodejs });
    assert.ok(fs.existsSync(path.join(rclnodejs, 'built')));
    fs.rmSync(path.join(rclnodejs, 'built'));
    for (const _ of [1, 2]) refuseRebuild(folder.path);
    await assert.rejects(run('npm', ['run', 'rebuild'], { cwd: rclnodejs }), /source ROS 2/);
    assert.equal(fs.existsSync(path.join(rclnodejs, 'built')), false);
  });

  it('gives the compiler a lock of its own, cut from the whole', () => {
    const file = path.join(packageRoot, 'package-lock.json');
    const whole = JSON.parse(fs.readFileSync(file, 'utf8')) as Parameters<typeof partOfLock>[0];
    const { lock, manifest } = partOfLock(whole, ['typescript']);
    const names = Object.keys(lock.packages).filter((name) => name !== '');
    assert.ok(names.includes('node_modules/typescript'));
    for (const name of names) {
      assert.equal(lock.packages[name]!.integrity, whole.packages[name]!.integrity);
      assert.ok(!lock.packages[name]!.dev);
    }
    const version = whole.packages['node_modules/typescript']!.version;
    assert.deepEqual((manifest as { dependencies: object }).dependencies, { typescript: version });
    assert.throws(() => partOfLock(whole, ['no-such-tool']), /no node_modules\/no-such-tool/);
  });
});

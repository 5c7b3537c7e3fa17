import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { wheelsPython } from '../../cli/setup/wheelsStep.ts';
import { checkInstalled, installSources, installWheels } from '../../setup/pip.mjs';
import { findPython } from '../../setup/python.mjs';
import { run, sha256Of, startIndex, tarOf, wheelOf, writeText } from './fakeIndex.ts';
import { useInstallFolder } from './installFolder.ts';

describe('the installation of locked Python packages', () => {
  const folder = useInstallFolder();

  /** Any Python with venv will do; the one of the set-up, where it is there. */
  const base = fs.existsSync(wheelsPython)
    ? wheelsPython
    : (findPython(process.env)?.path ?? 'python3');
  let venv = '';
  let python = '';
  before(() => {
    venv = fs.mkdtempSync(path.join(os.tmpdir(), 'install-venv-'));
    execFileSync(base, ['-I', '-m', 'venv', venv]);
    python = path.join(venv, 'bin', 'python');
  });
  after(() => fs.rmSync(venv, { recursive: true }));
  // Python 3.11 brings setuptools along, 3.12 does not.
  beforeEach(() => uninstall(python, ['setuptools', 'locked-one', 'extra', 'from-source']));

  /** The environment of a person, with an index that we serve and nothing else. */
  let env: NodeJS.ProcessEnv = {};
  const wheel = wheelOf('locked_one', '1.0', 'value = 1\n');

  async function serve(projects: Parameters<typeof startIndex>[0]): Promise<void> {
    folder.server = await startIndex(projects);
    env = {
      PATH: process.env['PATH'],
      HOME: folder.path,
      PIP_CONFIG_FILE: '/dev/null',
      PIP_INDEX_URL: `${folder.server.url}/simple/`,
    };
  }

  function lockOf(...entries: readonly (readonly [string, Buffer])[]): string {
    const lines = entries.map(([pin, data]) => `${pin} --hash=sha256:${sha256Of(data)}\n`);
    return writeText(folder.path, 'lock.txt', lines.join(''));
  }

  it('takes what is locked', async () => {
    await serve({ 'locked-one': [wheel] });
    const lock = lockOf(['locked-one==1.0', wheel.data]);
    await installWheels(run, python, lock, env);
    checkInstalled(python, [lock]);
  });

  it('refuses a wheel that is another one', async () => {
    const other = wheelOf('locked_one', '1.0', 'value = 2\n');
    await serve({ 'locked-one': [other] });
    const lock = lockOf(['locked-one==1.0', wheel.data]);
    await assert.rejects(installWheels(run, python, lock, env), /DO NOT MATCH THE HASHES/);
    assert.throws(() => checkInstalled(python, [lock]), /locked-one 1\.0: found none/);
  });

  it('is not led astray by settings of pip, or by packages on PYTHONPATH', async () => {
    await serve({ 'locked-one': [wheel] });
    const elsewhere = path.join(folder.path, 'elsewhere');
    const dist = path.join(elsewhere, 'locked_one-1.0.dist-info');
    writeText(dist, 'METADATA', 'Metadata-Version: 2.1\nName: locked-one\nVersion: 1.0\n');
    const lock = lockOf(['locked-one==1.0', wheel.data]);
    const led = {
      PYTHONPATH: elsewhere,
      PIP_USER: '1',
      PIP_TARGET: path.join(folder.path, 'target'),
      PIP_PREFIX: path.join(folder.path, 'prefix'),
      PIP_NO_BINARY: ':all:',
      PIP_CONSTRAINT: path.join(folder.path, 'none.txt'),
    };
    await installWheels(run, python, lock, { ...env, ...led });
    checkInstalled(python, [lock]);
    assert.equal(fs.existsSync(path.join(folder.path, 'target')), false);
  });

  it('says when a configuration file sent packages elsewhere', async () => {
    await serve({ 'locked-one': [wheel] });
    const target = path.join(folder.path, 'target');
    const config = writeText(folder.path, 'pip.conf', `[install]\ntarget = ${target}\n`);
    const lock = lockOf(['locked-one==1.0', wheel.data]);
    await installWheels(run, python, lock, { ...env, PIP_CONFIG_FILE: config });
    assert.throws(() => checkInstalled(python, [lock]), /found none[^]*pip config list/);
  });

  it('says what is installed beside the lock', async () => {
    const extra = wheelOf('extra', '2.0', '');
    await serve({ 'locked-one': [wheel], extra: [extra] });
    const both = lockOf(['locked-one==1.0', wheel.data], ['extra==2.0', extra.data]);
    await installWheels(run, python, both, env);
    const lock = lockOf(['locked-one==1.0', wheel.data]);
    assert.throws(() => checkInstalled(python, [lock]), /extra 2\.0: not in the lock/);
  });

  it('builds sources with the tools that are there, and fetches none', async () => {
    const tool = wheelOf('build_tool', '9.0', 'value = "fetched"\n');
    const source = { name: 'from_source-1.0.tar.gz', data: sourceThatAsksFor('build_tool') };
    await serve({ 'from-source': [source], 'build-tool': [tool] });
    const lock = lockOf(['from-source==1.0', source.data]);
    await installSources(run, python, lock, env);
    checkInstalled(python, [lock]);
    assert.deepEqual(
      folder.server!.asked.filter((name) => name.includes('build')),
      [],
    );
    const script = 'import from_source; print(from_source.built_with)';
    const built = execFileSync(python, ['-I', '-c', script], { encoding: 'utf8' });
    assert.equal(built.trim(), 'nothing');
    // Without these options pip fetches the tool, so the test could have failed.
    const isolated = ['-I', '-m', 'pip', 'install', '--require-hashes', '--no-binary', ':all:'];
    const other = ['--only-binary', 'build_tool', '--no-cache-dir', '--force-reinstall'];
    await run(python, [...isolated, ...other, '-r', lock], { env });
    assert.ok(folder.server!.asked.some((name) => name.includes('build_tool-9.0')));
  });
});

/** Takes out of the environment what it brought along, and what a test put there. */
function uninstall(python: string, names: readonly string[]): void {
  const args = ['-I', '-m', 'pip', 'uninstall', '--yes', '--quiet', ...names];
  execFileSync(python, args, { stdio: 'ignore' });
}

/** An sdist whose build says whether the tool that it asks for was fetched. */
function sourceThatAsksFor(tool: string): Buffer {
  const root = 'from_source-1.0';
  const project = `[build-system]\nrequires = ["${tool}"]\nbuild-backend = "backend"\nbackend-path = ["."]\n`;
  const backend = `
import os, zipfile
try:
    import ${tool}
    found = ${tool}.value
except ImportError:
    found = "nothing"
METADATA = "Metadata-Version: 2.1\\nName: from-source\\nVersion: 1.0\\n"
def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "from_source-1.0-py3-none-any.whl"
    info = "from_source-1.0.dist-info"
    files = {
        "from_source.py": f"built_with = {found!r}\\n",
        f"{info}/METADATA": METADATA,
        f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, text in files.items():
            wheel.writestr(path, text)
    return name
`;
  return tarOf({
    [`${root}/PKG-INFO`]: 'Metadata-Version: 2.1\nName: from-source\nVersion: 1.0\n',
    [`${root}/pyproject.toml`]: project,
    [`${root}/backend.py`]: backend,
  });
}

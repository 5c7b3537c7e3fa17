import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';
import { readLock } from '../../setup/pip.mjs';

/** This file, whose refused examples are no commands. */
const self = 'test/setup/pinned.test.ts';

/** Programs and folders that hold what others wrote, or what was made. */
const foreign =
  /^(node_modules|dist|\.dist-|\.st4vla|\.venv|runs|models|\.git$|build|install|log|\.\w+_cache)/;

/** Text files of the package, from its root. */
function sources(): string[] {
  const names = fs.readdirSync(packageRoot, { encoding: 'utf8' }).filter((n) => !foreign.test(n));
  return names.flatMap((name) => {
    const full = path.join(packageRoot, name);
    if (!fs.statSync(full).isDirectory()) return [name];
    const inside = fs.readdirSync(full, { recursive: true, encoding: 'utf8' });
    return inside.map((entry) => path.join(name, entry));
  });
}

const read = (file: string): string => fs.readFileSync(path.join(packageRoot, file), 'utf8');
const all = sources();
const locks = all.filter((file) => isRequirements(file));

/** Lists of Python packages: text files with at least one line `name==version`. */
function isRequirements(file: string): boolean {
  return file.endsWith('.txt') && /^[A-Za-z0-9._-]+\s*(==|>=|~=)/m.test(read(file));
}

type Command = { readonly at: string; readonly text: string };

/** Every line that installs something with a package manager, in code, documents and scripts. */
function installCommands(): Command[] {
  const kinds = /\.(md|ts|mjs|py|sh|yaml|yml|json|txt|in|toml)$|Dockerfile$|^\.ci\/run$/;
  const installs =
    /\bpip3? (install|download|wheel)\b|\bnpm (install|i|ci|exec)\b|\bnpx\b|\buvx?\s(pip|tool|run|add)\b|\bconda install\b|\bcurl\b|\bwget\b/;
  const files = all.filter((file) => kinds.test(file) && file !== 'package-lock.json');
  return files.flatMap((file) => {
    if (file === self || !fs.statSync(path.join(packageRoot, file)).isFile()) return [];
    return read(file)
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map((text, i) => ({ at: `${file}:${i + 1}`, text }))
      .filter(({ text }) => installs.test(text));
  });
}

/** What is wrong with an install command, if anything is. */
function commandFault(text: string): string | undefined {
  if (/\bnpx\b|\bnpm exec\b/.test(text)) return 'runs what no lock names';
  if (text.includes('npm install --package-lock-only')) return undefined; // writes the lock alone
  if (/\bnpm (install|i)\b/.test(text)) return 'may install other packages than the lock holds';
  if (/\b(curl|wget|conda install)\b|\buvx?\s/.test(text)) return 'downloads without a hash';
  if (!/\bpip3? /.test(text)) return undefined;
  if (!text.includes('--require-hashes')) return 'lacks --require-hashes';
  if (!text.includes('--only-binary :all:'))
    return 'may build sources with tools that nothing pins';
  const lock = /-r (\S+?\.txt)/.exec(text)?.[1];
  if (lock === undefined) return 'names no lock file';
  return locks.some((file) => file.endsWith(lock.replace(/^(\.\.\/)+/, '')))
    ? undefined
    : `names ${lock}, which is none of the lock files`;
}

describe('what is installed', () => {
  it('is known: the lists of Python packages', () => {
    assert.deepEqual(locks.sort(), [
      'setup/lock-tools.txt',
      'setup/ros-jazzy-sources.txt',
      'setup/ros-jazzy.txt',
      'test/description/python.txt',
      'test/fixtures/python/bags.txt',
      'test/fixtures/python/lerobot.txt',
      'test/fixtures/python/pictures.txt',
      'test/fixtures/python/pin.txt',
      'training/requirements-dev.txt',
      'training/requirements-full.txt',
      'training/requirements.txt',
    ]);
  });

  for (const file of locks)
    it(`is pinned by version and hash: ${file}`, () => {
      const packages = readLock(read(file));
      assert.ok(packages.length > 0);
      assert.ok(!read(file).includes('://'), 'holds the address of an index');
    });

  for (const file of locks.filter((name) => all.includes(name.replace(/\.txt$/, '.in'))))
    it(`holds what was asked for: ${file}`, () => {
      const pins = new Map(readLock(read(file)).map(({ name, version }) => [name, version]));
      for (const [name, version] of asked(file.replace(/\.txt$/, '.in')))
        if (version === undefined) assert.ok(isPinned(pins, name), `${file} lacks ${name}`);
        else assert.equal(pins.get(name), version, `${name} in ${file}`);
    });

  it('comes from the npm registry with a hash, each package, and as package.json says', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, Record<string, unknown>>;
    };
    for (const [folder, entry] of Object.entries(lock.packages))
      if (folder !== '') assert.match(String(entry['integrity']), /^sha512-[\w+/]{86}==$/, folder);
    const manifest = JSON.parse(read('package.json')) as Record<string, Record<string, string>>;
    for (const kind of ['dependencies', 'devDependencies'])
      assert.deepEqual(lock.packages['']?.[kind], manifest[kind], kind);
    for (const version of Object.values({
      ...manifest['dependencies'],
      ...manifest['devDependencies'],
    }))
      assert.match(version, /^\d+\.\d+\.\d+$/, 'one version, no range');
  });

  it('runs no script of a package, also where someone calls npm by hand', () => {
    assert.match(read('.npmrc'), /^ignore-scripts=true$/m);
  });

  it('is installed by commands with locks and hashes alone, in documents and code', () => {
    const commands = installCommands();
    assert.ok(commands.length > 5, 'finds the commands');
    const faults = commands.map(({ at, text }) => [at, commandFault(text), text.trim()]);
    assert.deepEqual(
      faults.filter(([, fault]) => fault !== undefined),
      [],
    );
  });

  it('is installed by two modules alone, beside the scripts that resolve', () => {
    const code = all.filter((file) => /\.(ts|mjs|py)$/.test(file) && file !== self);
    const callers = code.filter((file) => /['"](pip|npm|npx)['"]/.test(read(file)));
    assert.deepEqual(callers.sort(), [
      'setup/lockPython.mjs',
      'setup/lockRos.mjs',
      'setup/npm.mjs',
      'setup/pip.mjs',
      'test/setup/installNpm.test.ts', // from a registry of its own
      'test/setup/installPip.test.ts', // from an index of its own
    ]);
    assert.match(read('setup/lockRos.mjs'), /'--dry-run'/);
    assert.match(read('setup/lockPython.mjs'), /'pip', 'compile'/);
  });

  it('would be refused otherwise', () => {
    for (const text of [
      'pip install numpy',
      'pip install --require-hashes -r training/requirements.txt',
      'pip install --require-hashes --only-binary :all: -r other.txt',
      'npm install',
      'npx prettier',
      'curl -L address | sh',
    ])
      assert.notEqual(commandFault(text), undefined, text);
    for (const line of [
      'numpy',
      'numpy>=2 --hash=sha256:'.padEnd(87, 'a'),
      'numpy==2.4.6',
      'numpy==2.4.6 --hash=md5:00',
      'https://example.org/numpy.whl --hash=sha256:'.padEnd(110, 'a'),
      '-r other.txt',
    ])
      assert.throws(() => readLock(`${line}\n`), /expected `name==version/, line);
  });
});

/** Names, and versions where one is asked for, of a list and of those that it includes. */
function asked(file: string): [string, string | undefined][] {
  const lines = read(file).split('\n');
  return lines.flatMap((line): [string, string | undefined][] => {
    const included = /^-r (\S+)/.exec(line)?.[1];
    if (included !== undefined) return asked(path.join(path.dirname(file), included));
    const [, name, version] = /^([A-Za-z0-9][A-Za-z0-9._-]*)(?:==([^*\s]+))?/.exec(line) ?? [];
    if (name === undefined) return [];
    return [[name.toLowerCase().replaceAll(/[-_.]+/g, '-'), version]];
  });
}

/** What exists as sources alone stands in a lock beside it. */
function isPinned(pins: ReadonlyMap<string, string>, name: string): boolean {
  const beside = readLock(read(path.join('setup', 'ros-jazzy-sources.txt')));
  return pins.has(name) || beside.some((entry) => entry.name === name);
}

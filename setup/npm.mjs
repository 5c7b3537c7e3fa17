// Installs exactly the npm packages of a lock file, whatever the settings of the user's npm are.
import fs from 'node:fs';
import path from 'node:path';
import { findOnPath } from './rosSource.mjs';
import { SetupError } from './steps.mjs';

/** @typedef {{ version?: string, integrity?: string, dev?: boolean, optional?: boolean, dependencies?: Record<string, string>, optionalDependencies?: Record<string, string> }} LockedPackage */
/** @typedef {{ lockfileVersion: number, packages: Record<string, LockedPackage> }} PackageLock */

/**
 * `npm ci` refuses a lock file that does not fit package.json and every archive whose hash differs.
 * Options on the command line go before the environment and `.npmrc` files, where `omit=dev`,
 * `global=true` or `cpu=arm64` would change what is installed. Install scripts never run: they could
 * download what no hash covers.
 */
const flags = [
  'ci',
  '--ignore-scripts',
  '--package-lock',
  '--install-strategy=hoisted',
  `--os=${process.platform}`,
  `--cpu=${process.arch}`,
  '--no-global',
  '--no-dry-run',
  '--no-force',
  '--no-audit',
  '--no-fund',
  '--loglevel=warn',
];

/**
 * Installs the packages of `folder`/package-lock.json into `folder`/node_modules and looks whether it
 * holds them. npm removes first what is there.
 * @param {import('./steps.mjs').Run} run
 * @param {string} folder
 * @param {{ dev: boolean, env: NodeJS.ProcessEnv }} options dev: the tools for development, too
 */
export async function installLocked(run, folder, { dev, env }) {
  const [npm, ...npmArgs] = npmCommand(env);
  // `include` would win over `omit`, so each is named whole.
  const kinds = ['--include=optional', '--include=peer', dev ? '--include=dev' : '--omit=dev'];
  await run(npm, [...npmArgs, ...flags, ...kinds], { cwd: folder, env });
  const fault = installedFault(folder, { dev });
  if (fault !== undefined)
    throw new SetupError(
      `npm installed into ${folder} other packages than its package-lock.json holds: ${fault}`,
      'look for settings that change what npm installs: `npm config list`',
    );
}

/** npm as this process was started by it, else npm on PATH. @param {NodeJS.ProcessEnv} env @returns {[string, ...string[]]} */
function npmCommand(env) {
  const script = env['npm_execpath'];
  if (script?.endsWith('npm-cli.js') && fs.existsSync(script)) return [process.execPath, script];
  const npm = findOnPath('npm', env);
  if (npm) return [npm];
  throw new SetupError('npm is not on PATH', 'install npm (it comes with Node.js)');
}

/** Where npm notes what it has installed; it writes this file last. */
const installedLock = path.join('node_modules', '.package-lock.json');

/**
 * The first difference between what `folder`/node_modules holds, by npm's own note, and the lock file.
 * Packages that are optional there may be absent (those of other systems), but not differ.
 * @param {string} folder
 * @param {{ dev: boolean }} options
 * @returns {string | undefined}
 */
export function installedFault(folder, { dev }) {
  const installed = lockedPackages(path.join(folder, installedLock));
  const wanted = lockedPackages(path.join(folder, 'package-lock.json'));
  if (installed === undefined || wanted === undefined) return 'nothing is installed';
  for (const [name, entry] of wanted) {
    if (entry.dev && !dev) continue;
    const found = installed.get(name);
    if (found === undefined && !entry.optional) return `${name} is missing`;
    if (found !== undefined && found.integrity !== entry.integrity)
      return `${name} has the hash ${found.integrity}, not ${entry.integrity}`;
  }
  const extra = [...installed.keys()].find((name) => !wanted.has(name));
  if (extra !== undefined) return `${extra} is not in the lock file`;
  const tool = [...installed].find(([, entry]) => entry.dev && !dev)?.[0];
  return tool === undefined ? undefined : `${tool} is for development only`;
}

/**
 * @param {string} file
 * @returns {Map<string, LockedPackage> | undefined}
 */
function lockedPackages(file) {
  if (!fs.existsSync(file)) return undefined;
  const { packages } = /** @type {PackageLock} */ (JSON.parse(fs.readFileSync(file, 'utf8')));
  return new Map(Object.entries(packages).filter(([name]) => name !== ''));
}

/**
 * The part of a lock file that some of its packages need, as a project of its own.
 * @param {PackageLock} lock
 * @param {readonly string[]} names packages at the top of its node_modules
 * @returns {{ manifest: object, lock: PackageLock }} package.json and package-lock.json
 */
export function partOfLock(lock, names) {
  /** @type {Record<string, LockedPackage>} */
  const packages = {};
  /** @param {string} name @param {boolean} optional */
  const add = (name, optional) => {
    const folder = `node_modules/${name}`;
    if (folder in packages) return;
    const entry = lock.packages[folder];
    if (entry === undefined && optional) return;
    if (entry?.integrity === undefined)
      throw new Error(`package-lock.json has no ${folder} with a hash`);
    const { dev: _unused, ...rest } = entry;
    packages[folder] = rest;
    for (const other of Object.keys(entry.dependencies ?? {})) add(other, false);
    for (const other of Object.keys(entry.optionalDependencies ?? {})) add(other, true);
  };
  for (const name of names) add(name, false);
  const dependencies = Object.fromEntries(
    names.map((name) => [name, packages[`node_modules/${name}`]?.version ?? '']),
  );
  const manifest = { name: 'st4vla-ros-tools', version: '0.0.0', private: true, dependencies };
  const root = { '': { name: manifest.name, version: manifest.version, dependencies } };
  return {
    manifest,
    lock: { lockfileVersion: lock.lockfileVersion, packages: { ...root, ...packages } },
  };
}

// Installs exactly the Python packages of a lock file, whatever the settings of the user's pip are.
import fs from 'node:fs';
import { execFileSync } from 'node:child_process';
import { SetupError } from './steps.mjs';

/**
 * `-I` keeps PYTHONPATH and the user's own packages out: what lies there would count as installed, and
 * no hash of it would be looked at.
 */
const pip = ['-I', '-m', 'pip', 'install', '--disable-pip-version-check'];
const locked = ['--require-hashes', '--no-deps', '--no-user'];

/** Settings of pip that say from where packages come, and not which or whereto. */
const places =
  /^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|PROXY|CERT|CLIENT_CERT|TRUSTED_HOST|TIMEOUT|DEFAULT_TIMEOUT|RETRIES|CACHE_DIR|NO_CACHE_DIR|KEYRING_PROVIDER|CONFIG_FILE)$/;

/**
 * The environment for pip: its index, proxy and certificates are the user's, which packages it installs
 * and where they go is ours.
 * @param {NodeJS.ProcessEnv} env
 * @returns {NodeJS.ProcessEnv}
 */
export function pipEnvironment(env) {
  const kept = Object.entries(env).filter(
    ([name]) => !/^(PIP_|PYTHON)/.test(name) || places.test(name),
  );
  return Object.fromEntries(kept);
}

/**
 * Wheels alone, each with its hash.
 * @param {import('./steps.mjs').Run} run
 * @param {string} python of the virtual environment that gets them
 * @param {string} lockFile lines `name==version --hash=sha256:…`
 * @param {NodeJS.ProcessEnv} env
 * @param {string} [target] a folder that gets them instead of the environment
 */
export async function installWheels(run, python, lockFile, env, target) {
  const place = target === undefined ? [] : ['--target', target];
  const args = [...pip, ...locked, ...place, '--only-binary', ':all:', '-r', lockFile];
  await run(python, args, { env: pipEnvironment(env) });
}

/**
 * Packages that exist as sources only. They are built with the tools that the environment already
 * holds, pinned as all else: pip would otherwise fetch the newest into a place of its own. The cache is
 * passed over, since it may hold a wheel that other tools built.
 * @param {import('./steps.mjs').Run} run
 * @param {string} python
 * @param {string} lockFile
 * @param {NodeJS.ProcessEnv} env
 */
export async function installSources(run, python, lockFile, env) {
  const build = ['--no-binary', ':all:', '--no-build-isolation', '--use-pep517', '--no-cache-dir'];
  await run(python, [...pip, ...locked, ...build, '-r', lockFile], { env: pipEnvironment(env) });
}

/**
 * Refuses a virtual environment that holds other packages than the lock files say, beside pip itself:
 * a setting of pip can send packages elsewhere.
 * @param {string} python
 * @param {readonly string[]} lockFiles
 */
export function checkInstalled(python, lockFiles) {
  // Wheels of ROS 2 carry descriptions of their own parts (egg-info), which pip did not install.
  const script =
    'import importlib.metadata as m, json; ' +
    "print(json.dumps([[d.name, d.version] for d in m.distributions() if d.read_text('INSTALLER')]))";
  /** @type {[string, string][]} */
  const found = JSON.parse(execFileSync(python, ['-I', '-c', script], { encoding: 'utf8' }));
  const installed = new Map(found.map(([name, version]) => [normalised(name), version]));
  const wanted = lockFiles.flatMap((file) => readLock(fs.readFileSync(file, 'utf8')));
  const faults = wanted
    .filter(({ name, version }) => installed.get(name) !== version)
    .map(({ name, version }) => `${name} ${version}: found ${installed.get(name) ?? 'none'}`);
  const names = new Set(['pip', ...wanted.map(({ name }) => name)]);
  for (const [name, version] of installed)
    if (!names.has(name)) faults.push(`${name} ${version}: not in the lock`);
  if (faults.length === 0) return;
  const more = faults.length > 3 ? ` and ${faults.length - 3} more` : '';
  throw new SetupError(
    `the Python packages of ${python} are not those of their lock: ${faults.slice(0, 3).join('; ')}${more}`,
    'look for settings that change what pip installs: `pip config list`',
  );
}

/**
 * The packages of a lock file.
 * @param {string} text lines `name==version [; marker] --hash=…`, continued by a backslash
 * @returns {{ name: string, version: string, hashes: string[] }[]}
 * @throws {SetupError} on a line without one version and a SHA-256
 */
export function readLock(text) {
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n');
  return lines
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '')
    .map((line) => {
      const pin = /^([A-Za-z0-9._-]+)==([A-Za-z0-9.!+_-]+)(\s*;[^#]*?)?((?:\s+--hash=\S+)+)$/.exec(
        line,
      );
      const [, name = '', version = '', , hashes = ''] = pin ?? [];
      const sums = hashes.trim().split(/\s+/);
      if (pin === null || !sums.every((sum) => /^--hash=sha256:[0-9a-f]{64}$/.test(sum)))
        throw new SetupError(
          `expected \`name==version --hash=sha256:…\`, found \`${line.slice(0, 120)}\``,
          'write the lock files again: `npm run lock:ros`, `npm run lock:python`',
        );
      return { name: normalised(name), version, hashes: sums.map((sum) => sum.slice(14)) };
    });
}

/** As the index compares names (PEP 503). @param {string} name */
function normalised(name) {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

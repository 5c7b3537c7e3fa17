// The npm packages of the lock file.
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { packageRoot } from './paths.mjs';
import { findOnPath } from './rosSource.mjs';
import { removeFolder, SetupError } from './steps.mjs';

/** Where npm notes what it has installed. */
const installedLock = 'node_modules/.package-lock.json';

/** @returns {import('./steps.mjs').Step} */
export function dependenciesStep() {
  const machine = [process.platform, process.arch, process.versions.modules];
  return {
    name: 'dependencies',
    title: 'npm packages',
    usualSec: 25,
    key: fingerprint(packageRoot, ['package-lock.json'], machine),
    stamp: path.join(packageRoot, 'node_modules', '.st4vla-stamp'),
    work: async (run) => {
      if (installedAsLocked()) return;
      // npm writes this file last: without it the folder is half an installation.
      if (!fs.existsSync(path.join(packageRoot, installedLock)))
        removeFolder(path.join(packageRoot, 'node_modules'));
      const [npm, ...npmArgs] = npmCommand();
      // `install`, not `ci`: it too takes exactly what is locked, but leaves what is there already,
      // and a registry may lack optional packages for other systems.
      // No install scripts: rclnodejs needs ROS 2 first (a later step), the others need none.
      const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=warn'];
      await run(npm, [...npmArgs, 'install', ...flags], { cwd: packageRoot });
      if (!installedAsLocked())
        throw new SetupError('npm installed other packages than package-lock.json says');
    },
  };
}

/** npm as this process was started by it, else npm on PATH. @returns {[string, ...string[]]} */
function npmCommand() {
  const script = process.env['npm_execpath'];
  if (script?.endsWith('.js') && fs.existsSync(script)) return [process.execPath, script];
  const npm = findOnPath('npm', process.env);
  if (npm) return [npm];
  throw new SetupError('npm is not on PATH', 'install npm (it comes with Node.js)');
}

/** True when node_modules already holds exactly what the lock file says (someone ran npm by hand). */
function installedAsLocked() {
  const installed = lockedPackages(installedLock);
  const wanted = lockedPackages('package-lock.json');
  if (installed === undefined || wanted === undefined) return false;
  for (const [name, entry] of wanted) {
    const found = installed.get(name);
    if (found === undefined ? !entry.optional : found.integrity !== entry.integrity) return false;
  }
  return [...installed].every(([name, { optional }]) => wanted.has(name) || optional);
}

/**
 * @param {string} file
 * @returns {Map<string, { integrity?: string, optional?: boolean }> | undefined}
 */
function lockedPackages(file) {
  const full = path.join(packageRoot, file);
  if (!fs.existsSync(full)) return undefined;
  const { packages } = JSON.parse(fs.readFileSync(full, 'utf8'));
  return new Map(Object.entries(packages).filter(([name]) => name !== ''));
}

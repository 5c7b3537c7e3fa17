// Where this package lies and where set-up keeps what it makes.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder with our package.json: the clone, or share/st4vla_ros of an installed workspace.
 * This file runs from setup/ and, compiled, from dist/setup/.
 */
export const packageRoot = findPackageRoot(path.dirname(fileURLToPath(import.meta.url)));

/** Everything that set-up makes, git-ignored. */
export const stateDir = path.join(packageRoot, '.st4vla');

/** True in a clone; false where colcon installed the package and there is nothing to set up. */
export const isClone = fs.existsSync(path.join(packageRoot, 'setup', 'bootstrap.mjs'));

/** @param {string} start @returns {string} */
function findPackageRoot(start) {
  for (let dir = start; ; dir = path.dirname(dir)) {
    const manifest = path.join(dir, 'package.json');
    if (
      fs.existsSync(manifest) &&
      JSON.parse(fs.readFileSync(manifest, 'utf8')).name === 'st4vla-ros'
    )
      return dir;
    if (path.dirname(dir) === dir) throw new Error(`no st4vla-ros package.json above ${start}`);
  }
}

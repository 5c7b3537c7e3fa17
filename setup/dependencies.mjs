// The npm packages of the lock file.
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { installedFault, installLocked } from './npm.mjs';
import { packageRoot } from './paths.mjs';
import { refuseRebuild } from './refuseRebuild.mjs';

/** @returns {import('./steps.mjs').Step} */
export function dependenciesStep() {
  const machine = [process.platform, process.arch, process.versions.modules];
  return {
    name: 'dependencies',
    title: 'npm packages',
    usualSec: 25,
    key: fingerprint(packageRoot, ['package-lock.json', 'setup/refuseRebuild.mjs'], machine),
    stamp: path.join(packageRoot, 'node_modules', '.st4vla-stamp'),
    work: async (run) => {
      // npm was run by hand, or this is an older key of the same packages.
      if (installedFault(packageRoot, { dev: true }) !== undefined)
        await installLocked(run, packageRoot, { dev: true, env: process.env });
      refuseRebuild(packageRoot);
    },
  };
}

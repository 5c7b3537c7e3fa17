import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fingerprint } from '../../setup/fingerprint.mjs';
import { nodeGypArguments } from '../../setup/nodeGyp.mjs';
import { packageRoot, stateDir } from '../../setup/paths.mjs';
import { makeRosTree } from '../../setup/rosTree.mjs';
import { wheelsPrefix, type RosSource } from '../../setup/rosSource.mjs';
import type { Run, Step } from '../../setup/steps.mjs';
import { buildEnvironment, withPrograms } from './rosEnvironment.ts';
import { markerFolder, wheelsPython } from './wheelsStep.ts';

const nodeModules = path.join(packageRoot, 'node_modules');
const rclnodejs = path.join(nodeModules, 'rclnodejs');

/** rclnodejs's native half, built where it ships none for this system. */
export function bindingStep(source: RosSource, rosKey: string, env: NodeJS.ProcessEnv): Step {
  return {
    name: 'rclnodejs',
    title: 'rclnodejs',
    usualSec: 25,
    key: fingerprint(
      packageRoot,
      ['node_modules/rclnodejs/package.json'],
      [rosKey, process.versions.modules, process.execPath],
    ),
    stamp: path.join(rclnodejs, 'build', '.st4vla-stamp'),
    work: async (run) => {
      if (source.kind === 'wheels' && !/^[\w./@+-]*$/.test(packageRoot))
        return buildElsewhere(run, source, env);
      const environment = buildEnvironment(source, env);
      if (source.kind === 'wheels') {
        const programs = [path.join(wheelsPrefix, markerFolder)];
        return build(run, source, rclnodejs, withPrograms(programs, environment));
      }
      const tree = path.join(stateDir, 'rclnodejs-ros');
      fs.rmSync(tree, { recursive: true, force: true });
      const programs = [makeRosTree(tree, source.prefixes)];
      await build(run, source, rclnodejs, withPrograms(programs, environment));
    },
  };
}

function build(run: Run, source: RosSource, cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const args = nodeGypArguments(nodeModules, env);
  if (source.kind === 'wheels') args.push(`--python=${wheelsPython}`);
  return run(process.execPath, args, { cwd, env });
}

/** node-gyp cannot build below a folder with spaces and the like in its name: build a copy that has none. */
async function buildElsewhere(run: Run, source: RosSource, env: NodeJS.ProcessEnv): Promise<void> {
  const staging = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-rclnodejs-'));
  try {
    const modules = path.join(staging, 'node_modules');
    fs.mkdirSync(modules);
    for (const name of fs.readdirSync(nodeModules)) {
      const [from, to] = [path.join(nodeModules, name), path.join(modules, name)];
      // Copies of the two whose own paths reach the compiler; Node follows the links of the others.
      if (name === 'rclnodejs' || name === 'node-addon-api')
        fs.cpSync(from, to, { recursive: true });
      else fs.symlinkSync(from, to);
    }
    fs.symlinkSync(wheelsPrefix, path.join(staging, 'ros'));
    const copy = path.join(modules, 'rclnodejs');
    const programs = [path.join(staging, 'ros', markerFolder)];
    await build(run, source, copy, withPrograms(programs, buildEnvironment(source, env)));
    const binary = path.join('build', 'Release', 'rclnodejs.node');
    fs.mkdirSync(path.dirname(path.join(rclnodejs, binary)), { recursive: true });
    fs.copyFileSync(path.join(copy, binary), path.join(rclnodejs, binary));
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
}

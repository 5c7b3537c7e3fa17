import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from '../../setup/fingerprint.mjs';
import { packageRoot, stateDir } from '../../setup/paths.mjs';
import { testInterfacesPrefix, type RosSource } from '../../setup/rosSource.mjs';
import { removeFolder, SetupError, type Step } from '../../setup/steps.mjs';
import { buildWithColcon, programsOf } from './buildWithColcon.ts';
import { testRosEnvironment, withPrograms } from './rosEnvironment.ts';

const rclnodejs = path.join(packageRoot, 'node_modules', 'rclnodejs');
const fixtures = path.join('test', 'fixtures', 'ros');

/**
 * Message packages of real robots for the tests: those of `test/fixtures/ros` that the ROS 2 in use
 * does not have.
 */
export function testInterfacesSteps(
  source: RosSource,
  messagesKey: string,
  env: NodeJS.ProcessEnv,
): Step[] {
  const names = missingPackages(source);
  if (names.length === 0) return [];
  const workspace = path.join(stateDir, 'test-interfaces');
  const generated = path.join(rclnodejs, 'generated');
  const key = fingerprint(packageRoot, [fixtures], [messagesKey, workspace, ...names]);
  const build: Step = {
    name: 'test-interfaces',
    title: 'ROS interfaces for tests',
    usualSec: 30,
    key,
    stamp: path.join(testInterfacesPrefix, '.st4vla-stamp'),
    work: async (run) => {
      removeFolder(workspace);
      for (const name of names) {
        const from = path.join(packageRoot, fixtures, name);
        fs.cpSync(from, path.join(workspace, 'src', name), { recursive: true });
      }
      await buildWithColcon(run, source, workspace, env);
    },
  };
  const messages: Step = {
    name: 'test-messages',
    title: 'JavaScript messages for tests',
    usualSec: 2,
    key,
    // Gone whenever all messages are generated again.
    stamp: path.join(generated, names[0]!, '.st4vla-stamp'),
    work: async (run) => {
      // What rclnodejs itself runs for a package that turns up later.
      const worker = path.join(rclnodejs, 'rosidl_gen', 'generate_worker.cjs');
      const environment = withPrograms(programsOf(source), testRosEnvironment(env));
      await run(process.execPath, [worker], {
        cwd: rclnodejs,
        env: { ...environment, WORKER_TARGET_PATH: testInterfacesPrefix },
      });
      const lacking = names.filter((name) => !fs.existsSync(path.join(generated, name)));
      if (lacking.length > 0) throw new SetupError(`rclnodejs generated no ${lacking.join(', ')}`);
    },
  };
  return [build, messages];
}

function missingPackages(source: RosSource): string[] {
  const root = path.join(packageRoot, fixtures);
  const entries = fs.existsSync(root) ? fs.readdirSync(root, { withFileTypes: true }) : [];
  const hasPackage = (name: string): boolean =>
    source.prefixes.some((prefix) => fs.existsSync(path.join(prefix, 'share', name)));
  return entries
    .filter((entry) => entry.isDirectory() && !hasPackage(entry.name))
    .map(({ name }) => name)
    .sort();
}

import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from '../../setup/fingerprint.mjs';
import { packageRoot, stateDir } from '../../setup/paths.mjs';
import { findPrebuiltBinding } from '../../setup/prebuiltBinding.mjs';
import { findRosSource, interfacesPrefix, type RosSource } from '../../setup/rosSource.mjs';
import { removeFolder, SetupError, writeAtomically, type Step } from '../../setup/steps.mjs';
import { bindingStep } from './bindingStep.ts';
import { buildWithColcon, programsOf } from './buildWithColcon.ts';
import { firstNode } from './firstNode.ts';
import { rosEnvironment, rosVariables, withPrograms } from './rosEnvironment.ts';
import { testInterfacesSteps } from './testInterfacesSteps.ts';
import { wheelsStep } from './wheelsStep.ts';

const rclnodejs = path.join(packageRoot, 'node_modules', 'rclnodejs');

/** What the interfaces are built from. */
const interfaceSources = ['package.xml', 'CMakeLists.txt', 'msg', 'srv', 'action'];

/**
 * The ROS part of the set-up, in order, with what only tests need where that is asked for. The key of
 * each step holds the key of the one that it builds on, so a change goes through to all that depends
 * on it.
 */
export function rosSteps(env: NodeJS.ProcessEnv, { forTests = false } = {}): Step[] {
  const source = findRosSource(env);
  const wheels = source.kind === 'wheels' ? [wheelsStep(env)] : [];
  const rosKey =
    wheels[0]?.key ?? fingerprint(packageRoot, [], [source.distro, ...source.prefixes]);
  const interfaces = interfacesStep(source, rosKey, env);
  const binding = findPrebuiltBinding(rclnodejs, source.distro)
    ? []
    : [bindingStep(source, rosKey, env)];
  const messages = messagesStep(source, interfaces.key, env);
  const tests = forTests ? testInterfacesSteps(source, messages.key, env) : [];
  return [...wheels, ...binding, interfaces, messages, ...tests];
}

/** Our messages, services and action, built by colcon into an overlay. */
function interfacesStep(source: RosSource, rosKey: string, env: NodeJS.ProcessEnv): Step {
  const workspace = path.join(stateDir, 'interfaces');
  return {
    name: 'interfaces',
    title: 'ROS interfaces',
    usualSec: 25,
    key: fingerprint(packageRoot, interfaceSources, [rosKey, workspace]),
    stamp: path.join(interfacesPrefix, '.st4vla-stamp'),
    work: async (run) => {
      removeFolder(workspace);
      // A copy: CMake refuses sources that hold the numpy whose headers it exports (.st4vla/ros).
      for (const entry of interfaceSources)
        fs.cpSync(path.join(packageRoot, entry), path.join(workspace, 'src', entry), {
          recursive: true,
        });
      await buildWithColcon(run, source, workspace, env, ['-DST4VLA_INTERFACES_ONLY=ON']);
    },
  };
}

/** rclnodejs's JavaScript and TypeScript of all message types, inside its own folder. */
function messagesStep(source: RosSource, interfacesKey: string, env: NodeJS.ProcessEnv): Step {
  return {
    name: 'messages',
    title: 'JavaScript messages',
    usualSec: 12,
    key: fingerprint(packageRoot, ['node_modules/rclnodejs/package.json'], [interfacesKey]),
    stamp: path.join(rclnodejs, 'generated', '.st4vla-stamp'),
    work: async (run) => {
      const ros = rosEnvironment(env);
      await run(process.execPath, [path.join(rclnodejs, 'scripts', 'generate_messages.cjs')], {
        cwd: rclnodejs,
        env: withPrograms(programsOf(source), ros), // it parses with ROS 2's Python
      });
      // The generator reports success even when it failed.
      const ours = path.join(
        rclnodejs,
        'generated',
        'st4vla_ros',
        'st4vla_ros__msg__Observation.js',
      );
      if (!fs.existsSync(ours)) throw new SetupError(`rclnodejs generated no ${ours}`);
      await run(process.execPath, ['--input-type=module', '-e', firstNode], {
        cwd: packageRoot,
        env: ros,
      });
      writeEnvironmentScript(env);
    },
  };
}

/** `.st4vla/env.sh`, for shells that want the same environment (rclpy peers, debugging). */
function writeEnvironmentScript(env: NodeJS.ProcessEnv): void {
  const variables = Object.entries(rosVariables(env));
  const lines = variables.map(([name, value]) => `export ${name}=${quote(value)}\n`);
  writeAtomically(path.join(stateDir, 'env.sh'), lines.join(''));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

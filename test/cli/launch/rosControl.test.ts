import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { interpretLaunchFile } from '../../../cli/launch/interpretLaunchFile.ts';
import { EMBODIMENTS } from '../../../core/embodiment/embodimentByName.ts';
import { packageRoot } from '../../../setup/paths.mjs';
import { ControllerManager } from './ControllerManager.ts';
import { packagesIn } from './startedNodes.ts';

describe('the spawners of google_robot.launch.yaml', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-spawners-'));
  after(() => fs.rmSync(folder, { recursive: true }));
  const file = path.join(packageRoot, 'launch', 'google_robot.launch.yaml');
  const wanted = ['joint_state_broadcaster', 'arm_controller', 'gripper_controller'];

  /** As the launch file starts them; the lock that they share lets any of them be first. */
  const spawnersOf = (args: Readonly<Record<string, string>>) =>
    interpretLaunchFile(file, new Map(Object.entries(args)), packagesIn(folder), {})
      .processes.filter(({ command: [program] }) => program!.endsWith('/spawner'))
      .map(({ command }) => {
        const [, ...words] = command.slice(0, command.indexOf('--ros-args'));
        const namespace = command.find((word) => word.startsWith('__ns:='))?.slice('__ns:='.length);
        const names = words.slice(0, words.indexOf('--controller-manager'));
        const parameters = fs.readFileSync(words[words.indexOf('--param-file') + 1]!, 'utf8');
        return { names, parameters, namespace: namespace ?? '' };
      });

  for (const args of [{}, { namespace: 'left' }, { namespace: '' }])
    for (const active of [[], ['joint_state_broadcaster'], ['gripper_controller']])
      it(`bring up all controllers (${JSON.stringify(args)}, ${active.join() || 'none'} active before)`, () => {
        for (const spawners of [spawnersOf(args), spawnersOf(args).reverse()]) {
          const manager = new ControllerManager(spawners[0]!.namespace);
          for (const name of active) manager.controllers.set(name, { type: 'any', isActive: true });
          const codes = spawners.map((one) => manager.spawn(one.names, one.parameters));
          assert.equal(codes.filter((code) => code === 1).length, active.length);
          assert.deepEqual([...manager.controllers.keys()].sort(), [...wanted].sort());
          for (const [name, { isActive }] of manager.controllers) assert.ok(isActive, name);
        }
      });
});

describe('config/ros2_control', () => {
  const folder = path.join(packageRoot, 'config', 'ros2_control');

  for (const { name, armJoints, gripper } of EMBODIMENTS) {
    it(`${name}.yaml has controllers for the joints that are commanded`, () => {
      type Parameters = { ros__parameters: Record<string, unknown> };
      const file = path.join(folder, `${name}.yaml`);
      const content = parse(fs.readFileSync(file, 'utf8')) as Record<string, Parameters>;
      const of = (controller: string) => content[`/**/${controller}`]!.ros__parameters;
      const manager = of('controller_manager');
      for (const controller of [
        'joint_state_broadcaster',
        'arm_controller',
        'gripper_controller',
      ]) {
        const { type } = manager[controller] as { type: string };
        assert.match(type, /Broadcaster$|JointTrajectoryController$/);
        assert.equal(of(controller)['type'], type, controller);
      }
      assert.deepEqual(of('arm_controller')['joints'], [...armJoints]);
      assert.deepEqual(of('gripper_controller')['joints'], [gripper.joint]);
      for (const controller of ['arm_controller', 'gripper_controller']) {
        assert.equal(of(controller)['interpolate_from_desired_state'], true);
        assert.ok((of(controller)['command_interfaces'] as string[]).includes('position'));
      }
    });
  }
});

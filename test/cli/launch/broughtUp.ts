import 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { interpretLaunchFile } from '../../../cli/launch/interpretLaunchFile.ts';
import type { ProcessSpec } from '../../../cli/launch/ProcessSpec.ts';
import { packageRoot } from '../../../setup/paths.mjs';
import { packagesIn, type Started, startedOf } from './startedNodes.ts';

/** Launch files with arguments that together take every way through them. */
export const cases: readonly (readonly [file: string, args: Readonly<Record<string, string>>])[] = [
  ['sim.launch.yaml', { record: 'true', namespace: 'arm1' }],
  ['replay.launch.yaml', { bag: 'x.mcap' }],
  ['replay.launch.yaml', { play: 'false', namespace: 'left', onto_live_arm: 'true' }],
  ['widowx.launch.yaml', {}],
  ['widowx.launch.yaml', { camera: 'usb_cam', camera_device: '/dev/video0', record: 'true' }],
  ['widowx.launch.yaml', { camera: 'v4l2', camera_device: '/dev/video0', namespace: 'left' }],
  ['widowx.launch.yaml', { camera: 'none', driver: 'none', sink: 'joint_trajectory' }],
  ['google_robot.launch.yaml', {}],
  ['google_robot.launch.yaml', { camera: 'realsense', spawn_controllers: 'false', record: 'true' }],
  ['supervised.launch.yaml', { namespace: 'arm1' }],
  ['gazebo.launch.yaml', {}],
  ['gazebo.launch.yaml', { headless: 'true', namespace: 'arm1', task: 'widowx_stack_cube' }],
];

/** Interprets our launch files beside packages of others, in a folder that is gone after the suite. */
export function broughtUp() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-bring-up-'));
  const packages = packagesIn(folder);
  after(() => fs.rmSync(folder, { recursive: true }));

  const plans = (file: string, args: Readonly<Record<string, string>>): readonly ProcessSpec[] => {
    const launch = path.join(packageRoot, 'launch', file);
    return interpretLaunchFile(launch, new Map(Object.entries(args)), packages, {}).processes;
  };
  const nodesOf = (file: string, args: Readonly<Record<string, string>>): Started[] =>
    plans(file, args)
      .filter(({ command }) => command.includes('--ros-args'))
      .map(startedOf);

  return { folder, packages, plans, nodesOf };
}

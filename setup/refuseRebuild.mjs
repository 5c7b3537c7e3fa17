// Keeps rclnodejs from building itself while a program runs.
import fs from 'node:fs';
import path from 'node:path';
import { writeAtomically } from './steps.mjs';

/**
 * Where rclnodejs cannot load its binary (a shell without ROS 2, another Node), it runs its script
 * `rebuild`: that deletes binary and messages and builds with what npm and node-gyp download then, which
 * no lock covers. Instead the script says what to do and fails; set-up itself calls node-gyp.
 * @param {string} folder with the node_modules that hold rclnodejs
 */
export function refuseRebuild(folder) {
  const file = path.join(folder, 'node_modules', 'rclnodejs', 'package.json');
  const manifest = JSON.parse(fs.readFileSync(file, 'utf8'));
  if (manifest.scripts.rebuild === refusal) return;
  manifest.scripts.rebuild = refusal;
  writeAtomically(file, `${JSON.stringify(manifest, null, 2)}\n`);
}

const refusal =
  "echo 'rclnodejs cannot load its binary: source ROS 2 and the workspace first (a clone: " +
  "source .st4vla/env.sh); if that is done, build st4vla_ros again with this Node and this ROS 2' >&2; exit 1";

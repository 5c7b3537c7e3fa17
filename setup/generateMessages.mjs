// Makes rclnodejs's JavaScript of all installed message types, after colcon installed ours.
//   node setup/generateMessages.mjs PREFIX        (called by CMakeLists.txt, with ROS 2 sourced)
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { packageRoot } from './paths.mjs';
import { writeAtomically } from './steps.mjs';

const prefix = path.resolve(process.argv[2] ?? '');
const rclnodejs = path.join(prefix, 'share', 'st4vla_ros', 'node_modules', 'rclnodejs');
const ambient = process.env['AMENT_PREFIX_PATH'] ?? '';
const generated = path.join(rclnodejs, 'generated');
const stamp = path.join(generated, '.generated-for');
const key = fingerprint(packageRoot, ['msg', 'srv', 'action', 'package-lock.json'], [ambient]);
if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== key) {
  execFileSync(process.execPath, [path.join(rclnodejs, 'scripts', 'generate_messages.cjs')], {
    stdio: 'inherit',
    env: { ...process.env, AMENT_PREFIX_PATH: `${prefix}:${ambient}` },
  });
  // The generator reports success even when it failed.
  if (!fs.existsSync(path.join(generated, 'st4vla_ros'))) {
    process.stderr.write(`rclnodejs generated no messages of st4vla_ros in ${generated}\n`);
    process.exit(1);
  }
  writeAtomically(stamp, key);
}

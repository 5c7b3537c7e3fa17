/**
 * Import it before anything that imports rclnodejs: without a ROS 2 in the environment, rclnodejs
 * deletes what was built of it and tries to build itself again. Here the process ends with a fault.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { installedPrefixes } from '../../../adapters/messages/installedDefinition.ts';
import { type Fault, FaultError } from '../../../core/config/Fault.ts';
import { environmentFaults } from './environmentFaults.ts';
import { blockAfterRefusal, EXIT_REFUSED, waitsAfterRefusal } from './refusal.ts';

const LIBRARY = 'librcl.so';
const REMEDY = 'source its setup.bash, or .st4vla/env.sh of a clone that is set up';

const faults = lackOfRos() ?? environmentFaults(process.env, installedPrefixes());
if (faults.length > 0) {
  process.stderr.write(`${new FaultError('ROS', faults).message}\n`);
  if (waitsAfterRefusal()) blockAfterRefusal();
  process.exit(EXIT_REFUSED);
}

/** Undefined where rclnodejs will find what it needs. */
function lackOfRos(): readonly Fault[] | undefined {
  const fault = (field: string, expected: string, found: string): readonly Fault[] => [
    { source: 'environment', field, expected, found },
  ];
  const prefixes = installedPrefixes();
  const isPrefix = (prefix: string) => fs.existsSync(path.join(prefix, 'share', 'rcl_interfaces'));
  if (!prefixes.some(isPrefix)) {
    const expected = `the prefix of a ROS 2 (${REMEDY})`;
    return fault('AMENT_PREFIX_PATH', expected, prefixes.join(':') || 'nothing');
  }
  const folders = (process.env['LD_LIBRARY_PATH'] ?? '').split(':').filter(Boolean);
  if (folders.some((folder) => fs.existsSync(path.join(folder, LIBRARY)))) return undefined;
  const reason = whyNotLoaded();
  if (reason === undefined) return undefined;
  return fault('LD_LIBRARY_PATH', `a folder with ${LIBRARY} (${REMEDY})`, reason);
}

/** Asks the loader, in a process of its own: what was loaded cannot be let go. */
function whyNotLoaded(): string | undefined {
  const script = `process.dlopen({ exports: {} }, '${LIBRARY}')`;
  const { stderr } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  // It is no module of Node, which is an error, too.
  return /Error: (.*cannot open shared object file.*)/.exec(stderr)?.[1];
}

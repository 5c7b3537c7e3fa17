import { execFile, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { wheelsPython } from '../../cli/setup/wheelsStep.ts';
import { installWheels } from '../../setup/pip.mjs';
import { packageRoot, stateDir } from '../../setup/paths.mjs';
import { findRosSource } from '../../setup/rosSource.mjs';
import type { Run } from '../../setup/steps.mjs';

const run: Run = async (command, args, options = {}) => {
  await promisify(execFile)(command, args, options);
};
const folder = path.join(packageRoot, 'test', 'description');

/** A joint as yourdfpy has it; limits are lower, upper, velocity, effort. */
export type PythonJoint = {
  readonly type: string;
  readonly parent: string;
  readonly child: string;
  readonly limits: readonly number[] | null;
};

export type PythonRobot = {
  readonly root: string;
  readonly joints: Readonly<Record<string, PythonJoint>>;
  /** Per configuration, the pose of each link in the root link as a 4 × 4 matrix of rows. */
  readonly poses: readonly Readonly<Record<string, readonly (readonly number[])[]>>[];
};

/** Reads URDFs with yourdfpy, a loader in Python, which is installed into .st4vla. */
export async function installPythonReader(): Promise<
  (urdf: string, configurations: readonly Readonly<Record<string, number>>[]) => PythonRobot
> {
  const python = findRosSource(process.env).kind === 'wheels' ? wheelsPython : 'python3';
  const requirements = path.join(folder, 'python.txt');
  const site = path.join(stateDir, 'test-python');
  const stamp = path.join(site, 'installed.txt');
  const wanted = fs.readFileSync(requirements, 'utf8');
  if (!fs.existsSync(stamp) || fs.readFileSync(stamp, 'utf8') !== wanted) {
    fs.rmSync(site, { recursive: true, force: true });
    await installWheels(run, python, requirements, process.env, site);
    fs.writeFileSync(stamp, wanted);
  }
  return (urdf, configurations) => {
    const input = JSON.stringify(configurations);
    const output = execFileSync(python, [path.join(folder, 'read_urdf.py'), urdf], {
      input,
      encoding: 'utf8',
      env: { ...process.env, PYTHONPATH: site },
    });
    return JSON.parse(output) as PythonRobot;
  };
}

import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../setup/paths.mjs';
import { findPrebuiltBinding } from '../../setup/prebuiltBinding.mjs';
import { findRosSource } from '../../setup/rosSource.mjs';
import { isCurrent } from '../../setup/steps.mjs';
import type { Finding } from '../../setup/table.mjs';
import { firstNode } from '../setup/firstNode.ts';
import { rosEnvironment } from '../setup/rosEnvironment.ts';
import { rosSteps } from '../setup/rosSteps.ts';

/** What set-up has made, step by step. */
export function checkSteps(env: NodeJS.ProcessEnv): Finding[] {
  const findings = rosSteps(env).map((step): Finding => {
    const found = path.relative(packageRoot, path.dirname(step.stamp));
    if (isCurrent(step)) return { name: step.title, status: 'ok', found };
    const remedy = '`npm run -s st4vla -- setup` makes it';
    return { name: step.title, status: 'todo', found: 'not made yet, or not current', remedy };
  });
  const { distro } = findRosSource(env);
  const rclnodejs = path.join(packageRoot, 'node_modules', 'rclnodejs');
  if (findPrebuiltBinding(rclnodejs, distro))
    findings.push({ name: 'rclnodejs', status: 'ok', found: `its own binary for ${distro}` });
  return findings;
}

/** Starts a process that uses ROS 2 as the nodes do. */
export function checkRosProcess(env: NodeJS.ProcessEnv): Finding {
  const name = 'ROS 2 from Node';
  const args = ['--input-type=module', '-e', firstNode];
  const options = { cwd: packageRoot, env: rosEnvironment(env), encoding: 'utf8' } as const;
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { ...options, timeout: 30_000 });
  const tookSec = ((performance.now() - started) / 1000).toFixed(1);
  if (status === 0) return { name, status: 'ok', found: `a node starts in ${tookSec} s` };
  const found = stderr.trim().split('\n').at(-1) ?? `exit code ${status}`;
  const remedy = 'remove .st4vla and node_modules, then `npm run -s st4vla -- setup`';
  return { name, status: 'bad', found, remedy };
}

/** The Fast DDS settings that this environment leads to. */
export function checkProfile(env: NodeJS.ProcessEnv): Finding {
  const name = 'Fast DDS profile';
  const rmw = env['RMW_IMPLEMENTATION'] ?? 'rmw_fastrtps_cpp';
  if (!rmw.startsWith('rmw_fastrtps'))
    return { name, status: 'ok', found: `not used: ${rmw} is the middleware` };
  const profile = rosEnvironment(env)['FASTRTPS_DEFAULT_PROFILES_FILE'] ?? '';
  if (!fs.existsSync(profile)) {
    const remedy = 'unset FASTRTPS_DEFAULT_PROFILES_FILE, or name a file that exists';
    return { name, status: 'bad', found: `no file ${profile}`, remedy };
  }
  if (profile.startsWith(packageRoot))
    return { name, status: 'ok', found: path.relative(packageRoot, profile) };
  const remedy =
    'images of 640x480 need a shared-memory segment of several MB: see config/fastdds.xml';
  return { name, status: 'warn', found: `your own: ${profile}`, remedy };
}

/** Every model package that lies in `models/`: are all its files there and as its manifest says? */
export function checkModels(): Finding[] {
  const folder = path.join(packageRoot, 'models');
  const names = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
  const packages = names.filter((name) => fs.existsSync(path.join(folder, name, 'manifest.json')));
  if (packages.length === 0) {
    const remedy = 'models/ should hold one: check it out again, or train one (docs/training.md)';
    return [{ name: 'model packages', status: 'bad', found: 'none', remedy }];
  }
  return packages.map((name) => checkModel(name, path.join(folder, name)));
}

function checkModel(name: string, folder: string): Finding {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8')) as {
    files?: Record<string, { sha256: string }>;
  };
  const files = Object.entries(manifest.files ?? {});
  const broken = files.find(([file, { sha256 }]) => sha256Of(path.join(folder, file)) !== sha256);
  if (broken === undefined)
    return { name: `model ${name}`, status: 'ok', found: `${files.length} files` };
  const remedy = `check models/${name} out again; \`st4vla model check models/${name}\` says more`;
  return {
    name: `model ${name}`,
    status: 'bad',
    found: `${broken[0]} is missing or changed`,
    remedy,
  };
}

function sha256Of(file: string): string | undefined {
  if (!fs.existsSync(file)) return undefined;
  return crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex');
}

// Writes the locks of all Python packages that people and tests install, from the .in file beside each
// (npm run lock:python). The ROS 2 wheels have a script of their own, lockRos.mjs.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from './paths.mjs';
import { installWheels } from './pip.mjs';
import { findPython } from './python.mjs';

/**
 * @typedef {object} PythonLock
 * @property {string} file without its ending, from the package's root: FILE.in gives FILE.txt
 * @property {'everywhere' | 'linux'} platform for every system and CPython from 3.11 on, or for CPython
 *   3.11 on Linux x86-64 alone
 * @property {readonly string[]} [without] packages that exist as sources only and are not needed here
 */

/** @type {readonly PythonLock[]} */
const locks = [
  { file: 'training/requirements', platform: 'everywhere' },
  { file: 'training/requirements-full', platform: 'everywhere' },
  { file: 'training/requirements-dev', platform: 'everywhere' },
  { file: 'test/fixtures/python/bags', platform: 'linux' },
  // Its keyboard control is not for making datasets.
  { file: 'test/fixtures/python/lerobot', platform: 'linux', without: ['evdev'] },
  { file: 'test/fixtures/python/pictures', platform: 'linux' },
  { file: 'test/fixtures/python/pin', platform: 'linux' },
];

const python = findPython(process.env);
if (python === undefined) throw new Error('needs a Python 3.11');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-lock-'));
try {
  const bin = path.join(scratch, 'venv', 'bin');
  execFileSync(python.path, ['-I', '-m', 'venv', path.join(scratch, 'venv')], { stdio: 'inherit' });
  const tools = path.join(packageRoot, 'setup', 'lock-tools.txt');
  await installWheels(run, path.join(bin, 'python'), tools, process.env);
  for (const lock of locks) writeLock(path.join(bin, 'uv'), lock);
} finally {
  fs.rmSync(scratch, { recursive: true });
}

/** @param {string} uv @param {PythonLock} lock */
function writeLock(uv, { file, platform, without = [] }) {
  const overrides = path.join(scratch, 'overrides.txt');
  fs.writeFileSync(overrides, without.map((name) => `${name} ; sys_platform == "none"\n`).join(''));
  const resolved = path.join(scratch, 'pylock.toml');
  fs.rmSync(resolved, { force: true });
  const target =
    platform === 'everywhere' ? ['--universal'] : ['--python-platform', 'x86_64-manylinux_2_28'];
  const flags = ['--quiet', '--no-config', '--no-build', '--generate-hashes', '--no-annotate'];
  const format = ['--format', 'pylock.toml', '--python-version', '3.11', ...target];
  const files = [`${file}.in`, '--override', overrides, '--output-file', resolved];
  execFileSync(uv, ['pip', 'compile', ...flags, ...format, ...files], {
    cwd: packageRoot,
    stdio: 'inherit',
  });
  const scope = platform === 'everywhere' ? 'CPython 3.11 and newer' : 'CPython 3.11, Linux x86-64';
  const missing =
    without.length > 0 ? ` Without ${without.join(', ')}: install with --no-deps.` : '';
  const input = path.basename(file);
  const header = `# Made from ${input}.in by \`npm run lock:python\`. ${scope}.${missing}\n`;
  const text = fs.readFileSync(resolved, 'utf8');
  fs.writeFileSync(path.join(packageRoot, `${file}.txt`), header + requirementsOf(text));
}

/** The wheels of a pylock.toml (PEP 751) as requirements with hashes. @param {string} text @returns {string} */
function requirementsOf(text) {
  const [, ...blocks] = text.split('[[packages]]\n');
  return blocks
    .map((block) => {
      /** @param {string} key */
      const value = (key) => new RegExp(`^${key} = "(.*)"$`, 'm').exec(block)?.[1];
      const marker = value('marker')?.replaceAll('\\"', '"');
      const wheels = block.split('\n').filter((line) => line.includes('.whl"'));
      const hashes = wheels.flatMap((line) => /sha256 = "([0-9a-f]{64})"/.exec(line)?.[1] ?? []);
      if (hashes.length === 0) throw new Error(`${value('name')} has no wheel`);
      const pin = `${value('name')}==${value('version')}${marker ? ` ; ${marker}` : ''}`;
      const sums = [...new Set(hashes)].sort().map((hash) => `    --hash=sha256:${hash}`);
      return `${[pin, ...sums].join(' \\\n')}\n`;
    })
    .join('');
}

/** @type {import('./steps.mjs').Run} */
async function run(command, args, options = {}) {
  execFileSync(command, args, { ...options, stdio: 'inherit' });
}

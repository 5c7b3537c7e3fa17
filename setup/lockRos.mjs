// Rewrites ros-jazzy.txt, the lock of the ROS 2 wheels, from ros-jazzy.in (npm run lock:ros).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from './paths.mjs';
import { findPython } from './python.mjs';

/** Test tools that colcon names as dependencies and that building interfaces never loads. */
const unused =
  /^(coverage|iniconfig|pluggy|pygments|pytest.*|colcon-test-result|docutils|tzdata)$/i;

const python = findPython(process.env);
if (python === undefined) throw new Error('needs a Python 3.11');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-lock-'));
const venvPython = path.join(scratch, 'venv', 'bin', 'python');
const report = path.join(scratch, 'report.json');
const input = path.join(packageRoot, 'setup', 'ros-jazzy.in');
try {
  execFileSync(python.path, ['-m', 'venv', path.join(scratch, 'venv')], { stdio: 'inherit' });
  const flags = ['--dry-run', '--only-binary', ':all:', '--no-binary', 'empy', '--report', report];
  execFileSync(venvPython, ['-m', 'pip', 'install', '-q', ...flags, '-r', input], {
    stdio: 'inherit',
  });
  const { install } = JSON.parse(fs.readFileSync(report, 'utf8'));
  const lines = install
    .map(requirement)
    .filter((/** @type {string} */ line) => line !== '')
    .sort();
  const header = '# Made from ros-jazzy.in by `npm run lock:ros`. CPython 3.11, Linux x86-64.\n';
  fs.writeFileSync(
    path.join(packageRoot, 'setup', 'ros-jazzy.txt'),
    `${header}${lines.join('\n')}\n`,
  );
} finally {
  fs.rmSync(scratch, { recursive: true });
}

/** @param {any} item of pip's report @returns {string} */
function requirement(item) {
  const { name, version } = item.metadata;
  if (unused.test(name)) return '';
  return `${name.toLowerCase()}==${version} --hash=sha256:${item.download_info.archive_info.hashes.sha256}`;
}

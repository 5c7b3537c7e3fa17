// Writes the locks of the ROS 2 wheels, ros-jazzy.txt and ros-jazzy-sources.txt (what is built here), from
// ros-jazzy.in (npm run lock:ros).
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { packageRoot } from './paths.mjs';
import { pipEnvironment } from './pip.mjs';
import { findPython } from './python.mjs';

/** Test tools that colcon names as dependencies and that building interfaces never loads. */
const unused =
  /^(coverage|iniconfig|pluggy|pygments|pytest.*|colcon-test-result|docutils|tzdata)$/i;

const python = findPython(process.env);
if (python === undefined) throw new Error('needs a Python 3.11');
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-lock-'));
const venvPython = path.join(scratch, 'venv', 'bin', 'python');
const report = path.join(scratch, 'report.json');
const folder = path.join(packageRoot, 'setup');
try {
  execFileSync(python.path, ['-I', '-m', 'venv', path.join(scratch, 'venv')], { stdio: 'inherit' });
  const kinds = ['--only-binary', ':all:', '--no-binary', 'empy'];
  // What the new environment brings along (setuptools) has to be pinned, too.
  const flags = ['--dry-run', '--ignore-installed', ...kinds, '--report', report];
  const input = ['-r', path.join(folder, 'ros-jazzy.in')];
  execFileSync(venvPython, ['-I', '-m', 'pip', 'install', '-q', ...flags, ...input], {
    env: pipEnvironment(process.env),
    stdio: 'inherit',
  });
  const { install } = JSON.parse(fs.readFileSync(report, 'utf8'));
  const [wheels, sources] = [true, false].map((wanted) =>
    install.filter((/** @type {any} */ item) => isWheel(item) === wanted).map(requirement),
  );
  write('ros-jazzy.txt', wheels);
  write('ros-jazzy-sources.txt', sources);
} finally {
  fs.rmSync(scratch, { recursive: true });
}

/** @param {string} name @param {string[]} lines */
function write(name, lines) {
  const header = '# Made from ros-jazzy.in by `npm run lock:ros`. CPython 3.11, Linux x86-64.\n';
  const body = lines.filter((line) => line !== '').sort();
  fs.writeFileSync(path.join(folder, name), `${header}${body.join('\n')}\n`);
}

/** @param {any} item of pip's report @returns {boolean} */
function isWheel(item) {
  return item.download_info.url.endsWith('.whl');
}

/** @param {any} item of pip's report @returns {string} */
function requirement(item) {
  const { name, version } = item.metadata;
  if (unused.test(name)) return '';
  return `${name.toLowerCase()}==${version} --hash=sha256:${item.download_info.archive_info.hashes.sha256}`;
}

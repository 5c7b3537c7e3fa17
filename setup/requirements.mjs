// What a machine must bring before set-up can start, each with its remedy.
import fs from 'node:fs';
import path from 'node:path';
import { findNodeHeaders, missingHeaders } from './nodeGyp.mjs';
import { findPython, namedPythonFault } from './python.mjs';
import { findOnPath, findRosSource, supportedDistros } from './rosSource.mjs';

/** @typedef {import('./table.mjs').Finding} Finding */

const minNode = [20, 19];
const minDiskBytes = 2e9; // dependencies 0.6 GB, ROS 2 wheels 0.4 GB, builds, and room to breathe
const minShmBytes = 128e6; // a 16 MB Fast DDS segment for each of up to 8 processes

/**
 * Every requirement of the set-up that this shell asks for.
 * @param {string} root folder of the clone
 * @param {NodeJS.ProcessEnv} env
 * @returns {Finding[]}
 */
export function checkRequirements(root, env) {
  const source = findRosSource(env);
  return [
    checkNode(process.versions.node),
    checkPath(root),
    checkPlatform(process.platform, process.arch, source.kind),
    checkRos(source),
    ...(source.kind === 'wheels'
      ? [checkNamedPython(env) ?? checkPython(findPython(env))]
      : [checkColcon(env)]),
    checkNodeHeaders(source.kind, findNodeHeaders(env)),
    checkProgram('C++ compiler', [env['CXX'] ?? 'g++', 'g++', 'c++', 'clang++'], env),
    checkProgram('make', ['make'], env),
    checkDisk(root),
    checkSharedMemory(),
  ];
}

/**
 * What the tools of the set-up cannot have in the path of the clone: lists of paths are split at `:` and
 * `;`, make and shells take the others for theirs. Spaces and letters of any language are fine.
 */
// oxlint-disable-next-line no-control-regex
const unusable = /[\u0000-\u001f\u007f:;$#%"'`\\*?|&<>]/g;
/** Bytes; below the clone lie up to 190 more, of 255 that some tools take. */
const longestPath = 200;

/** @param {string} root folder of the clone @returns {Finding} */
export function checkPath(root) {
  const name = 'path of the clone';
  const found = [...new Set(root.match(unusable) ?? [])];
  if (found.length > 0) {
    const shown = found.map((letter) => JSON.stringify(letter)).join(' ');
    const remedy = 'move the clone to a folder without them';
    return { name, status: 'bad', found: `has ${shown}, which its tools cannot take`, remedy };
  }
  const bytes = Buffer.byteLength(root);
  if (bytes <= longestPath) return { name, status: 'ok', found: root };
  const remedy = 'move the clone nearer to the root if the set-up fails';
  return { name, status: 'warn', found: `${bytes} bytes long, expected ${longestPath}`, remedy };
}

/** @param {string} version @returns {Finding} */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [minMajor = 0, minMinor = 0] = minNode;
  if (major > minMajor || (major === minMajor && minor >= minMinor))
    return { name: 'Node.js', status: 'ok', found: version };
  return {
    name: 'Node.js',
    status: 'bad',
    found: `${version}, need ${minNode.join('.')} or newer`,
    remedy: 'install Node 20 LTS or newer: https://nodejs.org, or `nvm install 20`',
  };
}

/**
 * A sourced ROS 2 may do without them: rclnodejs ships its native half for some systems.
 * @param {'sourced' | 'wheels'} kind
 * @param {string | undefined} prefix
 * @returns {Finding}
 */
export function checkNodeHeaders(kind, prefix) {
  const name = 'Node.js headers';
  if (prefix !== undefined)
    return { name, status: 'ok', found: path.join(prefix, 'include', 'node') };
  const [found, remedy] = missingHeaders();
  return { name, status: kind === 'wheels' ? 'bad' : 'warn', found, remedy };
}

/** @param {string} platform @param {string} arch @param {'sourced' | 'wheels'} kind @returns {Finding} */
export function checkPlatform(platform, arch, kind) {
  const found = `${platform} ${arch}`;
  if (platform !== 'linux')
    return {
      name: 'platform',
      status: 'bad',
      found,
      remedy: 'use Linux (or WSL 2, or a container)',
    };
  if (kind === 'wheels' && arch !== 'x64') {
    const remedy = 'the ROS 2 wheels are for x86-64; here, install ROS 2 and source it first';
    return { name: 'platform', status: 'bad', found, remedy };
  }
  return { name: 'platform', status: 'ok', found };
}

/** @param {import('./rosSource.mjs').RosSource} source @returns {Finding} */
function checkRos(source) {
  if (source.kind === 'wheels')
    return { name: 'ROS 2', status: 'ok', found: 'none sourced: Jazzy from Python wheels' };
  const found = `${source.distro}, sourced from ${source.prefixes.at(-1)}`;
  if (supportedDistros.includes(source.distro)) return { name: 'ROS 2', status: 'ok', found };
  const remedy = `source one of ${supportedDistros.join(', ')}, or none for Jazzy from Python wheels`;
  return { name: 'ROS 2', status: 'bad', found, remedy };
}

/** What someone names is not passed over in silence. @param {NodeJS.ProcessEnv} env @returns {Finding | undefined} */
function checkNamedPython(env) {
  const found = namedPythonFault(env);
  const remedy = 'name the program of a Python 3.11 there, or nothing';
  return found === undefined ? undefined : { name: 'Python 3.11', status: 'bad', found, remedy };
}

/** @param {import('./python.mjs').Python | undefined} python @returns {Finding} */
export function checkPython(python) {
  const name = 'Python 3.11';
  if (python === undefined) {
    const remedy =
      'install it (Debian 12: `apt install python3.11-venv python3.11-dev`; ' +
      'elsewhere: `uv python install 3.11` or `pyenv install 3.11`), ' +
      'or name one in ST4VLA_PYTHON, or source a ROS 2 of your own';
    return { name, status: 'bad', found: 'none found', remedy };
  }
  const found = `${python.version}, ${python.path}`;
  if (!python.hasVenv)
    return {
      name,
      status: 'bad',
      found: `${found}, without venv`,
      remedy: '`apt install python3.11-venv`',
    };
  if (!python.hasHeaders)
    return {
      name,
      status: 'bad',
      found: `${found}, without Python.h`,
      remedy: '`apt install python3.11-dev`',
    };
  return { name, status: 'ok', found };
}

/** @param {NodeJS.ProcessEnv} env @returns {Finding} */
function checkColcon(env) {
  const colcon = findOnPath('colcon', env);
  if (colcon) return { name: 'colcon', status: 'ok', found: colcon };
  const remedy = '`apt install python3-colcon-common-extensions`';
  return { name: 'colcon', status: 'bad', found: 'not on PATH', remedy };
}

/**
 * @param {string} name
 * @param {string[]} programs any of them will do
 * @param {NodeJS.ProcessEnv} env
 * @returns {Finding}
 */
function checkProgram(name, programs, env) {
  for (const program of programs) {
    const file = program.includes('/') ? program : findOnPath(program, env);
    if (file && fs.existsSync(file)) return { name, status: 'ok', found: file };
  }
  const remedy = '`apt install build-essential` (Debian, Ubuntu) or your system’s equivalent';
  return { name, status: 'bad', found: 'not on PATH', remedy };
}

/** @param {string} root @returns {Finding} */
function checkDisk(root) {
  const { bavail, bsize } = fs.statfsSync(root);
  const free = bavail * bsize;
  const found = `${(free / 1e9).toFixed(1)} GB free`;
  if (free >= minDiskBytes) return { name: 'disk', status: 'ok', found };
  const needed = fs.existsSync(`${root}/.st4vla/env.sh`) ? 'warn' : 'bad';
  return {
    name: 'disk',
    status: needed,
    found,
    remedy: `free ${minDiskBytes / 1e9} GB below ${root}`,
  };
}

/** @returns {Finding} */
function checkSharedMemory() {
  const remedy = 'images between processes need it; in a container: `docker run --shm-size=512m …`';
  try {
    const { bavail, bsize } = fs.statfsSync('/dev/shm');
    const found = `${((bavail * bsize) / 1e6).toFixed(0)} MB free in /dev/shm`;
    if (bavail * bsize >= minShmBytes) return { name: 'shared memory', status: 'ok', found };
    return { name: 'shared memory', status: 'warn', found, remedy };
  } catch {
    return { name: 'shared memory', status: 'bad', found: 'no /dev/shm', remedy };
  }
}

// Finds the Python 3.11 that the ROS 2 wheels need, wherever people have it.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isExecutable } from './rosSource.mjs';

/**
 * @typedef {object} Python
 * @property {string} path
 * @property {string} version
 * @property {boolean} hasVenv venv and ensurepip are there (Debian packs them apart)
 * @property {boolean} hasHeaders Python.h is there (Debian packs it apart)
 */

const probe = `
import importlib.util as u, json, os, sys, sysconfig
print(json.dumps({
  "path": sys.executable,
  "version": "%d.%d.%d" % sys.version_info[:3],
  "hasVenv": all(u.find_spec(m) for m in ("venv", "ensurepip")),
  "hasHeaders": os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")),
}))`;

/**
 * The first Python 3.11 that lacks nothing, else the first 3.11, else undefined.
 * ST4VLA_PYTHON goes before all others.
 * @param {NodeJS.ProcessEnv} env
 * @returns {Python | undefined}
 */
export function findPython(env) {
  /** @type {Python | undefined} */
  let incomplete;
  for (const candidate of candidates(env)) {
    const python = inspect(candidate, env);
    if (python === undefined || !python.version.startsWith('3.11.')) continue;
    if (python.hasVenv && python.hasHeaders) return python;
    incomplete ??= python;
  }
  return incomplete;
}

/**
 * What is wrong with the Python that ST4VLA_PYTHON names; undefined where it names none, or a 3.11.
 * @param {NodeJS.ProcessEnv} env
 * @returns {string | undefined}
 */
export function namedPythonFault(env) {
  const named = env['ST4VLA_PYTHON'];
  if (!named) return undefined;
  const python = isExecutable(named) ? inspect(named, env) : undefined;
  if (python?.version.startsWith('3.11.')) return undefined;
  const what = python === undefined ? 'no Python that runs' : `Python ${python.version}`;
  return `ST4VLA_PYTHON names ${named}, ${what}`;
}

/** @param {NodeJS.ProcessEnv} env @returns {string[]} */
function candidates(env) {
  const home = env['HOME'] ?? os.homedir();
  const onPath = (env['PATH'] ?? '').split(':').filter((dir) => dir !== '');
  const found = [
    ...(env['ST4VLA_PYTHON'] ? [env['ST4VLA_PYTHON']] : []),
    ...onPath.map((dir) => path.join(dir, 'python3.11')),
    ...onPath.map((dir) => path.join(dir, 'python3')),
    '/usr/bin/python3.11',
    '/usr/local/bin/python3.11',
    ...inFolders(path.join(home, '.pyenv', 'versions'), '3.11'),
    ...inFolders(path.join(home, '.local', 'share', 'uv', 'python'), 'cpython-3.11'),
  ];
  return [...new Set(found)].filter(isExecutable);
}

/** @param {string} parent @param {string} prefix @returns {string[]} */
function inFolders(parent, prefix) {
  if (!fs.existsSync(parent)) return [];
  const names = fs.readdirSync(parent).filter((name) => name.startsWith(prefix));
  return names.map((name) => path.join(parent, name, 'bin', 'python3.11'));
}

/** @param {string} file @param {NodeJS.ProcessEnv} env @returns {Python | undefined} */
function inspect(file, env) {
  const result = spawnSync(file, ['-I', '-c', probe], { env, encoding: 'utf8', timeout: 15_000 });
  if (result.status !== 0) return undefined;
  try {
    return JSON.parse(result.stdout);
  } catch {
    return undefined;
  }
}

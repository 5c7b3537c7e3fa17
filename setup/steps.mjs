// Runs the steps of the set-up: skips what is current, shows progress, keeps a log of each.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stateDir } from './paths.mjs';
import { Progress } from './progress.mjs';

/**
 * @typedef {object} Step
 * @property {string} name short, for the log file
 * @property {string} title for people
 * @property {number} usualSec how long it took on two cores
 * @property {string} key fingerprint of all that the result depends on
 * @property {string} stamp file that holds the key of the finished result; it lies inside the result,
 *   so that the stamp goes with the result
 * @property {(run: Run) => Promise<void>} work makes the result; may find any half-made state
 */

/** @typedef {(command: string, args: readonly string[], options?: RunOptions) => Promise<void>} Run */
/** @typedef {{ cwd?: string, env?: NodeJS.ProcessEnv }} RunOptions */

/** A step that failed, told for the person at the terminal. */
export class SetupError extends Error {
  /** @param {string} message @param {string} [remedy] @param {number} [exitCode] */
  constructor(message, remedy, exitCode = 1) {
    super(remedy ? `${message}\n  → ${remedy}` : message);
    this.name = 'SetupError';
    this.exitCode = exitCode;
  }
}

/** @param {Step} step */
export function isCurrent(step) {
  try {
    return fs.readFileSync(step.stamp, 'utf8') === step.key;
  } catch {
    return false;
  }
}

/** @param {Step} step */
export async function runStep(step) {
  const logFile = path.join(stateDir, 'log', `${step.name}.log`);
  fs.mkdirSync(path.dirname(logFile), { recursive: true });
  const log = fs.openSync(logFile, 'w');
  const progress = new Progress(`  ${step.title}`, step.usualSec);
  try {
    fs.rmSync(step.stamp, { force: true });
    await step.work((command, args, options) => runLogged(log, progress, command, args, options));
    writeAtomically(step.stamp, step.key);
    progress.done();
  } catch (error) {
    progress.failed();
    if (error instanceof SetupError) throw error;
    const output = fs.readFileSync(logFile, 'utf8');
    const reason = error instanceof Error ? error.message : String(error);
    const tail = output.trimEnd().split('\n').slice(-15).join('\n');
    throw new SetupError(
      `${step.title} failed: ${reason}\n${tail}\n(whole log: ${logFile})`,
      remedyFor(output),
    );
  } finally {
    fs.closeSync(log);
  }
}

/** @param {string} file @param {string} content */
export function writeAtomically(file, content) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const next = `${file}.${process.pid}.next`;
  fs.writeFileSync(next, content);
  fs.renameSync(next, file);
}

/**
 * @param {number} log
 * @param {Progress} progress
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<void>}
 */
function runLogged(log, progress, command, args, options = {}) {
  fs.writeSync(log, `$ ${command} ${args.join(' ')}\n`);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ data) => {
        fs.writeSync(log, data);
        progress.note(data.toString());
      });
    }
    // Ctrl-C reaches the child as well; the lock stays held until it has ended and tidied up.
    /** @param {NodeJS.Signals} signal */
    const interrupt = (signal) => {
      interrupted = signal;
      child.kill(signal);
    };
    /** @type {NodeJS.Signals | undefined} */
    let interrupted;
    for (const signal of interruptions) process.on(signal, interrupt);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const name of interruptions) process.off(name, interrupt);
      if (interrupted) reject(interruption(interrupted));
      else if (code === 0) resolve();
      else
        reject(new Error(`${path.basename(command)} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
}

/** @param {NodeJS.Signals} signal */
function interruption(signal) {
  const exitCode = 128 + os.constants.signals[signal];
  return new SetupError(`interrupted by ${signal}; what is done is kept`, undefined, exitCode);
}

/** @type {NodeJS.Signals[]} */
const interruptions = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * Removes a folder, also while a program that was killed is still writing its last files there.
 * @param {string} folder
 */
export function removeFolder(folder) {
  fs.rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}

/**
 * What a person can do about the usual outside causes of a failed command.
 * @param {string} output
 * @returns {string | undefined}
 */
export function remedyFor(output) {
  for (const [pattern, remedy] of causes) if (pattern.test(output)) return remedy;
  return undefined;
}

/** @type {[RegExp, string][]} */
const causes = [
  [
    /ENOSPC|No space left on device/,
    'the disk is full: free 2 GB, then run the same command again',
  ],
  [
    /hashes are required|do not match the hashes|EINTEGRITY/i,
    'a download differs from its lock: remove the package cache (`pip cache purge`, `npm cache clean --force`), ' +
      'check the registry or proxy in use, then run the same command again',
  ],
  [
    /\bENOTFOUND|\bEAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|Temporary failure in name resolution|Name or service not known|NewConnectionError|ConnectTimeout|ReadTimeout|ProxyError|Failed to establish a new connection|Network is unreachable/,
    'no network, or the package registry was not reached: check the connection (and HTTPS_PROXY), ' +
      'then run the same command again; what is done is kept',
  ],
  [
    /No matching distribution found/,
    'the Python package index in use lacks a pinned wheel: check pip’s index settings',
  ],
  [
    /EACCES|Permission denied/,
    'a file or folder cannot be written: check who owns the clone and the package caches',
  ],
];

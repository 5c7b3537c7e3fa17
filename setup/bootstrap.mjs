// Entry of every npm script: brings a bare clone to where the asked command can run, then runs it.
// Plain JavaScript without dependencies, since nothing is installed yet when it starts.
//   node setup/bootstrap.mjs <st4vla subcommand> [arguments...]
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { compileStep } from './compile.mjs';
import { dependenciesStep } from './dependencies.mjs';
import { withLock } from './lock.mjs';
import { packageRoot } from './paths.mjs';
import { checkNode, checkRequirements } from './requirements.mjs';
import { isCurrent, runStep, SetupError } from './steps.mjs';
import { formatFindings } from './table.mjs';

/** Subcommands that run without ROS 2; all others get it set up first. */
const withoutRos = new Set([
  'help',
  '--help',
  '-h',
  'doctor',
  'eval',
  'model',
  'data',
  'corrections',
  'ablation',
  'gazebo',
  'serve',
  'security',
  'lerobot',
  'completion',
]);

const [subcommand = '--help', ...args] = process.argv.slice(2);
process.exitCode = await main();

async function main() {
  const node = checkNode(process.versions.node);
  if (node.status === 'bad') return refuse('Node.js is too old', [node]);
  try {
    // The doctor looks only; all others first get what is missing.
    if (subcommand !== 'doctor') await setUp();
    else if (!isCurrent(dependenciesStep()) || !fs.existsSync(compiled('cli/doctor.js')))
      return doctorBeforeSetup();
    return await handOver();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`\nset-up stopped: ${error.message}\n`);
    return error.exitCode;
  }
}

/** Makes what is missing for the subcommand; returns at once when nothing is. */
async function setUp() {
  if (await isSetUp()) return;
  await withLock(
    packageRoot,
    (holder) => process.stderr.write(`another set-up is under way (${holder}); waiting for it\n`),
    async () => {
      if (await isSetUp()) return;
      const faults = checkRequirements(packageRoot, process.env).filter((f) => f.status === 'bad');
      if (needsRos() && faults.length > 0) throw refusal(faults);
      process.stderr.write('setting up (once; a break with Ctrl-C loses only the running step)\n');
      await runMissing([dependenciesStep(), compileStep()]);
      if (needsRos()) await runMissing(await rosSteps());
    },
  );
}

async function isSetUp() {
  if (!isCurrent(dependenciesStep()) || !isCurrent(compileStep())) return false;
  return !needsRos() || (await rosSteps()).every(isCurrent);
}

/** @param {import('./steps.mjs').Step[]} steps */
async function runMissing(steps) {
  for (const step of steps) if (!isCurrent(step)) await runStep(step);
}

/** The steps of ROS 2 are TypeScript: known once that is compiled. @returns {Promise<import('./steps.mjs').Step[]>} */
async function rosSteps() {
  const module = await importCompiled('cli/setup/rosSteps.js');
  return module.rosSteps(process.env, { forTests: subcommand === 'test' });
}

function needsRos() {
  if (withoutRos.has(subcommand)) return false;
  // The demo's module cannot be loaded without ROS 2, not even for its help.
  const asksForHelp = args.includes('--help') || args.includes('-h');
  if (asksForHelp && subcommand !== 'demo') return false;
  return subcommand !== 'replay' || args.includes('--ros');
}

/** Runs the subcommand with the ROS 2 environment and ends as it ends. @returns {Promise<number>} */
async function handOver() {
  const { rosEnvironment } = await importCompiled('cli/setup/rosEnvironment.js');
  const { launcherVariables } = await importCompiled('nodes/shared/process/launcher.js');
  const script = subcommand === 'test' ? 'test/run.js' : 'cli/main.js';
  const scriptArgs = subcommand === 'test' ? args : [subcommand, ...args];
  const child = spawn(process.execPath, [compiled(script), ...scriptArgs], {
    stdio: 'inherit',
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    env: { ...rosEnvironment(process.env), ...launcherVariables() },
  });
  // From a terminal Ctrl-C reaches the child as well.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0));
    });
  });
}

/** @param {string} file below dist/ @returns {Promise<any>} */
function importCompiled(file) {
  return import(pathToFileURL(compiled(file)).href);
}

/** @param {string} file below dist/ */
function compiled(file) {
  return path.join(packageRoot, 'dist', file);
}

/** The machine's part of `st4vla doctor`; the rest needs what is not there yet. */
function doctorBeforeSetup() {
  const findings = checkRequirements(packageRoot, process.env);
  const installed = fs.existsSync(path.join(packageRoot, 'node_modules'));
  findings.push({
    name: 'set-up',
    status: 'todo',
    found: installed ? 'begun, not finished or not current' : 'not done yet',
    remedy: '`npm run demo`, `npm test` or `npm run -s st4vla -- setup` does it',
  });
  process.stdout.write(`${formatFindings(findings)}\n`);
  return findings.some((finding) => finding.status === 'bad') ? 1 : 0;
}

/** @param {string} what @param {import('./table.mjs').Finding[]} findings */
function refuse(what, findings) {
  process.stderr.write(`${what}\n${formatFindings(findings)}\n`);
  return 1;
}

/** @param {import('./table.mjs').Finding[]} faults */
function refusal(faults) {
  return new SetupError(`this machine lacks something\n${formatFindings(faults)}`);
}

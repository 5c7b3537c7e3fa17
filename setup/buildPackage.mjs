// Makes what colcon installs: npm packages, compiled TypeScript, rclnodejs's native half.
//   node setup/buildPackage.mjs FOLDER        (called by CMakeLists.txt, with ROS 2 sourced)
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { installLocked, partOfLock } from './npm.mjs';
import { nodeGypArguments } from './nodeGyp.mjs';
import { packageRoot } from './paths.mjs';
import { refuseRebuild } from './refuseRebuild.mjs';
import { findPrebuiltBinding } from './prebuiltBinding.mjs';
import { amentPrefixes, makeRosTree } from './rosTree.mjs';
import { SetupError, writeAtomically } from './steps.mjs';

const folder = path.resolve(process.argv[2] ?? '');
const tools = `${folder}-tools`;

try {
  await installPackages();
  await compile();
  await buildBinding();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = error.exitCode;
}

/** The packages of the lock file, and the compiler apart from them: it is not installed. */
async function installPackages() {
  const key = fingerprint(
    packageRoot,
    ['package-lock.json', 'setup/refuseRebuild.mjs'],
    [process.versions.modules],
  );
  const stamp = path.join(folder, '.st4vla-stamp');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return;
  for (const made of [folder, tools]) {
    fs.rmSync(made, { recursive: true, force: true });
    fs.mkdirSync(made, { recursive: true });
    fs.copyFileSync(path.join(packageRoot, '.npmrc'), path.join(made, '.npmrc'));
  }
  for (const file of ['package.json', 'package-lock.json'])
    fs.copyFileSync(path.join(packageRoot, file), path.join(folder, file));
  await installLocked(run, folder, { dev: false, env: process.env });
  refuseRebuild(folder);
  const { manifest, lock } = partOfLock(readJson('package-lock.json'), ['typescript']);
  fs.writeFileSync(path.join(tools, 'package.json'), JSON.stringify(manifest));
  fs.writeFileSync(path.join(tools, 'package-lock.json'), JSON.stringify(lock));
  await installLocked(run, tools, { dev: false, env: process.env });
  for (const made of [folder, tools]) fs.rmSync(path.join(made, '.npmrc'));
  writeAtomically(stamp, key);
}

async function compile() {
  const dist = path.join(folder, 'dist');
  const project = path.join(tools, 'tsconfig.json');
  const compilerOptions = { noCheck: true, types: [], rootDir: packageRoot, outDir: dist };
  const rooms = ['core', 'adapters', 'sim', 'lab', 'nodes', 'cli', 'setup'];
  const include = rooms.map((room) => path.join(packageRoot, room));
  const base = path.join(packageRoot, 'tsconfig.json');
  fs.writeFileSync(project, JSON.stringify({ extends: base, compilerOptions, include }));
  fs.rmSync(dist, { recursive: true, force: true });
  const tsc = path.join(tools, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '-p', project], { cwd: folder });
}

async function buildBinding() {
  const distro = process.env['ROS_DISTRO'];
  if (!distro) throw new SetupError('ROS_DISTRO is not set', 'source ROS 2 before the build');
  const rclnodejs = path.join(folder, 'node_modules', 'rclnodejs');
  const binary = path.join(rclnodejs, 'build', 'Release', 'rclnodejs.node');
  if (fs.existsSync(binary)) return;
  const prebuilt = findPrebuiltBinding(rclnodejs, distro);
  if (prebuilt === undefined) {
    const modules = path.join(folder, 'node_modules');
    const tree = `${folder}-ros`;
    fs.rmSync(tree, { recursive: true, force: true });
    const marker = makeRosTree(tree, amentPrefixes(process.env));
    await run(process.execPath, nodeGypArguments(modules, process.env), {
      cwd: rclnodejs,
      env: { ...process.env, PATH: `${marker}:${process.env['PATH']}` },
    });
  } else {
    fs.mkdirSync(path.dirname(binary), { recursive: true });
    fs.copyFileSync(prebuilt, binary);
  }
}

/** @param {string} file of the package @returns {any} */
function readJson(file) {
  return JSON.parse(fs.readFileSync(path.join(packageRoot, file), 'utf8'));
}

/** @type {import('./steps.mjs').Run} */
async function run(command, args, options = {}) {
  execFileSync(command, args, { ...options, stdio: 'inherit' });
}

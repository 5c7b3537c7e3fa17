// Makes what colcon installs: npm packages, compiled TypeScript, rclnodejs's native half.
//   node setup/buildPackage.mjs FOLDER        (called by CMakeLists.txt, with ROS 2 sourced)
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fingerprint } from './fingerprint.mjs';
import { nodeGypArguments } from './nodeGyp.mjs';
import { packageRoot } from './paths.mjs';
import { findPrebuiltBinding } from './prebuiltBinding.mjs';
import { writeAtomically } from './steps.mjs';

const folder = path.resolve(process.argv[2] ?? '');
const tools = `${folder}-tools`;
const manifest = JSON.parse(fs.readFileSync(path.join(packageRoot, 'package.json'), 'utf8'));

installPackages();
compile();
buildBinding();

/** The packages of the lock file, and the compiler apart from them: it is not installed. */
function installPackages() {
  const key = fingerprint(packageRoot, ['package-lock.json'], [process.versions.modules]);
  const stamp = path.join(folder, '.st4vla-stamp');
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === key) return;
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json', '.npmrc'])
    fs.copyFileSync(path.join(packageRoot, file), path.join(folder, file));
  const flags = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
  run('npm', [...flags, '--omit=dev'], folder);
  fs.rmSync(path.join(folder, '.npmrc'));
  fs.mkdirSync(tools, { recursive: true });
  const compiler = `typescript@${manifest.devDependencies.typescript}`;
  run('npm', [...flags, '--no-package-lock', '--prefix', tools, compiler], tools);
  writeAtomically(stamp, key);
}

function compile() {
  const dist = path.join(folder, 'dist');
  const project = path.join(tools, 'tsconfig.json');
  const compilerOptions = { noCheck: true, types: [], rootDir: packageRoot, outDir: dist };
  const rooms = ['core', 'adapters', 'sim', 'nodes', 'cli', 'setup'];
  const include = rooms.map((room) => path.join(packageRoot, room));
  const base = path.join(packageRoot, 'tsconfig.json');
  fs.writeFileSync(project, JSON.stringify({ extends: base, compilerOptions, include }));
  fs.rmSync(dist, { recursive: true, force: true });
  const tsc = path.join(tools, 'node_modules', 'typescript', 'bin', 'tsc');
  run(process.execPath, [tsc, '-p', project], folder);
}

function buildBinding() {
  const distro = process.env['ROS_DISTRO'];
  if (!distro) throw new Error('source ROS 2 before the build: ROS_DISTRO is not set');
  const rclnodejs = path.join(folder, 'node_modules', 'rclnodejs');
  const binary = path.join(rclnodejs, 'build', 'Release', 'rclnodejs.node');
  if (fs.existsSync(binary)) return;
  const prebuilt = findPrebuiltBinding(rclnodejs, distro);
  if (prebuilt === undefined) {
    run(process.execPath, nodeGypArguments(path.join(folder, 'node_modules')), rclnodejs);
  } else {
    fs.mkdirSync(path.dirname(binary), { recursive: true });
    fs.copyFileSync(prebuilt, binary);
  }
}

/** @param {string} command @param {string[]} args @param {string} cwd */
function run(command, args, cwd) {
  execFileSync(command, args, { cwd, stdio: 'inherit' });
}

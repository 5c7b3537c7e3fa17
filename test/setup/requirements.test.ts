import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findNodeHeaders, nodeGypArguments } from '../../setup/nodeGyp.mjs';
import { findPython } from '../../setup/python.mjs';
import {
  checkNode,
  checkNodeHeaders,
  checkPath,
  checkPlatform,
  checkPython,
  checkRequirements,
} from '../../setup/requirements.mjs';
import { findPrebuiltBinding } from '../../setup/prebuiltBinding.mjs';
import { findRosSource, wheelsPrefix } from '../../setup/rosSource.mjs';
import { remedyFor } from '../../setup/steps.mjs';

const currentMajor = Number(process.versions.node.split('.')[0]);

describe('requirements of the set-up', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'requirements-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  /** An executable script in a folder for PATH. */
  function program(name: string, script = 'exit 0'): string {
    const file = path.join(folder, name);
    fs.writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    return file;
  }

  /** A Python that answers the probe so. */
  function fakePython(name: string, answer: object): string {
    return program(name, `echo '${JSON.stringify(answer)}'`);
  }

  const whole = { version: '3.11.9', hasVenv: true, hasHeaders: true };

  for (const [version, status] of [
    ['18.20.0', 'bad'],
    ['20.18.3', 'bad'],
    ['20.19.0', 'ok'],
    ['22.1.0', 'ok'],
    ['100.0.0', 'ok'],
  ] as const)
    it(`judges Node ${version}: ${status}`, () => assert.equal(checkNode(version).status, status));

  for (const [root, status] of [
    ['/home/me/st4vla_ros', 'ok'],
    ['/home/me/mes robots été/Документы/st4vla_ros', 'ok'],
    ['/home/me/robots (copy)/st4vla_ros', 'ok'],
    ["/home/me/Anna's robots/st4vla_ros", 'bad'],
    ['/home/me/a:b/st4vla_ros', 'bad'],
    ['/home/me/a;b/st4vla_ros', 'bad'],
    ['/home/me/$HOME/st4vla_ros', 'bad'],
    ['/home/me/line\nbreak/st4vla_ros', 'bad'],
    [`/home/me/${'long/'.repeat(50)}st4vla_ros`, 'warn'],
  ] as const)
    it(`judges the path ${JSON.stringify(root).slice(0, 60)}: ${status}`, () => {
      const finding = checkPath(root);
      assert.equal(finding.status, status);
      assert.doesNotMatch(finding.found, /\n/);
      assert.equal(finding.remedy !== undefined, status !== 'ok');
      const { name } = finding;
      const all = checkRequirements(folder, { PATH: folder, HOME: folder });
      assert.ok(all.some((one) => one.name === name && one.status === 'ok'));
    });

  it('needs x86-64 for the wheels only, and Linux always', () => {
    assert.equal(checkPlatform('linux', 'x64', 'wheels').status, 'ok');
    assert.equal(checkPlatform('linux', 'arm64', 'wheels').status, 'bad');
    assert.equal(checkPlatform('linux', 'arm64', 'sourced').status, 'ok');
    assert.equal(checkPlatform('darwin', 'x64', 'sourced').status, 'bad');
  });

  it('takes the Python 3.11 that lacks nothing', () => {
    const lacking = fakePython('python3.11', { ...whole, path: '/lacking', hasHeaders: false });
    const complete = fakePython('python3', { ...whole, path: '/complete' });
    const env = { PATH: folder, HOME: folder };
    assert.equal(findPython(env)?.path, '/complete');
    assert.equal(findPython({ ...env, ST4VLA_PYTHON: complete, PATH: '' })?.path, '/complete');
    assert.notEqual(findPython({ ...env, ST4VLA_PYTHON: lacking })?.path, '/lacking');
  });

  it('looks past Pythons that are too old, broken or only shims', () => {
    program('python3.11', 'exit 127');
    const other = path.join(folder, '.pyenv', 'versions', '3.11.4', 'bin');
    fakePython('python3', { ...whole, path: '/old', version: '3.9.2' });
    fs.mkdirSync(other, { recursive: true });
    fs.renameSync(fakePython('x', { ...whole, path: '/pyenv' }), path.join(other, 'python3.11'));
    const found = findPython({ PATH: folder, HOME: folder });
    assert.notEqual(found?.path, '/old');
    assert.ok(found?.version.startsWith('3.11.'));
  });

  it('says what a Python lacks and what to install', () => {
    const python = { ...whole, path: '/usr/bin/python3.11' };
    assert.equal(checkPython(python).status, 'ok');
    assert.match(checkPython({ ...python, hasVenv: false }).remedy ?? '', /python3\.11-venv/);
    assert.match(checkPython({ ...python, hasHeaders: false }).remedy ?? '', /python3\.11-dev/);
    assert.match(checkPython(undefined).remedy ?? '', /python3\.11-venv/);
  });

  it('refuses what ST4VLA_PYTHON names when it is no Python 3.11', () => {
    const old = fakePython('python3.9', { ...whole, path: '/old', version: '3.9.2' });
    const found = (named: string) =>
      checkRequirements(folder, { PATH: folder, HOME: folder, ST4VLA_PYTHON: named }).find(
        ({ name }) => name === 'Python 3.11',
      )!;
    assert.equal(found('/nope').status, 'bad');
    assert.match(found('/nope').found, /ST4VLA_PYTHON names \/nope, no Python that runs/);
    assert.match(found(old).found, /Python 3\.9\.2/);
    assert.equal(found(fakePython('mine', { ...whole, path: '/mine' })).found, '3.11.9, /mine');
  });

  describe('the headers of Node', () => {
    function headersOf(major: number): string {
      const include = path.join(folder, 'include', 'node');
      fs.mkdirSync(include, { recursive: true });
      fs.writeFileSync(path.join(include, 'node_api.h'), '');
      const version = `#define NODE_MAJOR_VERSION ${major}\n`;
      fs.writeFileSync(path.join(include, 'node_version.h'), version);
      return folder;
    }
    const node = (): { execPath: string; version: string } => ({
      execPath: path.join(folder, 'bin', 'node'),
      version: '20.19.0',
    });

    it('lie beside Node, or where npm_config_nodedir says', () => {
      assert.equal(findNodeHeaders({}, node()), undefined);
      assert.equal(headersOf(20), findNodeHeaders({}, node()));
      const elsewhere = { ...node(), execPath: '/nowhere/bin/node' };
      assert.equal(findNodeHeaders({}, elsewhere), undefined);
      assert.equal(findNodeHeaders({ npm_config_nodedir: folder }, elsewhere), folder);
    });

    it('count only when they are those of this major version', () => {
      headersOf(18);
      assert.equal(findNodeHeaders({}, node()), undefined);
    });

    it('are needed where rclnodejs is built; nothing downloads them', () => {
      assert.equal(checkNodeHeaders('wheels', folder).status, 'ok');
      assert.equal(checkNodeHeaders('wheels', undefined).status, 'bad');
      assert.equal(checkNodeHeaders('sourced', undefined).status, 'warn');
      assert.match(checkNodeHeaders('wheels', undefined).remedy ?? '', /libnode-dev/);
      const args = nodeGypArguments('/modules', { npm_config_nodedir: headersOf(currentMajor) });
      assert.ok(args.includes(`--nodedir=${folder}`));
    });
  });

  it('names every missing program at once, each with a remedy', () => {
    const findings = checkRequirements(folder, { PATH: folder, HOME: folder });
    for (const name of ['C++ compiler', 'make']) {
      const finding = findings.find((row) => row.name === name);
      assert.equal(finding?.status, 'bad', name);
      assert.match(finding?.remedy ?? '', /build-essential/);
    }
    program('g++');
    program('make');
    const better = checkRequirements(folder, { PATH: folder, HOME: folder });
    for (const name of ['C++ compiler', 'make'])
      assert.equal(better.find((row) => row.name === name)?.status, 'ok', name);
  });

  describe('the ROS 2 in use', () => {
    it('is the sourced one when distribution, prefixes and ros2 are there', () => {
      program('ros2');
      const env = { PATH: folder, ROS_DISTRO: 'humble', AMENT_PREFIX_PATH: '/ws:/opt/ros/humble' };
      const source = { kind: 'sourced', distro: 'humble', prefixes: ['/ws', '/opt/ros/humble'] };
      assert.deepEqual(findRosSource(env), source);
    });

    it('is the wheels when any of these lacks', () => {
      const env = { PATH: folder, ROS_DISTRO: 'humble', AMENT_PREFIX_PATH: '/opt/ros/humble' };
      assert.equal(findRosSource(env).kind, 'wheels');
      program('ros2');
      assert.equal(findRosSource({ ...env, ROS_DISTRO: '' }).kind, 'wheels');
      assert.equal(findRosSource({ ...env, AMENT_PREFIX_PATH: '' }).kind, 'wheels');
    });

    it('is still the wheels in a shell that sourced .st4vla/env.sh', () => {
      program('ros2');
      const env = { PATH: folder, ROS_DISTRO: 'jazzy', AMENT_PREFIX_PATH: wheelsPrefix };
      assert.equal(findRosSource(env).kind, 'wheels');
    });

    it('must be one that rclnodejs and the nodes were made for', () => {
      program('ros2');
      const env = { PATH: folder, HOME: folder, AMENT_PREFIX_PATH: '/opt/ros/x' };
      const status = (distro: string): string | undefined =>
        checkRequirements(folder, { ...env, ROS_DISTRO: distro }).find((f) => f.name === 'ROS 2')
          ?.status;
      assert.equal(status('kilted'), 'ok');
      assert.equal(status('foxy'), 'bad');
    });
  });

  it('finds the binary that rclnodejs ships for an Ubuntu and a distribution', () => {
    const prebuilds = path.join(folder, 'prebuilds', `linux-${process.arch}`);
    fs.mkdirSync(prebuilds, { recursive: true });
    const file = path.join(prebuilds, `jazzy-noble-${process.arch}-node-rclnodejs.node`);
    fs.writeFileSync(file, '');
    const release = path.join(folder, 'os-release');
    fs.writeFileSync(release, 'NAME="Ubuntu"\nVERSION_CODENAME=noble\n');
    assert.equal(findPrebuiltBinding(folder, 'jazzy', release), file);
    assert.equal(findPrebuiltBinding(folder, 'humble', release), undefined);
    assert.equal(findPrebuiltBinding(folder, 'jazzy', '/no/such/file'), undefined);
  });

  const outputs: readonly (readonly [string, RegExp | undefined])[] = [
    ['npm error code ENOTFOUND', /network/],
    ['NewConnectionError: Failed to establish a new connection', /network/],
    ['ERROR: No matching distribution found for ros-rcl==9.2.8', /index/],
    ['OSError: [Errno 28] No space left on device', /disk is full/],
    ['THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE', /lock/],
    ["EACCES: permission denied, mkdir '/x'", /owns/],
    ["ModuleNotFoundError: No module named 'em'", undefined],
  ];
  for (const [output, remedy] of outputs)
    it(`knows what to do about: ${output}`, () => {
      if (remedy === undefined) assert.equal(remedyFor(output), undefined);
      else assert.match(remedyFor(output) ?? '', remedy);
    });
});

import assert from 'node:assert/strict';
import 'node:fs';
import 'node:os';
import 'node:path';
import { interpretLaunchFile } from '../../../cli/launch/interpretLaunchFile.ts';
import { ambientPackages } from '../../../cli/launch/packages.ts';
import { launchFolder, node, packages } from './launchFolder.ts';

describe('faults in launch files', () => {
  const { write, interpret } = launchFolder();

  it('refuses them, with file and line, without ros2 launch and in a pushed namespace', () => {
    write('c.launch.py', '');
    const text = 'launch:\n- include: {file: c.launch.py}';
    const file = write('a.launch.yaml', text);
    const without = { ...packages, ros2Launch: ambientPackages({}).ros2Launch };
    const run = () => interpretLaunchFile(file, new Map(), without, {});
    assert.throws(run, /a\.launch\.yaml:2:3: c\.launch\.py: only `ros2 launch` can read it/);
    const pushed = `launch:
- group:
  - push_ros_namespace: {namespace: arm}
  - include: {file: c.launch.py}`;
    assert.throws(() => interpret(pushed), /:4:5: c\.launch\.py: a namespace/);
    const remapped = `launch:
- set_remap: {from: a, to: b}
- include: {file: c.launch.py}`;
    assert.throws(() => interpret(remapped), /:3:3: c\.launch\.py: set_remap/);
  });

  const faults: readonly (readonly [string, string, RegExp])[] = [
    ['an unknown entity', `launch:\n- timer: {period: 1}`, /a\.launch\.yaml:2:3: .*"timer"/],
    [
      'an unknown attribute',
      `launch:\n- node:\n    ${'pkg: p\n    exec: e\n    colour: red'}`,
      /:5:5: "colour" of node/,
    ],
    [
      'an unknown attribute of a param',
      `launch:\n- node: {${node}, param: [{name: a, value: 1, kind: int}]}`,
      /:2:\d+: "kind" of param/,
    ],
    ['an unknown substitution', `launch:\n- executable: {cmd: $(eval 1+1)}`, /:2:3: .*\$\(eval/],
    ['a variable without a value', `launch:\n- executable: {cmd: $(var nope)}`, /:2:3: .*nope/],
    ['an argument without a value', `launch:\n- arg: {name: robot}`, /:2:3: .*robot:=/],
    [
      'a value that is no choice',
      `launch:\n- arg: {name: a, default: x, choice: [{value: y}]}`,
      /:2:3: .*must be one of y/,
    ],
    [
      'a file of parameters that is not there',
      `launch:\n- node: {${node}, param: [{from: /nowhere.yaml}]}`,
      /:2:\d+: there is no file \/nowhere\.yaml/,
    ],
    ['a file without end', `launch:\n- include: {file: a.launch.yaml}`, /:2:3: 50 files include/],
    ['a missing attribute', `launch:\n- node: {pkg: p}`, /:2:3: node lacks "exec"/],
    ['an entity with two types', `launch:\n- arg: {name: a}\n  let: {name: b}`, /:2:3: /],
    ['a condition that is no boolean', `launch:\n- node: {${node}, if: maybe}`, /:2:3: .*maybe/],
    ['broken YAML', `launch:\n- node: {pkg: p`, /a\.launch\.yaml:\d+:\d+: /],
    ['no launch key', `lunch: []`, /:1:1: /],
  ];
  for (const [what, text, message] of faults)
    it(`refuses ${what}, with file and line`, () => assert.throws(() => interpret(text), message));

  it('refuses an argument that the file does not declare', () => {
    assert.throws(() => interpret('launch: []', { robot: 'x' }), /no argument "robot"/);
  });
});

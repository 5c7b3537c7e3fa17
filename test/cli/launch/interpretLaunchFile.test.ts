import assert from 'node:assert/strict';
import 'node:fs';
import 'node:os';
import 'node:path';
import { launchFolder, node } from './launchFolder.ts';

describe('launch files', () => {
  const { write, interpret } = launchFolder();

  for (const [what, text, expected] of [
    ['a namespace', `- push_ros_namespace: {namespace: arm-1}\n`, /"namespace": .*found "arm-1"/],
    ['a node in a namespace', `- node: {${node}, namespace: 1arm}\n`, /"namespace": .*"1arm"/],
    [
      'a name',
      `- node: {${node}, name: my node}\n`,
      /"name": expected the name of a node.*"my node"/,
    ],
    ['a remapping', `- node: {${node}, remap: [{from: a, to: cam-1}]}\n`, /"remap": .*"cam-1"/],
    ['a remapping of all nodes', `- set_remap: {from: a, to: cam-1}\n`, /"remap": .*"cam-1"/],
  ] as const) {
    it(`refuses ${what} that ROS 2 would refuse, with its place`, () => {
      assert.throws(
        () => interpret(`launch:\n${text}`),
        (error: Error) =>
          /a\.launch\.yaml:2:\d+: /.test(error.message) && expected.test(error.message),
      );
    });
  }

  it('takes a namespace that is absolute, ends in a slash, or is empty', () => {
    const nodes = ['/arm1', 'arm1/', "''"].map((one) => `- node: {${node}, namespace: ${one}}\n`);
    const { processes } = interpret(`launch:\n${nodes.join('')}`);
    assert.deepEqual(
      processes.map(({ command }) => command.find((word) => word.startsWith('__ns'))),
      ['__ns:=/arm1', '__ns:=/arm1', undefined],
    );
  });

  it('gives a node its ROS arguments as launch_ros does', () => {
    const parameters = write('f.yaml', '');
    const { processes } = interpret(`
launch:
- node:
    pkg: p
    exec: e
    name: n
    namespace: arm
    args: --fast "two words"
    remap: [{from: a, to: b}]
    param:
    - from: ${parameters}
    - {name: rate, value: 5}
    - {name: group, param: [{name: inner, value: '$(env HOME)'}]}
    output: screen
    respawn: true
    respawn_delay: 2.5
    on_exit: shutdown
    env: [{name: LEVEL, value: debug}]
`);
    const [process] = processes;
    assert.deepEqual(process?.command, [
      '/ros/lib/p/e',
      '--fast',
      'two words',
      '--ros-args',
      '-r',
      '__node:=n',
      '-r',
      '__ns:=/arm',
      '-r',
      'a:=b',
    ]);
    assert.deepEqual(process?.parameters, [
      { file: parameters },
      { name: 'rate', value: '5' },
      { name: 'group.inner', value: '/home/me' },
    ]);
    assert.equal(process?.output, 'screen');
    assert.equal(process?.respawn, true);
    assert.equal(process?.respawnDelaySec, 2.5);
    assert.equal(process?.isRequired, true);
    assert.deepEqual(process?.env, { HOME: '/home/me', LEVEL: 'debug' });
  });

  it('keeps the types of parameters as ros2 launch does', () => {
    const { processes } = interpret(`
launch:
- arg: {name: on, default: 'true'}
- node:
    ${'pkg: p\n    exec: e'}
    param:
    - {name: plain, value: true}
    - {name: quoted, value: 'true'}
    - {name: given, value: $(var on)}
    - {name: words, value: two words}
    - {name: text, value: $(var on), type: str}
    - {name: number, value: $(var on), type: bool}`);
    assert.deepEqual(processes[0]?.parameters, [
      { name: 'plain', value: 'true' },
      { name: 'quoted', value: '"true"' },
      { name: 'given', value: 'true' },
      { name: 'words', value: 'two words' },
      { name: 'text', value: '"true"' },
      { name: 'number', value: 'true' },
    ]);
    const faulty = `launch: [node: {${node}, param: [{name: a, value: 1, type: text}]}]`;
    assert.throws(() => interpret(faulty), /"type" of param: expected str, bool, int, float/);
  });

  it('prefers a given argument to the default', () => {
    const text = `
launch:
- arg: {name: robot, default: widowx}
- executable: {cmd: run $(var robot)}`;
    assert.deepEqual(interpret(text).processes[0]?.command, ['run', 'widowx']);
    assert.deepEqual(interpret(text, { robot: 'google' }).processes[0]?.command, ['run', 'google']);
  });

  it('starts what its conditions allow', () => {
    const { processes } = interpret(`
launch:
- let: {name: on, value: 'true'}
- node: {${node}, name: yes1, if: $(var on)}
- node: {${node}, name: no1, unless: $(var on)}
- node: {${node}, name: no2, if: 'false'}
- group:
    if: 'false'
    children:
    - node: {${node}, name: no3}`);
    assert.deepEqual(
      processes.map(({ label }) => label),
      ['yes1'],
    );
  });

  it('keeps what a group sets inside the group', () => {
    const { processes } = interpret(`
launch:
- arg: {name: x, default: outer}
- group:
  - push_ros_namespace: {namespace: arm1}
  - let: {name: x, value: inner}
  - set_env: {name: MARK, value: set}
  - group:
    - push_ros_namespace: {namespace: left}
    - node: {${node}, name: deep}
  - node: {${node}, name: $(var x), namespace: sub}
- node: {${node}, name: $(var x), namespace: /abs}`);
    const shown = processes.map(({ label, command, env }) => [label, command.at(-1), env['MARK']]);
    assert.deepEqual(shown, [
      ['deep', '__ns:=/arm1/left', 'set'],
      ['inner', '__ns:=/arm1/sub', 'set'],
      ['outer', '__ns:=/abs', undefined],
    ]);
  });

  it('gives the nodes of a group and of what it includes the remappings that it sets, before their own', () => {
    write('b.launch.yaml', `launch:\n- node: {${node}, name: included, remap: [{from: x, to: y}]}`);
    const { processes } = interpret(`
launch:
- group:
  - node: {${node}, name: before}
  - set_remap: {from: /clock, to: /replay/clock}
  - set_remap: {from: a, to: b}
  - include: {file: b.launch.yaml}
- node: {${node}, name: outside}`);
    const rules = processes.map(({ label, command }) => [
      label,
      command.filter((word) => word.includes(':=') && !word.startsWith('__')),
    ]);
    assert.deepEqual(rules, [
      ['before', []],
      ['included', ['/clock:=/replay/clock', 'a:=b', 'x:=y']],
      ['outside', []],
    ]);
  });

  it('includes files with their arguments, relative to itself', () => {
    write(
      'b.launch.yaml',
      `
launch:
- arg: {name: who}
- executable: {cmd: greet $(var who) $(filename)}`,
    );
    const { processes } = interpret(`
launch:
- include:
    file: b.launch.yaml
    arg: [{name: who, value: you}]`);
    assert.deepEqual(processes[0]?.command, ['greet', 'you', 'b.launch.yaml']);
  });

  it('keeps what an included file sets, unless a group is around it', () => {
    write('b.launch.yaml', `launch:\n- let: {name: x, value: inner}`);
    const { processes } = interpret(`
launch:
- let: {name: x, value: outer}
- group:
  - include: {file: b.launch.yaml}
- executable: {cmd: first $(var x)}
- include: {file: b.launch.yaml}
- executable: {cmd: second $(var x)}`);
    assert.deepEqual(
      processes.map(({ command }) => command.join(' ')),
      ['first outer', 'second inner'],
    );
  });

  it('leaves included files that are not YAML to ros2 launch', () => {
    const python = write('c.launch.py', '');
    const { processes } = interpret(`
launch:
- include:
    file: c.launch.py
    arg: [{name: robot, value: a b}]`);
    assert.deepEqual(
      processes.map(({ label, command }) => [label, command]),
      [['c', ['ros2', 'launch', python, 'robot:=a b']]],
    );
  });
});

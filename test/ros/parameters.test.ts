import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RosSession } from './RosSession.ts';
import { given, perceptionArguments, policyArguments, policyArgumentsFor } from './widowx.ts';

describe('parameters', () => {
  let session: RosSession;
  before(async () => (session = await RosSession.open()));
  after(() => session.close());

  it('are refused all at once with exit code 2', async () => {
    const node = session.startNode(
      'perception',
      given(
        'robot:=wx500',
        'cameras.names:=[front]',
        'cameras.topics:=[a]',
        'cameras.transports:=[theora]',
        'max_joint_skew:=-1',
        'fps:=30',
      ),
    );
    assert.equal(await node.ended, 2, node.output());
    for (const line of [
      'parameters of /perception: robot: expected a string out of "widowx"',
      'parameters of /perception: model: expected a string',
      'parameters of /perception: cameras.transports: expected a list of string out of "raw", ',
      'parameters of /perception: max_joint_skew: expected a double from 0 to 10 (s), found -1',
      'parameters of /perception: fps: expected one of the parameters ',
    ]) {
      assert.ok(node.output().includes(line), `${line}\n--- not in\n${node.output()}`);
    }
  });

  it('that do not fit the model are refused with exit code 2', async () => {
    const node = session.startNode(
      'perception',
      perceptionArguments.map((argument) => argument.replace('[front]', '[front,wrist]')),
    );
    assert.equal(await node.ended, 2, node.output());
    assert.match(
      node.output(),
      /cameras\.names: expected the views of tiny: front, found front, w/,
    );
    assert.match(
      node.output(),
      /cameras\.topics: expected 2 elements as in cameras\.names, found 1/,
    );
  });

  it('that ask a model which does not answer in words are refused with exit code 2', async () => {
    const node = session.startNode('policy', [...policyArguments, '-p', 'decode_every:=2']);
    assert.equal(await node.ended, 2, node.output());
    const expected = /decode_every: expected 0, since tiny does not answer in words, found 2/;
    assert.match(node.output(), expected);
  });

  it('name a model package that is broken with exit code 2', async () => {
    const node = session.startNode('policy', policyArgumentsFor('/nowhere'));
    assert.equal(await node.ended, 2, node.output());
    assert.match(node.output(), /manifest\.json: expected a JSON file, found no such file/);
  });

  it('in a file that is missing are refused with exit code 2, without a stack', async () => {
    const node = session.startNode('perception', ['--params-file', '/nowhere.yaml']);
    assert.equal(await node.ended, 2, node.output());
    assert.match(node.output(), /expected ROS arguments, found .*\/nowhere\.yaml/);
    assert.doesNotMatch(node.output(), /^ +at /m);
  });

  it('for many nodes are taken as far as the node has them, and the log names the others', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parameters-test-'));
    const write = (name: string, text: string) => {
      writeFileSync(join(folder, name), text);
      return ['--params-file', join(folder, name)];
    };
    const shared = write(
      'shared.yaml',
      '/**:\n  ros__parameters:\n    max_rate: 7.0\n    speed_scale: 0.5\n    qos_overrides:\n' +
        '      /joint_states:\n        subscription:\n          depth: 5\n',
    );
    const own = write('own.yaml', '/perception:\n  ros__parameters:\n    max_rat: 7.0\n');
    const node = session.startNode('perception', [...perceptionArguments, ...shared]);
    const peer = await session.startPeer();
    const { values } = await peer.call(
      '/perception/get_parameters',
      'rcl_interfaces/srv/GetParameters',
      { names: ['max_rate', 'speed_scale'] },
    );
    assert.equal(values[0].double_value, 7);
    assert.equal(values[1].type, 0);
    assert.match(
      node.output(),
      /parameters for all nodes that this one does not have.*"speed_scale"/,
    );
    assert.match(
      node.output(),
      /QoS .* fixed.*"qos_overrides\.\/joint_states\.subscription\.depth"/,
    );
    const wrong = session.startNode('perception', [...perceptionArguments, ...own]);
    assert.equal(await wrong.ended, 2, wrong.output());
    assert.match(wrong.output(), /max_rat: expected one of the parameters/);
    rmSync(folder, { recursive: true });
    node.process.kill('SIGINT');
    await node.ended;
  });

  it('are given to a node by its name', async () => {
    const node = session.startNode('perception', [
      ...perceptionArguments.map((one) => one.replace(/^robot:/, 'perception:robot:')),
      ...given('other:robot:=wx500'),
    ]);
    await session.until('the node', () => node.output() !== '' || node.process.exitCode === null);
    const peer = await session.startPeer();
    const { types } = await peer.call(
      '/perception/get_parameter_types',
      'rcl_interfaces/srv/GetParameterTypes',
      { names: ['robot', 'nothing', 'max_rate'] },
    );
    assert.deepEqual(types, [4, 0, 3]);
    node.process.kill('SIGINT');
    assert.equal(await node.ended, 0);
  });

  for (const [what, args, env, expected] of [
    ['use_sim_time', ['-p', 'use_sim_time:=3'], {}, /use_sim_time: expected a bool, found 3/],
    ['a namespace', ['-r', '__ns:=/arm-1'], {}, /arguments: -r __ns: expected .*found "\/arm-1"/],
    ['an argument', ['--nothing'], {}, /arguments: expected ROS arguments, found Unknown ROS/],
    ['a domain', [], { ROS_DOMAIN_ID: '233' }, /ROS_DOMAIN_ID: expected an integer from 0 to 232/],
    ['a middleware', [], { RMW_IMPLEMENTATION: 'rmw_x_cpp' }, /RMW_IMPLEMENTATION: expected rmw_/],
    ['a peer', [], { ROS_STATIC_PEERS: 'no peer' }, /arguments and environment: expected/],
  ] as const) {
    it(`are refused with ${what} that is wrong, without a stack`, async () => {
      const node = session.startNode('perception', [...perceptionArguments, ...args], env);
      assert.equal(await node.ended, 2, node.output());
      assert.match(node.output(), expected);
      assert.doesNotMatch(node.output(), /^ +at /m);
    });
  }

  it('are answered about whatever is asked', async () => {
    session.startNode('perception', [...perceptionArguments, '-r', '__node:=asked']);
    const peer = await session.startPeer();
    const ask = (service: string, type: string, request: object) =>
      peer.call(`/asked/${service}`, `rcl_interfaces/srv/${type}`, request);
    const set = async (name: string, value: object) => {
      const { results } = await ask('set_parameters', 'SetParameters', {
        parameters: [{ name, value }],
      });
      return results[0];
    };
    const whole = { type: 2, integer_value: 5 };
    assert.deepEqual(await set('max_rate', whole), { successful: true, reason: '' });
    for (const [name, value, reason] of [
      ['max_rate', { type: 4, string_value: 'x' }, /max_rate: expected a double .*, found "x"$/],
      ['max_rate', { type: 0 }, /max_rate: expected a double .*, found nothing$/],
      ['max_rate', { type: 99 }, /max_rate: expected a double .*, found nothing$/],
      ['robot', { type: 4, string_value: 'widowx' }, /robot: expected no change while the node/],
      ['use_sim_time', { type: 1, bool_value: true }, /use_sim_time: expected no change while/],
      ['undeclared', whole, /expected one of the parameters .*, found "undeclared"$/],
      ['', whole, /expected one of the parameters .*, found ""$/],
      ['toString', whole, /expected one of the parameters .*, found "toString"$/],
    ] as const) {
      const result = await set(name, value);
      assert.equal(result.successful, false, name);
      assert.match(result.reason, reason);
    }
    const { result } = await ask('set_parameters_atomically', 'SetParametersAtomically', {
      parameters: [
        { name: 'max_rate', value: { type: 3, double_value: 9 } },
        { name: '', value: whole },
      ],
    });
    assert.equal(result.successful, false);
    const names = ['max_rate', '', 'undeclared'];
    const { values } = await ask('get_parameters', 'GetParameters', { names });
    assert.deepEqual(
      values.map(({ type }: { type: number }) => type),
      [3, 0, 0],
    );
    assert.equal(values[0].double_value, 5, 'all or none');
    const { types } = await ask('get_parameter_types', 'GetParameterTypes', { names });
    assert.deepEqual(types, [3, 0, 0]);
    const { descriptors } = await ask('describe_parameters', 'DescribeParameters', { names });
    assert.deepEqual(
      descriptors.map(({ name, type }: { name: string; type: number }) => [name, type]),
      [
        ['max_rate', 3],
        ['', 0],
        ['undeclared', 0],
      ],
    );
    const { result: listed } = await ask('list_parameters', 'ListParameters', {
      prefixes: ['cameras', ''],
      depth: 0,
    });
    assert.deepEqual(listed.names.sort(), [
      'cameras.names',
      'cameras.topics',
      'cameras.transports',
    ]);
    assert.deepEqual(listed.prefixes, ['cameras']);
  });

  it('come from files with wildcards, and are vetoed with a reason while the node runs', async () => {
    session.startNode('perception', [
      '--params-file',
      'config/widowx.yaml',
      ...perceptionArguments,
    ]);
    const peer = await session.startPeer();
    const set = async (name: string, value: object) => {
      const { results } = await peer.call(
        '/perception/set_parameters',
        'rcl_interfaces/srv/SetParameters',
        { parameters: [{ name, value }] },
      );
      return results[0];
    };
    assert.deepEqual(await set('max_rate', { type: 3, double_value: 10 }), {
      successful: true,
      reason: '',
    });
    const high = await set('max_rate', { type: 3, double_value: 1e9 });
    assert.equal(high.successful, false);
    assert.match(
      high.reason,
      /max_rate: expected a double from 0 to 1000 \(Hz\), found 1000000000/,
    );
    const fixed = await set('robot', { type: 4, string_value: 'widowx' });
    assert.equal(fixed.successful, false);
    const { values } = await peer.call(
      '/perception/get_parameters',
      'rcl_interfaces/srv/GetParameters',
      { names: ['max_rate', 'cameras.topics'] },
    );
    assert.equal(values[0].double_value, 10);
    assert.deepEqual(values[1].string_array_value, ['camera/front/image_raw']);
    const { descriptors } = await peer.call(
      '/perception/describe_parameters',
      'rcl_interfaces/srv/DescribeParameters',
      { names: ['max_rate'] },
    );
    assert.match(descriptors[0].description, /rate of observations/);
    assert.equal(descriptors[0].additional_constraints, 'a double from 0 to 1000 (Hz)');
  });
});

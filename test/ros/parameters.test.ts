import assert from 'node:assert/strict';
import { RosSession } from './RosSession.ts';
import { given, perceptionArguments, policyArguments, policyArgumentsFor } from './widowx.ts';

describe('parameters', () => {
  let session: RosSession;
  before(async () => {
    session = await RosSession.open();
  });
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
    assert.match(descriptors[0].description, /observations per second/);
    assert.equal(descriptors[0].additional_constraints, 'a double from 0 to 1000 (Hz)');
  });
});

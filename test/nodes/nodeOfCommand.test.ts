import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { nodeOfCommand, nodePrograms } from '../../nodes/supervisor/nodeOfCommand.ts';

const NODES = join(dirname(import.meta.dirname), '..', 'nodes');
const POLICY = join(NODES, 'policy', 'main.js');
const NODE_JS = '/usr/bin/node';

/** Arguments of a node, and its full name as ROS makes it. */
const NAMES: readonly (readonly [name: string, ...words: string[]])[] = [
  ['/policy', POLICY],
  ['/policy', POLICY, '--ros-args', '-p', 'robot:=widowx'],
  ['/policy', '--enable-source-maps', '--max-old-space-size=4096', POLICY],
  ['/policy', 'policy/main.js'],
  ['/policy', '../nodes/policy/./main.js'],
  ['/left/policy', POLICY, '--ros-args', '-r', '__node:=policy', '-r', '__ns:=/left'],
  ['/left/policy', POLICY, '--ros-args', '--remap', '__ns:=left/'],
  ['/a/b/brain', POLICY, '--ros-args', '-r', '__ns:=/a/b', '-r', '__name:=brain'],
  ['/brain', POLICY, '--ros-args', '-r', 'policy:__node:=brain', '-r', '__node:=second'],
  ['/policy', POLICY, '--ros-args', '-r', 'controller:__node:=brain', '-r', 'plan:=other'],
  ['/policy', POLICY, '-r', '__node:=before', '--ros-args', '--', '-r', '__node:=after'],
  ['/policy', POLICY, '--ros-args', '-r'],
];

describe('nodeOfCommand', () => {
  const programs = nodePrograms(NODES);
  const nameOf = (program: string | undefined, ...words: string[]) =>
    nodeOfCommand({ program, words, workingDirectory: NODES }, programs, NODE_JS);

  for (const [name, ...words] of NAMES) {
    it(`${name}: ${words.join(' ').replaceAll(NODES, '…')}`, () => {
      assert.equal(nameOf(NODE_JS, 'node', ...words), name);
      assert.equal(nameOf(undefined, '/usr/local/bin/node', ...words), name, 'program unknown');
    });
  }

  it('knows its own kind alone', () => {
    assert.equal(nameOf('/usr/bin/vim', 'vim', POLICY), undefined);
    assert.equal(nameOf(undefined, 'vim', POLICY), undefined);
    assert.equal(nameOf(NODE_JS, 'node', '/tmp/nodes/policy/main.js'), undefined);
    assert.equal(nameOf(NODE_JS, 'node', join(NODES, 'policy', 'policy.js')), undefined);
    assert.equal(nameOf(NODE_JS, 'node', 'server.js', POLICY), undefined);
    assert.equal(nameOf(NODE_JS, 'node'), undefined);
    assert.equal(nameOf(NODE_JS), undefined);
  });

  it('knows the nodes of the package', () => {
    const kinds = new Set(programs.values());
    for (const kind of [
      'perception',
      'policy',
      'controller',
      'simulator',
      'recorder',
      'supervisor',
    ])
      assert.ok(kinds.has(kind), kind);
    assert.ok(!kinds.has('shared'));
  });
});

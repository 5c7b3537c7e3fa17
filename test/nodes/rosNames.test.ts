import assert from 'node:assert/strict';
import fc from 'fast-check';
import rclnodejs from 'rclnodejs';
import { isRosName, type RosNameKind } from '../../core/config/rosNames.ts';

const { validator } = rclnodejs;

/** What rcl and rmw say. */
const judges = {
  topic: (name: string) =>
    takes(() => validator.validateFullTopicName(rclnodejs.expandTopicName(name, 'node', '/arm'))),
  namespace: (name: string) => takes(() => validator.validateNamespace(name)),
  node: (name: string) => takes(() => validator.validateNodeName(name)),
};

function takes(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}

/** Texts in which what is right and what is wrong are about as frequent. */
const pieces = fc.array(
  fc.constantFrom(
    'a',
    'Z',
    '_',
    '7',
    '/',
    '/b',
    '~',
    '~/',
    '{node}',
    '{x}',
    '-',
    ' ',
    'é',
    '{',
    '}',
  ),
  { maxLength: 6 },
);
const texts = pieces.map((parts) => parts.join(''));

describe('names of ROS 2', () => {
  for (const kind of ['topic', 'node'] as const) {
    it(`are judged as rcl does: ${kind}`, () => {
      fc.assert(
        fc.property(texts, (name) => {
          // rcl takes ~a for /arm/nodea, but its rule is that a / follows.
          const isRight = judges[kind](name) && !/^~[^/]/.test(name);
          assert.equal(isRosName(kind, name), isRight, name);
        }),
        { numRuns: 3000 },
      );
    });
  }

  it('are judged as rmw does: absolute namespaces', () => {
    fc.assert(
      fc.property(texts, (name) => {
        assert.equal(isRosName('namespace', `/${name}`), judges.namespace(`/${name}`), `/${name}`);
      }),
      { numRuns: 3000 },
    );
  });

  const cases: readonly [kind: RosNameKind, right: readonly string[], wrong: readonly string[]][] =
    [
      [
        'topic',
        ['a', '/a/b', '~', '~/a', '{node}/a'],
        ['', '/', 'a/', 'a//b', 'cam-1', '1a', 'a b'],
      ],
      ['joint_topic', ['joint/{joint}/cmd', '{joint}'], ['cmd', '{joint}-x', '{joint}{', '']],
      ['prefix', ['', '/', 'wx250s/', '/wx250s/', 'wx_'], ['wx-', ' ', '1/']],
      ['namespace', ['/', '/arm1', 'arm1', '/a/b'], ['', 'arm-1', '/1', 'a/', '/a//b']],
      ['node', ['perception', '_x1'], ['', 'cam-1', '/a', '1a', 'a/b']],
      ['node_path', ['perception', '/arm1/policy', 'arm1/policy'], ['', '/', 'a/', 'a-b']],
    ];
  for (const [kind, right, wrong] of cases) {
    it(`of the kind ${kind} are told from others`, () => {
      for (const name of right) assert.equal(isRosName(kind, name), true, name);
      for (const name of wrong) assert.equal(isRosName(kind, name), false, name);
    });
  }

  it('are no longer than rmw allows', () => {
    assert.equal(isRosName('topic', `/${'a'.repeat(246)}`), true);
    assert.equal(isRosName('topic', `/${'a'.repeat(247)}`), false);
    assert.equal(judges.namespace(`/${'a'.repeat(244)}`), true);
    for (const length of [244, 245]) {
      const name = `/${'a'.repeat(length)}`;
      assert.equal(isRosName('namespace', name), judges.namespace(name), `${length}`);
    }
    for (const length of [255, 256]) {
      assert.equal(isRosName('node', 'a'.repeat(length)), judges.node('a'.repeat(length)));
    }
  });
});

import assert from 'node:assert/strict';
import { namesForMany, overridesOf } from '../../nodes/shared/parameters/parameterOverrides.ts';

const entry = (name: string, ...parameters: [string, number][]) => ({
  name,
  parameters: parameters.map(([parameter, value]) => ({ name: parameter, value })),
});

describe('overridesOf', () => {
  for (const [pattern, fits, others] of [
    ['/**', ['/perception', '/arm1/perception', '/a/b/c'], []],
    ['perception', ['/perception'], ['/arm1/perception', '/perception2']],
    ['/perception', ['/perception'], ['/arm1/perception']],
    ['/**/perception', ['/perception', '/arm1/perception', '/a/b/perception'], ['/perception2']],
    ['/*/perception', ['/arm1/perception'], ['/perception', '/a/b/perception']],
    ['/arm1/**', ['/arm1/perception', '/arm1/a/b'], ['/arm2/perception']],
  ] as const) {
    it(`${pattern} fits the nodes that rclcpp says`, () => {
      const count = (node: string) => overridesOf([entry(pattern, ['a', 1])], node).size;
      for (const node of fits) assert.equal(count(node), 1, node);
      for (const node of others) assert.equal(count(node), 0, node);
    });
  }

  it('takes the later one of two values', () => {
    const all = [entry('/**/x', ['a', 1], ['b', 1]), entry('/**', ['a', 2], ['c', 2])];
    const values = [...overridesOf(all, '/x')].map(([name, { value }]) => [name, value]);
    assert.deepEqual(Object.fromEntries(values), { a: 2, b: 1, c: 2 });
  });
});

describe('namesForMany', () => {
  const names = (all: Parameters<typeof namesForMany>[0], ...args: string[]) => [
    ...namesForMany(all, '/arm1/perception', ['node', 'main.js', '--ros-args', ...args]),
  ];

  it('are those that only a wildcard gives', () => {
    const all = [
      entry('/**', ['a', 1], ['b', 1]),
      entry('/arm1/*', ['c', 1]),
      entry('/arm2/*', ['e', 1]),
      entry('/**/perception', ['b', 2], ['d', 2]),
    ];
    assert.deepEqual(names(all), ['a', 'c']);
  });

  it('are not those of the arguments of the process, which rcl calls the same', () => {
    const all = [entry('/**', ['a', 1], ['b', 1], ['c', 1])];
    assert.deepEqual(names(all, '-p', 'a:=1', '--param', 'b:=1', '-p', 'policy:c:=1'), ['c']);
  });
});

import assert from 'node:assert/strict';
import { overridesOf } from '../../nodes/shared/parameterOverrides.ts';

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

import assert from 'node:assert/strict';
import { listNames } from '../../nodes/shared/parameters/parameterNames.ts';

const names = ['robot', 'limits.max_step', 'limits.max_turn', 'a.b.c', 'a.b', 'limitless'];

/** As rclcpp answers `list_parameters`. */
const table: readonly [prefixes: string[], depth: number, names: string[], parents: string[]][] = [
  [[], 0, names, ['limits', 'a.b', 'a']],
  [[], 1, ['robot', 'limitless'], []],
  [[], 2, ['robot', 'limits.max_step', 'limits.max_turn', 'a.b', 'limitless'], ['limits', 'a']],
  [['limits'], 0, ['limits.max_step', 'limits.max_turn'], ['limits']],
  [['a'], 1, ['a.b'], ['a']],
  [['a', 'robot'], 0, ['robot', 'a.b.c', 'a.b'], ['a.b', 'a']],
  [['nothing', ''], 0, [], []],
];

describe('listNames', () => {
  for (const [prefixes, depth, listed, parents] of table) {
    it(`lists what is below [${prefixes.join(', ')}] to the depth ${depth}`, () => {
      assert.deepEqual(listNames(names, prefixes, depth), { names: listed, prefixes: parents });
    });
  }
});

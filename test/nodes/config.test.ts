import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { formatFault } from '../../core/config/Fault.ts';
import { parseParameters } from '../../core/config/ParameterTable.ts';
import { packageRoot } from '../../adapters/files/packageFiles.ts';
import { commonParameters, nodeParameters } from './nodeParameters.ts';

const folder = join(packageRoot, 'config');
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

/** `{ a: { b: 1 } }` → `{ 'a.b': 1 }`, as ROS flattens it. */
function flatten(value: object, prefix = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? flatten(inner, `${prefix}${name}.`)
      : [[prefix + name, inner] as [string, unknown]],
  );
}

describe('config/*.yaml', () => {
  it('exists', () => assert.ok(files.includes('widowx.yaml')));

  for (const file of files) {
    const nodes = Object.entries(parse(readFileSync(join(folder, file), 'utf8')) as object);
    for (const [pattern, { ros__parameters: values }] of nodes) {
      const node = pattern.split('/').at(-1)!;
      it(`${file} sets what the ${node} node has, and all that it needs`, () => {
        const table = nodeParameters[node];
        assert.ok(table, `no node ${node}`);
        const result = parseParameters(
          { ...commonParameters, ...table },
          Object.fromEntries(flatten(values as object)),
          { source: file, ignore: ['use_sim_time'] },
        );
        assert.ok(result.ok, result.ok ? '' : result.faults.map(formatFault).join('\n'));
      });
    }
    it(`${file} names all nodes but the player, which knows no arm`, () => {
      const named = new Set(nodes.map(([pattern]) => pattern.split('/').at(-1)));
      const { player: _unused, ...ofArms } = nodeParameters;
      assert.deepEqual(named, new Set(Object.keys(ofArms)));
    });
  }
});

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { parameterMarkdown } from '../../core/config/parameterMarkdown.ts';
import { packageRoot } from '../../adapters/files/packageFiles.ts';
import { commonParameters, nodeParameters } from './nodeParameters.ts';

const path = join(packageRoot, 'docs', 'nodes.md');
const tables = { ...nodeParameters, 'all nodes': commonParameters };

describe('docs/nodes.md', () => {
  // UPDATE_DOCS=1 npm test -- test/nodes/docs
  it('has the parameters that the nodes have', async () => {
    const found = readFileSync(path, 'utf8');
    let expected = found;
    for (const [node, table] of Object.entries(tables)) {
      const begin = `<!-- parameters of ${node}: generated -->`;
      const [before, rest] = expected.split(begin);
      assert.ok(rest !== undefined, `no line ${begin}`);
      const after = rest.slice(rest.indexOf('<!-- end -->'));
      expected = `${before}${begin}\n\n${parameterMarkdown(table)}\n${after}`;
    }
    expected = await format(expected, {
      parser: 'markdown',
      printWidth: 100,
      proseWrap: 'always',
    });
    if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, expected);
    else assert.equal(found, expected);
  });
});

import assert from 'node:assert/strict';
import { NameWatch } from '../../nodes/shared/graph/NameWatch.ts';

describe('NameWatch', () => {
  it('tells of another node of the same name, in the log once, while it is there', () => {
    let names = [{ name: 'policy', namespace: '/' }];
    const lines: string[] = [];
    const watch = new NameWatch(
      '/policy',
      () => names,
      (text) => lines.push(text),
    );
    names.push({ name: 'policy', namespace: '/other' }, { name: 'controller', namespace: '/' });
    assert.deepEqual(watch.diagnostics(), []);
    names = [...names, { name: 'policy', namespace: '/' }];
    for (let i = 0; i < 3; i += 1) {
      const [found, ...more] = watch.diagnostics();
      assert.deepEqual([found?.part, found?.level, more], ['name', 'warn', []]);
      assert.match(found!.message, /^2 nodes are called \/policy/);
    }
    assert.equal(lines.length, 1);
    names = names.slice(1);
    assert.deepEqual(watch.diagnostics(), []);
    names = [...names, { name: 'policy', namespace: '/' }];
    watch.diagnostics();
    assert.equal(lines.length, 2);
  });

  it('knows its namespace', () => {
    const name = { name: 'policy', namespace: '/arm1' };
    const watch = new NameWatch(
      '/arm1/policy',
      () => [name, name],
      () => undefined,
    );
    assert.equal(watch.diagnostics().length, 1);
  });
});

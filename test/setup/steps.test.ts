import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fingerprint } from '../../setup/fingerprint.mjs';
import { isCurrent, runStep, SetupError, type Step } from '../../setup/steps.mjs';

describe('steps of the set-up', () => {
  let folder = '';
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'steps-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true }));

  function step(key: string, work: Step['work']): Step {
    const stamp = path.join(folder, 'result', '.stamp');
    return { name: 'test-step', title: 'test step', usualSec: 1, key, stamp, work };
  }

  it('is current once it has run, until its key changes or its result goes', async () => {
    const done = step('key 1', async () => undefined);
    assert.equal(isCurrent(done), false);
    await runStep(done);
    assert.equal(isCurrent(done), true);
    assert.equal(isCurrent({ ...done, key: 'key 2' }), false);
    fs.rmSync(path.join(folder, 'result'), { recursive: true });
    assert.equal(isCurrent(done), false);
  });

  it('is not current while and after it failed, even when it was before', async () => {
    await runStep(step('same', async () => undefined));
    const failing = step('same', async () => {
      assert.equal(isCurrent(failing), false);
      throw new Error('broken off');
    });
    await assert.rejects(runStep(failing), /broken off/);
    assert.equal(isCurrent(failing), false);
  });

  it('tells the end of the output of a command that failed, and the remedy', async () => {
    const failing = step('k', (run) =>
      run('sh', ['-c', 'echo No space left on device >&2; exit 5']),
    );
    await assert.rejects(runStep(failing), (error) => {
      assert.ok(error instanceof SetupError);
      assert.match(error.message, /exit code 5/);
      assert.match(error.message, /No space left on device/);
      assert.match(error.message, /free 2 GB/);
      return true;
    });
  });

  it('has a fingerprint of contents, names and facts', () => {
    const write = (name: string, text: string): void => {
      fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      fs.writeFileSync(path.join(folder, name), text);
    };
    write('src/a', '1');
    write('src/deep/b', '2');
    const before = fingerprint(folder, ['src', 'missing']);
    assert.equal(fingerprint(folder, ['src', 'missing']), before);
    assert.notEqual(fingerprint(folder, ['src'], ['fact']), before);
    write('src/deep/b', '3');
    assert.notEqual(fingerprint(folder, ['src']), before);
    write('src/deep/b', '2');
    assert.equal(fingerprint(folder, ['src']), before);
    fs.renameSync(path.join(folder, 'src/a'), path.join(folder, 'src/c'));
    assert.notEqual(fingerprint(folder, ['src']), before);
  });
});

import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PrivateFolder } from '../../adapters/files/PrivateFolder.ts';
import { ArmMemory } from '../../nodes/controller/ArmMemory.ts';
import { nodeKey } from '../../nodes/shared/node/nodeKey.ts';

describe('ArmMemory', () => {
  let path: string;
  let lines: string[];
  const memories: ArmMemory[] = [];
  const begin = (key = '7.controller'): ArmMemory => {
    const place = { kind: 'found', folder: new PrivateFolder(path), notices: [] } as const;
    const memory = new ArmMemory({ place, key, log: (line) => lines.push(line) });
    memories.push(memory);
    return memory;
  };
  beforeEach(() => {
    path = mkdtempSync(join(tmpdir(), 'st4vla-memory-'));
    lines = [];
  });
  afterEach(async () => {
    for (const memory of memories.splice(0)) await memory.close();
    rmSync(path, { recursive: true, force: true });
  });

  it('remembers nothing of an arm that nobody has held', () => {
    const { stopReason, faultReason, speedScale } = begin();
    assert.deepEqual([stopReason, faultReason, speedScale], [undefined, undefined, undefined]);
    assert.deepEqual(lines, []);
  });

  it('tells the next process of the first stop and the first fault, until somebody resumes', async () => {
    const one = begin();
    for (const reason of ['by the operator', 'later']) one.stop(reason);
    for (const reason of ['waist does not follow', 'later']) one.fault(reason);
    assert.equal(await one.saved(), undefined);
    assert.deepEqual(one.held, { status: 'FAULT', reason: 'waist does not follow' });
    const next = begin();
    assert.deepEqual(
      [next.stopReason, next.faultReason],
      ['by the operator', 'waist does not follow'],
    );
    assert.match(lines[0]!, /^begins stopped, since \d{4}-.*, until ~\/resume: by the operator$/);
    assert.match(lines[1]!, /^begins in fault, since .*: waist does not follow$/);
    next.resume();
    assert.equal(await next.saved(), undefined);
    const last = begin();
    assert.deepEqual([last.stopReason, last.faultReason], [undefined, undefined]);
    assert.deepEqual(readdirSync(path), []);
  });

  it('keeps a reduced speed through a resume', async () => {
    const one = begin();
    one.slowDown(0.1);
    one.stop('by the operator');
    assert.deepEqual(one.held, { status: 'STOPPED', reason: 'by the operator' });
    one.resume();
    assert.equal(one.held, undefined);
    await one.saved();
    assert.equal(begin().speedScale, 0.1);
    assert.match(one.diagnostic().message, /reduced to 0.1/);
    one.slowDown(undefined);
    await one.saved();
    assert.equal(begin().speedScale, undefined);
  });

  it('knows each arm apart', async () => {
    const one = begin(nodeKey('7', '/left/controller', 'real'));
    one.stop('by the operator');
    await one.saved();
    for (const key of [
      nodeKey('7', '/right/controller', 'real'),
      nodeKey('8', '/left/controller', 'real'),
      nodeKey('7', '/left/controller', 'simulated'),
    ]) {
      assert.equal(begin(key).stopReason, undefined, key);
    }
    assert.equal(begin(nodeKey(' 07', '/left/controller', 'real')).stopReason, 'by the operator');
    assert.equal(nodeKey(undefined, '/controller', 'real'), nodeKey('0', '/controller', 'real'));
    assert.match(nodeKey('../..', '/controller', 'real'), /^[0-9a-f]{64}$/);
    assert.match(nodeKey('7', `/${'a'.repeat(250)}`, 'real'), /^[0-9a-f]{64}$/);
  });

  for (const [what, prepare] of [
    ['that is no record', (file: string) => writeFileSync(file, 'words of a stranger')],
    ['that is empty', (file: string) => writeFileSync(file, '')],
    [
      'that others may write to',
      (file: string) => {
        writeFileSync(file, '{"format":"st4vla arm","version":1}');
        chmodSync(file, 0o666);
      },
    ],
  ] as const) {
    it(`begins stopped with a file ${what}, and says which`, async () => {
      const file = join(path, 'arm-7.controller.json');
      prepare(file);
      const memory = begin();
      assert.match(memory.stopReason!, /^it is not known whether the arm was stopped before: /);
      assert.ok(memory.stopReason!.includes(file), memory.stopReason);
      memory.resume();
      await memory.saved();
      assert.ok(!existsSync(file));
      assert.equal(begin().stopReason, undefined);
    });
  }

  it('begins stopped where there is no place to remember, and says so whoever asks', async () => {
    const place = { kind: 'none', reasons: ['HOME: ENOENT'] } as const;
    const memory = new ArmMemory({ place, key: '7.controller', log: (line) => lines.push(line) });
    assert.match(memory.stopReason!, /it is not known .*there is no place for it \(HOME: ENOENT\)/);
    assert.match((await memory.saved())!, /HOME: ENOENT/);
    memory.resume();
    assert.equal(memory.stopReason, undefined);
    const { level, message } = memory.diagnostic();
    assert.equal(level, 'error');
    assert.match(message, /would not know of the stop.*ST4VLA_STATE_DIR/);
  });

  it('says that a stop cannot be written, and writes it when it can', async function () {
    const memory = begin();
    rmSync(path, { recursive: true });
    memory.stop('by the operator');
    assert.match((await memory.saved())!, /ENOENT/);
    assert.equal(memory.diagnostic().level, 'error');
    assert.equal(lines.length, 1);
    assert.match(lines[0]!, /would not know of the stop/);
    const again = begin(); // makes the folder
    assert.equal(again.stopReason, undefined);
    const limitMs = performance.now() + 5000;
    while ((await memory.saved()) !== undefined) {
      assert.ok(performance.now() < limitMs, 'it is tried again');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(memory.diagnostic().level, 'ok');
    assert.equal(begin().stopReason, 'by the operator');
  });
});

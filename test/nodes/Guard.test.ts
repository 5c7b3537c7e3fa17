import assert from 'node:assert/strict';
import { Guard } from '../../nodes/shared/node/Guard.ts';

describe('Guard', () => {
  let lines: string[];
  let nowMs: number;
  let guard: Guard;
  beforeEach(() => {
    lines = [];
    nowMs = 0;
    guard = new Guard(
      (line) => lines.push(line),
      () => nowMs,
    );
  });
  const fail = () => {
    throw new Error('no');
  };

  it('passes results and arguments on', () => {
    assert.equal(
      guard.run('a', () => 3),
      3,
    );
    const seen: number[] = [];
    guard.wrap('a', (x: number) => void seen.push(x))(7);
    assert.deepEqual([seen, guard.faults.size], [[7], 0]);
  });

  it('counts what is thrown and logs it with its stack', () => {
    assert.equal(guard.run('a', fail), undefined);
    guard.wrap('b', fail)();
    assert.equal(guard.faults.get('a')?.count, 1);
    assert.equal(guard.faults.get('b')?.lastMessage, 'no');
    assert.match(lines[1]!, /^exception in b \(1 so far\): Error: no\n +at /);
  });

  it('counts rejections', async () => {
    guard.wrap('a', async () => fail())();
    await new Promise(setImmediate);
    assert.equal(guard.faults.get('a')?.count, 1);
  });

  it('logs a callback that keeps throwing once in a while', () => {
    for (; nowMs < 10_000; nowMs += 20) guard.run('a', fail);
    assert.equal(guard.faults.get('a')?.count, 500);
    assert.equal(lines.length, 2);
    assert.match(lines[1]!, /\(251 so far\)/);
  });

  it('takes things that are no errors', () => {
    guard.run('a', () => {
      // oxlint-disable-next-line typescript/only-throw-error
      throw 'text';
    });
    assert.equal(guard.faults.get('a')?.lastMessage, 'text');
  });
});

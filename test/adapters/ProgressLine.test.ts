import assert from 'node:assert/strict';
import { ProgressLine } from '../../adapters/terminal/ProgressLine.ts';

describe('ProgressLine', () => {
  let written = '';
  const stream = (isTTY: boolean) => ({
    isTTY,
    columns: 40,
    write: (text: string | Uint8Array) => ((written += String(text)), true),
  });
  beforeEach(() => (written = ''));

  it('is rewritten in place on a terminal, no wider than it', () => {
    const line = new ProgressLine({ unit: 'episodes', total: 4 }, stream(true));
    line.add(1, `\u001b[31m${'x'.repeat(80)}`);
    assert.ok(written.startsWith('\r\u001b[K1/4 episodes, '), written);
    assert.ok(written.length <= 4 + 39 && !written.includes('\n'), written);
    assert.ok(!written.slice(4).includes('\u001b'), 'a code from outside reached the terminal');
  });

  it('is a plain line elsewhere, and not one for each step', () => {
    const line = new ProgressLine({ unit: 'episodes', total: 4 }, stream(false));
    for (let i = 0; i < 4; i++) line.add(1, `${i + 1} succeeded`);
    assert.equal(written.split('\n').length, 2);
    line.end();
    assert.match(written.split('\n')[1]!, /^4\/4 episodes, 4 succeeded, \d+ s$/);
  });

  it('estimates the time left from what this run made', () => {
    const line = new ProgressLine({ unit: 'pictures', total: 10 }, stream(false));
    line.count(5, '', 5);
    assert.equal(line.text(), '5/10 pictures, … s left');
    line.count(1, '');
    assert.match(line.text(), /^6\/10 pictures, \d+ s left$/);
    assert.match(new ProgressLine({ unit: 'jobs' }, stream(false)).text(), /^0 jobs, 0 s$/);
  });
});

import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { run } from '../../cli/model.ts';

const TINY_MODEL = fileURLToPath(new URL('../../../test/fixtures/tiny-model', import.meta.url));

/** Runs the command and catches what it writes. */
async function runCli(...args: readonly string[]): Promise<{ code: number; out: string }> {
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write.bind(stream));
  let out = '';
  for (const stream of streams) {
    stream.write = (text: string | Uint8Array) => ((out += String(text)), true);
  }
  try {
    return { code: await run(args), out };
  } finally {
    streams.forEach((stream, i) => (stream.write = writes[i]!));
  }
}

describe('st4vla model', () => {
  it('shows what a package holds', async () => {
    const { code, out } = await runCli('info', TINY_MODEL);
    assert.equal(code, 0);
    assert.match(out, /^prompt +your task is \{instruction\}/m);
    assert.match(out, /^action_dit_step +x\[1,16,7\] t\[1\] cond\[1,2,8\] +eps\[1,16,7\]$/m);
  });

  it('finds a whole package whole', async () => {
    const { code, out } = await runCli('check', TINY_MODEL);
    assert.equal(code, 0, out);
    assert.match(out, /golden actions +difference/);
  });

  it('ends with 2 and names the file where there is no package', async () => {
    const { code, out } = await runCli('check', '/nowhere');
    assert.equal(code, 2);
    assert.match(out, /manifest.json +a JSON file +no such file/);
  });

  it('shows its usage when it does not understand', async () => {
    for (const args of [[], ['check'], ['paint', TINY_MODEL], ['info', 'a', 'b']]) {
      const { code, out } = await runCli(...args);
      assert.equal(code, 2);
      assert.match(out, /^Usage:/);
    }
    assert.equal((await runCli('--help')).code, 0);
  });
});

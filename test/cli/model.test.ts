import assert from 'node:assert/strict';
import { runCli } from './runCli.ts';
import { TALKING_MODEL, TINY_MODEL } from '../adapters/model/tinyModel.ts';

describe('st4vla model', () => {
  it('shows what a package holds', async () => {
    const { code, out } = await runCli('info', TINY_MODEL);
    assert.equal(code, 0);
    assert.match(out, /^prompt +your task is \{instruction\}/m);
    assert.match(
      out,
      /^action_dit_step +fp32 +0.0011 +x\[1,16,7\] t\[1\] cond\[1,2,8\] +eps\[1,16,7\]$/m,
    );
  });

  it('tells what memory a model takes when it is asked', async () => {
    const { code, out } = await runCli('info', TALKING_MODEL, '--memory');
    assert.equal(code, 0, out);
    assert.match(out, /^arm +google_robot: statistics far, ensemble of 2, sticky gripper$/m);
    // Graph and weights together: 780 and 1568 bytes.
    assert.match(out, /^planner_llm +fp32 +0.0023 +input_ids\[1,L\]/m);
    const resident = (line: string) =>
      Number(new RegExp(`^${line} +([\\d.]+)`, 'm').exec(out)?.[1]);
    // The system may take pages back between two lines, so only the largest number can be compared.
    for (const line of ['before', 'planner and expert loaded', 'with what answers in words']) {
      assert.ok(resident(line) > 0 && resident(line) <= resident('at most'), line);
    }
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

  it('names its help when arguments are wrong', async () => {
    for (const args of [[], ['check'], ['paint', TINY_MODEL], ['info', 'a', 'b']]) {
      const { code, out } = await runCli(...args);
      assert.equal(code, 2);
      assert.match(out, /^st4vla model: [^]*`st4vla model --help` lists the arguments/);
    }
    assert.equal((await runCli('--help')).code, 0);
  });
});

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCorrectionArguments } from '../../cli/corrections/correctionArguments.ts';
import { CorrectionRecorder } from '../../cli/corrections/CorrectionRecorder.ts';
import { openPolicy } from '../../cli/eval/EvalPolicy.ts';
import { parseEvalArguments } from '../../cli/eval/evalArguments.ts';
import { widowx } from '../../core/embodiment/widowx.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { SimWorld } from '../../sim/world/SimWorld.ts';

describe('st4vla corrections', () => {
  it('names all wrong arguments at once', () => {
    const parsed = parseCorrectionArguments(['--count', 'many', '--seed', '12', '--workers', '']);
    assert.equal(parsed.kind, 'faults');
    assert.deepEqual(parsed.kind === 'faults' && parsed.faults, [
      '--count: expected an integer in 1…100000, found "many"',
      '--seed: expected an integer in 0…9, found "12"',
      '--workers: expected an integer in 1…64, found ""',
      '--out: expected a folder, found nothing',
    ]);
  });

  it('labels what the policy reached with what the expert would do', async () => {
    const parsed = parseEvalArguments(['--policy', 'scripted']);
    assert.ok(parsed.kind === 'run');
    const { settings } = parsed.arguments;
    const urdfText = await readFile(join(packageRoot, 'urdf', widowx.urdfFile), 'utf8');
    const world = await SimWorld.create({ embodiment: widowx, urdfText });
    const policy = await openPolicy(settings, widowx, world);
    const { rows, success } = await new CorrectionRecorder(world, policy, settings).record(2001, 0);
    await policy.close();
    world.dispose();
    assert.equal(success, true);
    assert.deepEqual(
      rows.map((row) => row.tick),
      rows.map((_, tick) => tick),
    );
    assert.ok(rows.every((row) => row.actions.length === 16 * 7 && row.success === 1));
    assert.ok(rows.length > 10 && rows.length <= 70, `${rows.length} rows`);
    // The expert has nothing left to do once the task is done.
    const settled = Array.from(rows.at(-1)!.actions).slice(0, 6);
    assert.ok(settled.every((value) => Math.abs(value) < 1e-6));
  });
});

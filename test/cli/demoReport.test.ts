import assert from 'node:assert/strict';
import { command } from '../../cli/demo/demoArguments.ts';
import { EpisodeRecord } from '../../cli/demo/EpisodeRecord.ts';
import { reportPage } from '../../cli/demo/reportPage.ts';
import type { SpatialPlan } from '../../core/plan/SpatialPlan.ts';

const ms = (n: number) => BigInt(n) * 1_000_000n;

function planOf(stampNs: bigint, latencySec: number): SpatialPlan {
  return {
    id: 1n,
    observationId: 1n,
    stampNs,
    epoch: 1,
    instruction: 'stack',
    view: 'front',
    boxes: [],
    points: [],
    trajectory: [],
    rawText: '',
    latencySec,
  };
}

describe('arguments of st4vla demo', () => {
  it('plays all tasks with a seed of evaluation', () => {
    const parsed = command.parse([]);
    assert.ok(parsed.kind === 'run');
    assert.equal(parsed.arguments.tasks.length, 4);
    assert.ok(parsed.arguments.seed >= 1_000_000n);
  });

  it('lists all faults at once', () => {
    const parsed = command.parse(['--seed', 'one', '--tasks', 'dance,widowx_stack_cube']);
    assert.ok(parsed.kind === 'faults');
    assert.equal(parsed.faults.length, 2);
    assert.match(parsed.faults.join('\n'), /--seed: .*"one"\n--tasks: .*"dance"/);
  });
});

describe('EpisodeRecord', () => {
  it('measures rates, latencies and delays without the warm-up', () => {
    const record = new EpisodeRecord('widowx_stack_cube', 1_000_000n, 'stack', 0.2);
    record.addPlan(planOf(ms(0), 5), ms(5000));
    for (let k = 1; k <= 4; k++) {
      record.addPlan(planOf(ms(5000 + 500 * k - 250), 0.2), ms(5000 + 500 * k));
    }
    record.addChunk({ latencySec: 3, planAgeSec: 9 }, ms(5000));
    for (let k = 1; k <= 10; k++) {
      record.addChunk({ latencySec: 0.05, planAgeSec: 0.4 }, ms(5000 + 200 * k));
    }
    record.addExecution(0, -1);
    // the first chunk was late by many ticks
    for (let step = 0; step < 10; step++) record.addExecution(1, 7);
    for (let tick = 2; tick < 9; tick++) {
      for (let step = 0; step < 10; step++) record.addExecution(tick, 1);
    }
    const figures = record.figures();
    assert.equal(figures.plannerHz, 2);
    assert.equal(figures.expertHz, 5);
    assert.equal(figures.plannerLatencySec, 0.2);
    assert.equal(figures.expertLatencySec, 0.05);
    assert.equal(figures.planAgeSec, 0.4);
    assert.equal(figures.delayTicks, 1);
    assert.equal(figures.planDelayTicks, 2);
    assert.ok(Math.abs(figures.heldShare - 1 / 81) < 1e-12);
  });
});

describe('report page of the demo', () => {
  it('says what succeeded, and quotes what people type', () => {
    const record = new EpisodeRecord('widowx_stack_cube', 1_000_000n, 'put <b>"it"</b> there', 0.2);
    record.success = true;
    const failed = new EpisodeRecord('widowx_spoon_on_towel', 1_000_000n, 'spoon', 0.2);
    const files = { begin: 'a.jpg', end: 'b.jpg', film: 'c.webp' };
    const page = reportPage({
      episodes: [record, failed].map((episode) => ({
        record: episode,
        figures: episode.figures(),
        files,
      })),
      overall: record.figures(),
      from: { command: 'st4vla demo', commit: 'abc', machine: 'x64', node: 'v20', startedAt: '' },
    });
    assert.match(page, /1 of 2 tasks solved/);
    assert.ok(page.includes('put &lt;b&gt;&quot;it&quot;&lt;/b&gt; there'));
    assert.ok(!page.includes('<b>'));
    assert.ok(!page.includes('NaN'), 'a figure that is not known is a dash');
  });
});

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replay, type ReplayResult } from '../../lab/replay/replay.ts';
import { command } from '../../cli/replay/replayArguments.ts';
import { replayReport } from '../../lab/replay/replayReport.ts';
import { packageRoot } from '../../setup/paths.mjs';
import { WIDOWX_TASK_NAMES } from '../../sim/tasks/tasks.ts';
import { BAGS } from '../adapters/bags/bagContents.ts';
import { recordSimulated } from './recordSimulated.ts';
import { runCaught } from './runCli.ts';

const FIXTURES = join(packageRoot, 'test', 'fixtures', 'replay');
const OTHER_MODEL = join(packageRoot, 'test', 'fixtures', 'tiny-model');
const TICKS = 12;

function replayed(...args: readonly string[]): Promise<ReplayResult> {
  const parsed = command.parse(args);
  assert.ok(parsed.kind === 'run', parsed.kind === 'faults' ? parsed.faults.join() : parsed.kind);
  assert.ok(parsed.arguments.kind === 'replay');
  return replay(parsed.arguments);
}

/** The positions of all commands in a golden file. */
async function commandsOf(golden: string): Promise<number[][]> {
  const lines = (await readFile(golden, 'utf8')).trim().split('\n');
  return lines
    .map((line) => JSON.parse(line) as { stage?: string; positions: number[] })
    .filter(({ stage }) => stage === 'command')
    .map(({ positions }) => positions);
}

describe('st4vla replay', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'st4vla-replay-'))));
  after(() => rm(folder, { recursive: true }));

  for (const task of WIDOWX_TASK_NAMES) {
    it(`gives for ${task} the very commands that were recorded, each time`, async () => {
      const bag = join(folder, task);
      const golden = join(folder, `${task}.jsonl`);
      const told = await recordSimulated({ folder: bag, task, ticks: TICKS, images: 'raw' });
      const first = await replayed(bag, '--golden', golden, '--update');
      assert.deepEqual(first.notices, []);
      assert.equal(first.golden.kind, 'written');
      assert.ok(first.counts.plan >= 3 && first.counts.chunk >= 8);
      assert.deepEqual((await commandsOf(golden)).slice(0, told.length), told);
      const second = await replayed(bag, '--golden', golden, '--exact');
      assert.equal(second.commandSha256, first.commandSha256);
      assert.ok(second.golden.kind === 'compared' && second.golden.exact);
      assert.equal(second.golden.first, undefined);
      assert.deepEqual(second.golden.changed, []);
      assert.match(replayReport(second), /same as the golden file, to the last bit/);
      // It looks at smaller pictures: of the same colours, on average.
      const other = ['--model', OTHER_MODEL, '--tolerant'];
      const third = await replayed(bag, '--golden', golden, ...other);
      assert.ok(third.golden.kind === 'compared' && third.golden.first);
      assert.match(third.golden.changed.join(), /model: golden nano-widowx, now tiny/);
      // The first plan comes after a tick.
      const { stage, tick, period } = third.golden.first.difference;
      assert.deepEqual([stage, tick, period], ['plan', 1, 10]);
      assert.equal(third.golden.stages[0]!.different, 0);
    });
  }

  const bag = () => join(folder, WIDOWX_TASK_NAMES[0]!);
  const golden = () => `${bag()}.jsonl`;

  it('names the first difference of another model, its tick, stage and size', async () => {
    // The denoising of the expert: the planner sees and says the same.
    const result = await replayed(bag(), '--golden', golden(), '--noise-seed', '1');
    assert.ok(result.golden.kind === 'compared' && result.golden.first);
    const { difference, observation, expectedPlan, foundPlan } = result.golden.first;
    // Plan after one tick, chunk after another.
    assert.deepEqual(
      [difference.stage, difference.tick, difference.period, difference.field],
      ['chunk', 2, 20, 'actions'],
    );
    assert.ok(difference.size! > 1e-4 && difference.size! < 2, `${difference.size}`);
    assert.ok(observation);
    assert.ok(expectedPlan);
    assert.deepEqual(expectedPlan, foundPlan);
    assert.deepEqual(
      result.golden.stages.map(({ stage, different }) => [stage, different > 0]),
      [
        ['observation', false],
        ['plan', false],
        ['chunk', true],
        ['command', true],
      ],
    );
    assert.match(replayReport(result), /first difference: tick 2 \(0.40 s\), chunk, actions/);
    assert.match(result.golden.changed.join(), /settings: .*"noiseSeed":0.*now .*"noiseSeed":1/);
  });

  it('ends with 1 where something differs, and draws it', async () => {
    const out = join(folder, 'out');
    const ask = [bag(), '--golden', golden(), '--out', out];
    const codes = [
      (await runCaught('replay', ask)).code,
      (await runCaught('replay', [...ask, '--plan-period', '1'])).code,
    ];
    assert.deepEqual(codes, [0, 1]);
    const report = JSON.parse(await readFile(join(out, 'replay.json'), 'utf8'));
    assert.equal(report.golden.first.stage, 'plan');
    assert.equal((await readFile(join(out, 'difference.png'))).toString('latin1', 1, 4), 'PNG');
  });

  it('sees one pixel that differs', async () => {
    const changed = join(folder, 'changed.jsonl');
    const text = await readFile(golden(), 'utf8');
    const hash = [...text.matchAll(/"sha256":"(\w+)"/g)].at(3)![1]!;
    await writeFile(
      changed,
      text.replaceAll(
        hash,
        hash.replace(/^./, (c) => (c === '0' ? '1' : '0')),
      ),
    );
    const exact = await replayed(bag(), '--golden', changed, '--exact');
    assert.ok(exact.golden.kind === 'compared' && exact.golden.first);
    assert.equal(exact.golden.first.difference.field, 'sha256');
    const tolerant = await replayed(bag(), '--golden', changed, '--tolerant');
    assert.ok(tolerant.golden.kind === 'compared');
    assert.equal(tolerant.golden.first, undefined);
  });

  it('writes no golden file unless it is told to', async () => {
    const mistyped = join(folder, 'mistyped.jsonl');
    const { code, out } = await runCaught('replay', [bag(), '--golden', mistyped]);
    assert.equal(code, 2);
    assert.match(out, /mistyped\.jsonl is not there: with --update it is written/);
    assert.ok(!existsSync(mistyped) && !existsSync(`${mistyped}.part`));
  });

  it('refuses a golden file that is none, or was cut', async () => {
    const broken = join(folder, 'broken.jsonl');
    await writeFile(broken, '{"format":"something else"}\n');
    await assert.rejects(
      replayed(bag(), '--golden', broken),
      /expected a golden file of version 1/,
    );
    await cp(golden(), broken);
    await truncate(broken, 30_000);
    await assert.rejects(replayed(bag(), '--golden', broken), /expected lines of JSON|cut after/);
  });

  it('replays what is left of a bag that was cut', async () => {
    const cut = join(folder, 'cut.mcap');
    await cp(join(bag(), `${WIDOWX_TASK_NAMES[0]}_0.mcap`), cut);
    await truncate(cut, Math.round((await readFile(cut)).length / 2));
    const result = await replayed(cut);
    assert.ok(result.ticks >= 3 && result.ticks < TICKS, `${result.ticks}`);
    assert.match(result.notices.join(), /ends early/);
  });

  it('says why nothing can be read of a file that is no bag', async () => {
    const none = join(folder, 'none.mcap');
    await writeFile(none, 'something else, and more of it');
    await assert.rejects(replayed(none), /cannot be replayed[^]*read without an index/);
  });

  it('says what a bag lacks, and what of it cannot be used', async () => {
    const remap = ['--remap', 'camera/front/image_raw:=/nowhere'];
    await assert.rejects(
      replayed(join(BAGS, 'zstd.mcap'), ...remap),
      /view front: no topic \/nowhere[^]*\/camera\/front\/image_raw +sensor_msgs\/msg\/Image/,
    );
    const { notices, counts } = await replayed(join(BAGS, 'zstd.mcap'));
    assert.equal(counts.observation, 0);
    assert.match(notices.join(), /joint state: missing elbow/);
    const refused = await replayed(join(BAGS, 'zstd.mcap'), '--instruction', ' ');
    assert.match(refused.notices.join(), /instruction " ":/);
  });

  // npm run -s st4vla -- replay test/fixtures/replay/BAG --robot ROBOT
  //   --golden test/fixtures/replay/BAG.jsonl --update
  const bags = [
    { name: 'spoon', robot: 'widowx', commands: 200 },
    { name: 'coke-can', robot: 'google_robot', commands: 333 },
  ];
  for (const { name, robot, commands } of bags) {
    it(`does with ${robot}'s default model what it did when the golden file was made`, async () => {
      const result = await replayed(
        join(FIXTURES, name),
        '--robot',
        robot,
        '--golden',
        join(FIXTURES, `${name}.jsonl`),
      );
      assert.ok(result.golden.kind === 'compared');
      assert.equal(result.golden.first, undefined, replayReport(result));
      assert.equal(result.counts.command, commands);
    });
  }
});

import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { linePlot } from '../../lab/page/linePlot.ts';
import { command } from '../../cli/replay/replayArguments.ts';
import { recordSimulated } from './recordSimulated.ts';
import { runCaught } from './runCli.ts';

const TICKS = 11;

describe('st4vla replay --report', () => {
  let folder: string;
  const bags = () => join(folder, 'bags');
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-open-loop-'));
    await mkdir(join(bags(), 'none'), { recursive: true });
    await writeFile(join(bags(), 'none', 'metadata.yaml'), 'nothing: here\n');
    for (const task of ['widowx_spoon_on_towel', 'widowx_stack_cube']) {
      const bag = join(bags(), task);
      await recordSimulated({ folder: bag, task, ticks: TICKS, images: 'raw', pipeline: true });
    }
    const facts = 'instruction: x\nsuccess: false\nnotes: "fell <down>"\n';
    await writeFile(join(bags(), 'widowx_stack_cube', 'episode.yaml'), facts);
  });
  after(() => rm(folder, { recursive: true }));

  it('finds that a model does what it did', async () => {
    const out = join(folder, 'one');
    const bag = join(bags(), 'widowx_spoon_on_towel');
    const { code, out: said } = await runCaught('replay', [bag, '--report', out]);
    assert.equal(code, 0, said);
    const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
    assert.match(results.command, /^st4vla replay .*--report/);
    assert.ok(results.commit && results.machine);
    const [episode] = results.episodes;
    assert.equal(episode.instruction, 'put the spoon on the towel');
    assert.equal(episode.recorded_actions, 'targets');
    const [model] = episode.models;
    // Two ticks for the first plan and chunk.
    assert.ok(model.compared >= TICKS - 4, `${model.compared}`);
    // The very commands; what was executed is a mean over chunks, so that rows differ by some mm (of 30).
    assert.ok(model.commands.compared > 100);
    for (const joint of model.commands.joints) assert.ok(joint.largest < 1e-9, joint.name);
    assert.ok(model.rows[1].position_m < 0.008, `${model.rows[1].position_m}`);
    assert.equal(model.gripper_agreement, 1);
    assert.ok(model.dimensions.x.recorded_spread > 0.001);
  });

  it('sets two models beside one another, over a folder, on a page that needs nothing else', async () => {
    const out = join(folder, 'two');
    const model = 'models/nano-widowx';
    const models = ['--model', model, '--model', model];
    const ask = [bags(), '--report', out, '--noise-seed', '3', ...models];
    const { code, out: said } = await runCaught('replay', ask);
    assert.equal(code, 0, said);
    assert.match(said, /left out: .*none/);
    assert.match(said, /all +nano-widowx B/);
    const results = JSON.parse(await readFile(join(out, 'results.json'), 'utf8'));
    assert.equal(results.episodes.length, 2);
    assert.equal(results.skipped.length, 1);
    const [a, b] = results.models;
    assert.equal(a.name, 'nano-widowx A');
    assert.deepEqual({ ...a, name: b.name }, b);
    // Other noise than when it was recorded: other actions, and other commands.
    assert.ok(results.episodes[0].models[0].commands.joints[0].largest > 1e-6);

    const page = await readFile(join(out, 'index.html'), 'utf8');
    assert.ok(!/<script|<link|https?:/.test(page.replaceAll(/data:[^"]+/g, '')));
    assert.match(page, /not solved/);
    assert.match(page, /fell &lt;down&gt;/);
    // Three plots over rows, seven of each episode.
    assert.equal(page.match(/<svg /g)?.length, 3 + 2 * 7);
    assert.ok(!/NaN|undefined/.test(page.replaceAll(/data:[^"]+/g, '')));
    const [film, ...others] = [...page.matchAll(/data:image\/webp;base64,([^"]+)/g)];
    assert.equal(others.length, 1);
    const { width, pages } = await sharp(Buffer.from(film![1]!, 'base64')).metadata();
    assert.equal(width, 2 * 400);
    // Ticks in which nothing moves are one picture.
    assert.ok(pages! > TICKS / 2 && pages! <= TICKS, `${pages}`);
  });

  it('refuses what it cannot do, with the reason', async () => {
    const { code, out } = await runCaught('replay', [join(bags(), 'none'), '--report', folder]);
    assert.equal(code, 2);
    assert.match(out, /expected metadata.yaml or files ending/);
    const several = ['x', '--model', 'a', '--model', 'b', '--model', 'c', '--golden', 'g'];
    const parsed = [command.parse(several), command.parse([...several, '--report=r'])];
    assert.deepEqual(
      parsed.map((one) => one.kind === 'faults' && one.faults),
      [
        ['--model: expected one without --report, found several', '--model: expected at most two'],
        [
          '--model: expected at most two',
          '--report: expected neither --golden nor --out beside it',
        ],
      ],
    );
  });
});

describe('linePlot', () => {
  it('breaks lines where there is nothing, and draws a flat one', () => {
    const points = [
      [0, 1],
      [1, NaN],
      [2, 1],
      [3, 1],
    ] as const;
    const plot = linePlot({
      title: 'a < b',
      xLabel: 's',
      lines: [{ name: 'a', style: 'first', points }],
    });
    const [, path] = /class="first" d="([^"]+)"/.exec(plot)!;
    assert.equal(path!.match(/M/g)?.length, 2);
    assert.equal(path!.match(/L/g)?.length, 1);
    assert.ok(!plot.includes('NaN'));
    assert.match(plot, /a &lt; b/);
    assert.ok(!linePlot({ title: '', xLabel: '', lines: [] }).includes('NaN'));
  });
});

import assert from 'node:assert/strict';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse } from 'yaml';
import { decodeCompressedImage } from '../../adapters/image/decodeCompressedImage.ts';
import { command } from '../../cli/lerobot/lerobotArguments.ts';
import { EMBODIMENTS } from '../../core/embodiment/embodimentByName.ts';
import { packageRoot } from '../../setup/paths.mjs';
import type { Json } from '../ros/Peer.ts';
import { recordSimulated } from './recordSimulated.ts';
import { runCaught } from './runCli.ts';
import {
  type Fact,
  FIXTURES,
  TICKS,
  sha256,
  lerobot,
  messagesOf,
  rowsOf,
  hashes,
  nsOf,
} from './lerobotBags.ts';

describe('st4vla lerobot', () => {
  let folder: string;
  let facts: Fact[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'st4vla-lerobot-'));
    facts = JSON.parse(await readFile(join(FIXTURES, 'facts.json'), 'utf8')) as Fact[];
  });
  after(() => rm(folder, { recursive: true }));

  const names = ['0001_put_the_spoon_on_the_towel', '0002_stack_the_blocks'];
  /** What the bags hold, row by row, as `make_datasets.py` writes it. */
  const described = async (bags: string): Promise<Omit<Fact, 'timestamp' | 'episode'>[]> => {
    const found: Omit<Fact, 'timestamp' | 'episode'>[] = [];
    for (const name of names) {
      const messages = await messagesOf(join(bags, name));
      const views = ['front', 'wrist'].map((view) =>
        messages.get(`/camera/${view}/image_raw/compressed`)!,
      );
      const chunks = messages.get('/action_chunk')!;
      const joints = messages.get('/joint_states')!;
      for (const [i, chunk] of chunks.entries()) {
        const hash = async (view: Json[]) => {
          const decoded = await decodeCompressedImage(view[i]!.data);
          assert.ok(decoded.ok);
          return sha256(decoded.image.data);
        };
        found.push({
          // Instructions are written when they change.
          task: '',
          'observation.state': [...joints[i]!.position],
          action: [...chunk.actions],
          front: await hash(views[0]!),
          wrist: await hash(views[1]!),
        });
      }
    }
    return found;
  };

  it('imports what LeRobot has written: each row as LeRobot reads it', async () => {
    const bags = join(folder, 'imported');
    await lerobot('import', join(FIXTURES, 'pictures'), '--out', bags);
    assert.deepEqual((await readdir(bags)).sort(), names);
    const expected = facts.map((fact) => {
      const { 'observation.state': state, action, front, wrist } = fact;
      return { task: '', 'observation.state': state, action, front, wrist };
    });
    assert.deepEqual(await described(bags), expected);
    const messages = await messagesOf(join(bags, names[1]!));
    assert.deepEqual(messages.get('/instruction'), [
      { data: 'stack the blocks' },
      { data: 'open the gripper' },
    ]);
    const stamps = messages.get('/joint_states')!.map(({ header }) => nsOf(header.stamp));
    assert.deepEqual(
      stamps.map((ns) => Number(ns - stamps[0]!) / 1e9),
      [0, 0.2, 0.4, 0.6, 0.8],
    );
    assert.equal(messages.get('/joint_states')![0]!.name[3], 'roll');
  });

  it('exports the very files that LeRobot has read, and found the same in', async () => {
    const dataset = join(folder, 'exported');
    await lerobot('export', join(folder, 'imported'), '--out', dataset);
    const golden = JSON.parse(await readFile(join(FIXTURES, 'ours.json'), 'utf8')) as object;
    assert.deepEqual(await hashes(dataset), golden, 'see make_datasets.py --ours');
    const rows = await rowsOf(dataset);
    assert.deepEqual(
      rows.map(({ timestamp, action }) => ({ timestamp, action })),
      facts.map(({ timestamp, action }) => ({ timestamp, action })),
    );
  });

  it('loses nothing of an episode: bag, dataset, bag, dataset', async () => {
    const task = 'widowx_put_eggplant_in_basket';
    const bag = join(folder, 'bags', '0007_eggplant');
    await mkdir(join(folder, 'bags'));
    await recordSimulated({ folder: bag, task, ticks: TICKS, images: 'raw', pipeline: true });
    await writeFile(join(bag, 'episode.yaml'), 'success: true\nnotes: "quick, and neat"\n');
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const said = await lerobot('export', join(folder, 'bags'), '--out', first);
    assert.match(said, /frames, actions from targets/);
    const back = join(folder, 'back');
    await lerobot('import', first, '--out', back);
    await lerobot('export', back, '--out', second);
    assert.deepEqual(await hashes(second), await hashes(first));

    const name = '0001_eggplant';
    const episode = parse(await readFile(join(back, name, 'episode.yaml'), 'utf8'));
    assert.equal(episode.success, true);
    assert.equal(episode.notes, 'quick, and neat');
    const [recorded, imported] = [await messagesOf(bag), await messagesOf(join(back, name))];
    assert.deepEqual(imported.get('/instruction'), recorded.get('/instruction'));
    const joints = imported.get('/joint_states')!;
    // Two ticks go by until the first action.
    assert.ok(joints.length >= TICKS - 3, `${joints.length}`);
    const byStamp = (topic: string) =>
      new Map(recorded.get(topic)!.map((message) => [String(nsOf(message.header.stamp)), message]));
    const original = byStamp('/joint_states');
    for (const { header, ...joint } of joints) {
      const { header: was, ...expected } = original.get(String(nsOf(header.stamp)))!;
      assert.deepEqual(header.stamp, was.stamp);
      assert.deepEqual(joint, expected);
    }
    const pictures = byStamp('/camera/front/image_raw');
    for (const message of imported.get('/camera/front/image_raw/compressed')!) {
      const decoded = await decodeCompressedImage(message.data);
      assert.ok(decoded.ok);
      const was = pictures.get(String(nsOf(message.header.stamp)))!;
      assert.equal(sha256(decoded.image.data), sha256(was.data));
    }
    const rows = await rowsOf(first);
    assert.deepEqual(
      rows.map((row) => [row['next.done'], row['next.success']]),
      rows.map((_, i) => Array<boolean>(2).fill(i === rows.length - 1)),
    );
    // The state that policies read: joints from base to tip, then the opening.
    const { 'observation.state': state, 'joint_states.position': position } = rows[0]!;
    assert.deepEqual((state as number[]).slice(0, 6), [
      ...Float32Array.from((position as number[]).slice(0, 6)),
    ]);
    assert.equal((state as number[])[6], 1);
  });

  it('reads videos by ffmpeg, from where their episode begins', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const log = join(folder, 'ffmpeg.log');
    // Stands in for ffmpeg: frames of one colour each, counted from the time that is asked for.
    const program = `#!${process.execPath}
const args = process.argv.slice(2);
require('fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(args) + '\\n');
const [width, height] = args.join().includes('wrist') ? [48, 32] : [64, 48];
const first = Math.ceil(Number(args[args.indexOf('-ss') + 1]) * 5);
for (let i = first; i < 9; i++) process.stdout.write(Buffer.alloc(width * height * 3, 20 * i));
`;
    await writeFile(join(bin, 'ffmpeg'), program);
    await chmod(join(bin, 'ffmpeg'), 0o755);
    const path = process.env['PATH'];
    const bags = join(folder, 'videos');
    try {
      process.env['PATH'] = bin;
      await lerobot('import', join(FIXTURES, 'video'), '--out', bags, '--images', 'raw');
      process.env['PATH'] = join(folder, 'nothing');
      const out = join(folder, 'no-videos');
      const refused = await runCaught('lerobot', ['import', join(FIXTURES, 'video'), '--out', out]);
      assert.equal(refused.code, 2);
      assert.match(refused.out, /front.*mp4: needs the program ffmpeg/);
    } finally {
      process.env['PATH'] = path ?? delimiter;
    }
    const messages = await messagesOf(join(bags, names[1]!));
    const pictures = messages.get('/camera/wrist/image_raw')!;
    assert.deepEqual(
      pictures.map(({ width, data }) => [width, data[0], data.length]),
      [4, 5, 6, 7, 8].map((i) => [48, 20 * i, 48 * 32 * 3]),
    );
    const asked = (await readFile(log, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => line);
    assert.ok(asked.some((line) => /"-ss","0.700000","-i",".*wrist.*file-000.mp4"/.test(line)));
  });

  it('leaves out bags that lack something, and refuses what is no dataset', async () => {
    const bags = join(folder, 'mixed');
    await mkdir(bags);
    await cp(join(folder, 'imported', names[0]!), join(bags, names[0]!), { recursive: true });
    const other = join(packageRoot, 'test', 'fixtures', 'bags', 'jazzy_sqlite3');
    await cp(other, join(bags, 'other'), { recursive: true });
    const { code, out } = await runCaught('lerobot', [
      'export',
      bags,
      '--out',
      join(folder, 'mix'),
    ]);
    assert.equal(code, 1, out);
    assert.match(out, /left out: .*other: no tick with pictures, joint states and actions/);
    assert.match(out, /mix: 1 episode, 4 frames/);
    const again = await runCaught('lerobot', ['export', bags, '--out', join(folder, 'mix')]);
    assert.equal(again.code, 2);
    assert.match(again.out, /--out: .*mix is there already/);
    const wrong = await runCaught('lerobot', ['import', bags, '--out', join(folder, 'x')]);
    assert.equal(wrong.code, 2);
    assert.match(wrong.out, /no dataset of LeRobot: no meta\/info.json/);
    const older = join(folder, 'older');
    await cp(join(FIXTURES, 'pictures'), older, { recursive: true });
    const info = join(older, 'meta', 'info.json');
    const text = await readFile(info, 'utf8');
    await writeFile(info, text.replace('v3.0', 'v2.1').replace('"timestamp"', '"time"'));
    const refused = await runCaught('lerobot', ['import', older, '--out', join(folder, 'x')]);
    assert.match(refused.out, /2 faults[^]*codebase_version[^]*features.timestamp/);
  });

  it('names all wrong arguments at once', () => {
    const robots = EMBODIMENTS.map(({ name }) => name).join(' or ');
    const parsed = command.parse(['export', '--robot', 'r2d2', '--actions', 'x', '--view=a']);
    assert.deepEqual(parsed.kind === 'faults' && parsed.faults, [
      'PATH: expected bags, folders with bags, or a dataset, found nothing',
      '--out: expected a folder, found nothing',
      '--actions: expected targets or commands or joints or actions, found "x"',
      '--view: expected NAME:=TOPIC, found "a"',
      `--robot: expected ${robots}, found "r2d2"`,
    ]);
    const episodes = command.parse(['import', 'd', '--out=o', '--episodes', '0,3-5']);
    assert.ok(episodes.kind === 'run' && episodes.arguments.kind === 'import');
    assert.deepEqual([...episodes.arguments.episodes!], [0, 3, 4, 5]);
    const none = command.parse([]);
    assert.deepEqual(none.kind === 'faults' && none.faults, [
      'ACTION: expected export or import, found nothing',
      'PATH: expected bags, folders with bags, or a dataset, found nothing',
      '--out: expected a folder, found nothing',
    ]);
  });
});

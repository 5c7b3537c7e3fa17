import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RosSession, root } from './RosSession.ts';

type DemoFile = {
  readonly episodes: readonly {
    readonly instruction: string;
    readonly success: boolean;
    readonly ticks: number;
    readonly plannerHz: number;
    readonly expertHz: number;
  }[];
};

describe('st4vla demo', () => {
  let session: RosSession;
  let folder: string;
  before(async () => {
    session = await RosSession.open();
    folder = await mkdtemp(join(tmpdir(), 'st4vla-demo-'));
  });
  after(async () => {
    await session.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('runs an episode over ROS, and says what came of it', async () => {
    const task = 'widowx_spoon_on_towel';
    const main = join(root, 'dist', 'cli', 'main.js');
    const program = [process.execPath, main, 'demo', '--tasks', task, '--out', folder];
    const demonstration = session.startProgram(program);
    const code = await demonstration.ended;
    const log = join(folder, 'nodes.log');
    const shown = demonstration.output();
    assert.ok(existsSync(join(folder, 'demo.json')), shown);
    const demo = JSON.parse(await readFile(join(folder, 'demo.json'), 'utf8')) as DemoFile;
    assert.equal(demo.episodes.length, 1);
    const [{ instruction, success, ticks, plannerHz, expertHz }] = demo.episodes as [
      DemoFile['episodes'][0],
    ];
    // Whether the arm is fast enough is for a machine that does nothing else.
    assert.equal(code, success ? 0 : 1, shown);
    assert.match(shown, new RegExp(`${success ? 1 : 0} of 1 tasks solved`, 'u'));
    assert.equal(instruction, 'put the spoon on the towel');
    assert.ok(ticks >= 50, `${ticks} ticks: ${await readFile(log, 'utf8')}`);
    assert.ok(plannerHz > 0.2 && expertHz > 1, `${plannerHz} and ${expertHz} Hz`);
    const page = await readFile(join(folder, 'index.html'), 'utf8');
    assert.ok(page.includes(instruction));
    const pictures = [...page.matchAll(/src="([^"]+)"/gu)].map(([, file]) => file!);
    assert.ok(pictures.length >= 2);
    for (const file of pictures) assert.ok(existsSync(join(folder, file)), file);
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { root, RosSession } from './RosSession.ts';
import { given, simulatorArguments } from './widowx.ts';

const execute = promisify(execFile);

describe('st4vla camera, at a simulated arm', () => {
  let session: RosSession;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'st4vla-camera-'));
  before(async () => {
    session = await RosSession.open();
    session.startNode('simulator', [
      '-r',
      '__ns:=/arm1',
      ...simulatorArguments,
      ...given('image_rate:=10.0'),
    ]);
  });
  after(async () => {
    await session.close();
    fs.rmSync(folder, { recursive: true });
  });

  it('draws the arm where the camera of the model sees it', async () => {
    const out = path.join(folder, 'check.png');
    const args = [path.join(root, 'dist', 'cli', 'main.js'), 'camera', '--namespace', 'arm1'];
    const run = execute(process.execPath, [...args, '--out', out], { env: session.environment });
    const { stdout } = await run;
    const places = [...stdout.matchAll(/^(\w+) expected at (-?\d+), (-?\d+)$/gm)];
    assert.equal(places.at(-1)?.[1], 'ee_gripper_link');
    const { data, info } = await sharp(out).raw().toBuffer({ resolveWithObject: true });
    assert.deepEqual([info.width, info.height], [640, 480]);
    const [, , u, v] = places.at(-1)!;
    const at = (Number(v) * info.width + Number(u)) * info.channels;
    assert.deepEqual([...data.subarray(at, at + 3)], [255, 40, 200]);
  });

  it('says what does not come', async () => {
    const args = [
      path.join(root, 'dist', 'cli', 'main.js'),
      'camera',
      '--topic',
      '/nowhere',
      '--wait',
      '1',
    ];
    const run = execute(process.execPath, args, { env: session.environment });
    await assert.rejects(run, /not there after 1 s: \/nowhere, \/joint_states/);
  });
});

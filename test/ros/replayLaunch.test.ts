import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { root, RosSession } from './RosSession.ts';
import { tinyModel } from './widowx.ts';

const RATE = 4;

describe('replay.launch.yaml', () => {
  let session: RosSession;
  const folder = mkdtempSync(join(tmpdir(), 'st4vla-replay-launch-'));
  before(async () => (session = await RosSession.open()));
  after(async () => {
    await session.close();
    rmSync(folder, { recursive: true });
  });

  it('ends with the bag, whose name may be a number', async () => {
    cpSync(join(root, 'test', 'fixtures', 'replay', 'spoon'), join(folder, '2026'), {
      recursive: true,
    });
    const file = readFileSync(join(root, 'config', 'widowx.yaml'), 'utf8');
    const parameters = parseDocument(file);
    const cameras = ['/**/perception', 'ros__parameters', 'cameras'];
    parameters.setIn([...cameras, 'topics'], ['camera/front/image_raw/compressed']);
    parameters.setIn([...cameras, 'transports'], ['compressed']);
    const paramsFile = join(folder, 'compressed.yaml');
    writeFileSync(paramsFile, parameters.toString());
    const launch = session.startProgram([
      'sh',
      '-c',
      'cd "$0" && exec "$@"',
      folder,
      process.execPath,
      join(root, 'dist', 'cli', 'main.js'),
      'launch',
      'replay.launch.yaml',
      'bag:=2026',
      `rate:=${RATE}.0`,
      `model:=${tinyModel}`,
      `params_file:=${paramsFile}`,
    ]);
    assert.equal(await launch.ended, 0, launch.output());
    const said = launch.output();
    assert.match(said, /the end of the bag/);
    for (const name of ['player', 'perception', 'policy', 'controller', 'supervisor']) {
      assert.match(said, new RegExp(`${name}-\\d ended \\(code 0\\)`), said);
    }
  });

  for (const [what, args, fault] of [
    ['a bag that is not there', ['bag:=none'], /bag: expected a bag that can be read/],
    ['a parameter that is wrong', ['bag:=none', 'rate:=1000.0'], /rate: expected/],
  ] as const) {
    it(`ends where the player refuses ${what}, and not with 0`, async () => {
      const main = join(root, 'dist', 'cli', 'main.js');
      const given = ['replay.launch.yaml', ...args, `model:=${tinyModel}`];
      const launch = session.startProgram([process.execPath, main, 'launch', ...given]);
      assert.equal(await launch.ended, 1, launch.output());
      assert.match(launch.output(), fault);
    });
  }

  it('names the remedy at once for a bag of JPEG and a perception that expects raw images', async () => {
    const main = join(root, 'dist', 'cli', 'main.js');
    const bag = `bag:=${join(root, 'test', 'fixtures', 'replay', 'spoon')}`;
    const given = ['replay.launch.yaml', bag, `model:=${tinyModel}`];
    const launch = session.startProgram([process.execPath, main, 'launch', ...given]);
    // The player waits for listeners, 60 s at most.
    await session.until('the remedy', () =>
      /compressed in cameras\.transports/.test(launch.output()),
    );
    assert.doesNotMatch(launch.output(), /playing without/);
    launch.process.kill('SIGINT');
    await launch.ended;
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { encodeJpeg } from '../../adapters/image/encodeImage.ts';
import { packageRoot } from '../../setup/paths.mjs';

describe('the package as a library', () => {
  let folder = '';
  before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'library-'))));
  after(() => fs.rmSync(folder, { recursive: true }));

  /** Runs a module that lies, for its imports, in the root of the package. */
  async function runModule(code: string): Promise<string> {
    const args = ['--input-type=module', '-e', code];
    return (await promisify(execFile)(process.execPath, args, { cwd: packageRoot })).stdout;
  }

  it('runs the example of the README on a picture', async () => {
    const golden = path.join(packageRoot, 'models', 'nano-widowx', 'golden_image.bin');
    const data = new Uint8Array(fs.readFileSync(golden));
    const picture = path.join(folder, 'picture.jpg');
    fs.writeFileSync(picture, await encodeJpeg({ width: 160, height: 120, data }));
    const readme = fs.readFileSync(path.join(packageRoot, 'README.md'), 'utf8');
    const example = /```js\n([^]*?)```/.exec(readme)?.[1];
    assert.ok(example?.includes("'picture.jpg'"), 'README.md has no example that reads a picture');
    const printed = await runModule(example!.replace("'picture.jpg'", JSON.stringify(picture)));
    assert.match(printed, /label: '/);
    assert.match(printed, /Float32Array\(112\)/);
  });

  it('shows core and adapters, and no node or command', async () => {
    const code = (name: string): string => `await import('st4vla-ros/${name}')`;
    await runModule(code('core/execution/ActionQueue'));
    for (const name of ['nodes/controller/controller', 'cli/main', 'core/no-such-module'])
      await assert.rejects(runModule(code(name)), /ERR_PACKAGE_PATH_NOT_EXPORTED|MODULE_NOT_FOUND/);
  });
});

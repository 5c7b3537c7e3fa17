import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './RosSession.ts';
import { tinyModel } from './widowx.ts';

/**
 * The tiny model with a planner that takes some tenths of a second (`slow_vision.onnx`) or minutes
 * (`long_vision.onnx`), in a folder that `dispose` removes. With a bright `goldenLevel` loading it
 * takes minutes, too.
 */
export async function slowModel(
  vision: 'slow_vision.onnx' | 'long_vision.onnx' = 'slow_vision.onnx',
  goldenLevel = 0,
): Promise<{ folder: string; dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'slow-model-'));
  await cp(tinyModel, folder, { recursive: true });
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  const replace = async (name: string, data: Uint8Array) => {
    await writeFile(join(folder, name), data);
    const sha256 = createHash('sha256').update(data).digest('hex');
    Object.assign(manifest.files[name], { sha256, bytes: data.length });
  };
  await replace('planner_vision.onnx', await readFile(join(root, 'test', 'fixtures', vision)));
  await replace('golden_image.bin', new Uint8Array(16 * 12 * 3).fill(goldenLevel));
  manifest.golden.tolerance = 1e6;
  await writeFile(path, JSON.stringify(manifest));
  return { folder, dispose: () => rm(folder, { recursive: true }) };
}

import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './RosSession.ts';
import { tinyModel } from './widowx.ts';

/** The tiny model with a planner that takes some tenths of a second, in a folder that `dispose` removes. */
export async function slowModel(): Promise<{ folder: string; dispose: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'slow-model-'));
  await cp(tinyModel, folder, { recursive: true });
  const graph = await readFile(join(root, 'test', 'fixtures', 'slow_vision.onnx'));
  await writeFile(join(folder, 'planner_vision.onnx'), graph);
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8'));
  Object.assign(manifest.files['planner_vision.onnx'], {
    sha256: createHash('sha256').update(graph).digest('hex'),
    bytes: graph.length,
  });
  manifest.golden.tolerance = 1e6;
  await writeFile(path, JSON.stringify(manifest));
  return { folder, dispose: () => rm(folder, { recursive: true }) };
}

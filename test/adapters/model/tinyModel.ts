import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Observation } from '../../../core/observation/Observation.ts';

/** Where test/fixtures is, seen from the compiled tests. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../../../../test/fixtures/${name}`, import.meta.url));
}

export const TINY_MODEL = fixturePath('tiny-model');
/** Of the form of a full-size model; it says what make_talking_model.py has written down. */
export const TALKING_MODEL = fixturePath('talking-model');

/** What to write where: `{ 'action/horizon': 8 }`; `undefined` takes the member away. */
export type Edits = Readonly<Record<string, unknown>>;

/** Changes members of parsed JSON, in place. */
export function edit(json: unknown, edits: Edits): void {
  for (const [path, value] of Object.entries(edits)) {
    const names = path.split('/');
    const last = names.pop()!;
    let parent = json as Record<string, unknown>;
    for (const name of names) parent = parent[name] as Record<string, unknown>;
    if (value === undefined) delete parent[last];
    else parent[last] = structuredClone(value);
  }
}

export async function tinyManifest(edits: Edits = {}): Promise<unknown> {
  const json: unknown = JSON.parse(await readFile(join(TINY_MODEL, 'manifest.json'), 'utf8'));
  edit(json, edits);
  return json;
}

/** Hands `use` a copy of a model, the tiny one unless told, that it may damage. */
export async function withTinyModel(
  use: (folder: string) => Promise<void>,
  model: string = TINY_MODEL,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'st4vla-model-'));
  try {
    await cp(model, folder, { recursive: true });
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Changes a JSON file of a package; resolves to its new size. */
export async function editFile(path: string, edits: Edits): Promise<number> {
  const json: unknown = JSON.parse(await readFile(path, 'utf8'));
  edit(json, edits);
  const text = JSON.stringify(json);
  await writeFile(path, text);
  return Buffer.byteLength(text);
}

export async function editManifest(folder: string, edits: Edits): Promise<void> {
  await editFile(join(folder, 'manifest.json'), edits);
}

/** An observation that fits the tiny model, and the talking one with both views; its pictures are made from the id. */
export function tinyObservation(
  id: bigint,
  stampNs = id * 200_000_000n,
  views: readonly string[] = ['front'],
): Observation {
  const data = Uint8Array.from({ length: 16 * 12 * 3 }, (_, i) => (i * 37 + Number(id) * 91) % 256);
  return {
    id,
    stampNs,
    views: views.map((name) => ({ name, image: { width: 16, height: 12, data }, stampNs })),
    joints: { stampNs, names: [], positions: new Float64Array(), velocities: new Float64Array() },
    baseFromEe: { position: [0.3, 0, 0.2], orientation: [0, 0, 0, 1] },
    gripperOpening: 1,
  };
}

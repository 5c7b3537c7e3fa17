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

/** A manifest's JSON, loose enough to break it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = any;

export async function tinyManifest(): Promise<Json> {
  return JSON.parse(await readFile(join(TINY_MODEL, 'manifest.json'), 'utf8')) as Json;
}

/** Hands `use` a copy of the tiny model that it may damage. */
export async function withTinyModel(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'st4vla-model-'));
  try {
    await cp(TINY_MODEL, folder, { recursive: true });
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function editManifest(folder: string, edit: (manifest: Json) => void): Promise<void> {
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(await readFile(path, 'utf8')) as Json;
  edit(manifest);
  await writeFile(path, JSON.stringify(manifest));
}

/** An observation that fits the tiny model, its picture made from the id. */
export function tinyObservation(id: bigint, stampNs = id * 200_000_000n): Observation {
  const data = Uint8Array.from({ length: 16 * 12 * 3 }, (_, i) => (i * 37 + Number(id) * 91) % 256);
  return {
    id,
    stampNs,
    views: [{ name: 'front', image: { width: 16, height: 12, data }, stampNs }],
    joints: { stampNs, names: [], positions: new Float64Array(), velocities: new Float64Array() },
    baseFromEe: { position: [0.3, 0, 0.2], orientation: [0, 0, 0, 1] },
    gripperOpening: 1,
  };
}

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { messageDecoder } from '../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../adapters/bags/openBag.ts';
import { DatasetReader, type StoredRow } from '../../adapters/lerobot/DatasetReader.ts';
import { packageRoot } from '../../setup/paths.mjs';
import type { Json } from '../ros/Peer.ts';
import { runCaught } from './runCli.ts';

export type Fact = {
  readonly task: string;
  readonly episode: number;
  readonly timestamp: number;
  readonly 'observation.state': readonly number[];
  readonly action: readonly number[];
  readonly front: string;
  readonly wrist: string;
};

export const FIXTURES = join(packageRoot, 'test', 'fixtures', 'lerobot');
export const TICKS = 9;
export const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

export async function lerobot(...args: readonly string[]): Promise<string> {
  const { code, out } = await runCaught('lerobot', args);
  assert.equal(code, 0, out);
  return out;
}

/** The messages of a bag, decoded, by topic. */
export async function messagesOf(path: string): Promise<Map<string, Json[]>> {
  const bag = await openBag(path);
  const messages = new Map<string, Json[]>();
  for (const topic of bag.topics) {
    const decoding = messageDecoder<Json>(topic);
    assert.ok(decoding.ok);
    const found: Json[] = [];
    for await (const { bytes } of bag.messages({ topics: [topic.name] })) {
      found.push(decoding.decode(bytes));
    }
    messages.set(topic.name, found);
  }
  await bag.close();
  return messages;
}

export async function rowsOf(folder: string): Promise<StoredRow[]> {
  const dataset = await DatasetReader.open(folder);
  const rows: StoredRow[] = [];
  for (const episode of dataset.episodes) {
    for await (const row of dataset.rows(episode)) rows.push(row);
  }
  return rows;
}

export async function hashes(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    found[relative(folder, path)] = sha256(await readFile(path));
  }
  return found;
}

export const nsOf = ({ sec, nanosec }: { sec: number; nanosec: number }) =>
  BigInt(sec) * 1_000_000_000n + BigInt(nanosec);

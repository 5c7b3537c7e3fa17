import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BagWriter } from '../../../adapters/bags/BagWriter.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { BAGS } from './bagContents.ts';

/** Writes what one of the fixtures holds to a bag of three files; the same bytes each time. */
export async function writeSample(folder: string): Promise<void> {
  const source = await openBag(join(BAGS, 'zstd.mcap'));
  const topics = source.topics.map(({ name, type, definition }) => ({
    name,
    type,
    definition: definition!.text,
    qosProfiles: '',
    isLatched: name === '/instruction',
  }));
  const writer = await BagWriter.create(folder, topics, { splitSec: 0.5, chunkBytes: 2000 });
  for await (const message of source.messages()) void writer.write(message);
  await writer.close({ name: 'notes', entries: new Map([['success', 'true']]) });
  await source.close();
  if (writer.error) throw writer.error;
}

const [, script = '', folder] = process.argv;
if (import.meta.url === pathToFileURL(script).href && folder !== undefined) {
  await writeSample(folder);
  process.stdout.write(`${basename(folder)} written\n`);
}

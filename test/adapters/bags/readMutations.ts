import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BagError } from '../../../adapters/bags/Bag.ts';
import { messageDecoder } from '../../../adapters/bags/MessageDecoder.ts';
import { openBag } from '../../../adapters/bags/openBag.ts';
import { peakBytes } from './peakBytes.ts';
import { Random } from '../../../core/math/random.ts';

// node readMutations.js FOLDER COUNT FILE…: damages each of the files COUNT times and reads what comes
// out, as far as it can be read; prints how that went. A fault that is not put in words ends it.
const [, , folder = '', times = '0', ...files] = process.argv;
const random = new Random(20260401n);
const upTo = (end: number) => Math.floor(random.uniform() * end);
const counts = { bags: 0, refused: 0, messages: 0, slowestMs: 0 };

for (const file of files) {
  const original = readFileSync(file);
  const path = join(folder, `mutated.${file.endsWith('.db3') ? 'db3' : 'mcap'}`);
  for (let i = 0; i < Number(times); i++) {
    const bytes = Buffer.from(original);
    for (let n = upTo(8); n >= 0; n--) mutate(bytes);
    writeFileSync(path, bytes);
    const startMs = performance.now();
    await read(path);
    counts.slowestMs = Math.max(counts.slowestMs, performance.now() - startMs);
    counts.bags += 1;
  }
}
process.stdout.write(JSON.stringify({ ...counts, peakBytes: peakBytes() }));

/** A bit, a byte, a large number, or a piece from elsewhere. */
function mutate(bytes: Buffer): void {
  const at = upTo(bytes.length - 8);
  switch (upTo(5)) {
    case 0:
      bytes[at]! ^= 1 << upTo(8);
      break;
    case 1:
      bytes[at] = [0, 1, 0x7f, 0x80, 0xff][upTo(5)]!;
      break;
    case 2:
      bytes.writeUInt32LE([0, 0x7fffffff, 0xffffffff, bytes.length][upTo(4)]!, at);
      break;
    case 3:
      bytes.writeUInt32BE(upTo(2 ** 32), at);
      break;
    default:
      bytes.copy(bytes, at, upTo(bytes.length), upTo(bytes.length));
  }
}

async function read(path: string): Promise<void> {
  try {
    const bag = await openBag(path);
    const decoders = new Map(bag.topics.map((topic) => [topic.name, messageDecoder(topic)]));
    for await (const { topic, bytes } of bag.messages()) {
      counts.messages += 1;
      const decoding = decoders.get(topic)!;
      if (decoding.ok) decode(decoding.decode, bytes);
    }
    await bag.close();
  } catch (error) {
    if (!(error instanceof BagError)) throw error;
    counts.refused += 1;
  }
}

function decode(decoder: (bytes: Uint8Array) => unknown, bytes: Uint8Array): void {
  try {
    decoder(bytes);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
  }
}

import zstd from '@foxglove/wasm-zstd';

// Records of MCAP made by hand (https://mcap.dev/spec), so that they may say what they like.

const MAGIC = Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]);

const u16 = (value: number) => numberBytes(2, (b) => b.writeUInt16LE(value));
const u32 = (value: number) => numberBytes(4, (b) => b.writeUInt32LE(value));
const u64 = (value: bigint | number) => numberBytes(8, (b) => b.writeBigUInt64LE(BigInt(value)));
const text = (words: string) => Buffer.concat([u32(Buffer.byteLength(words)), Buffer.from(words)]);

function numberBytes(size: number, write: (bytes: Buffer) => void): Buffer {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

export function record(opcode: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([opcode]), u64(body.length), body]);
}

export const schema = (id: number, definition = 'int32 x') =>
  record(3, u16(id), text('x/msg/X'), text('ros2msg'), text(definition));

export const channel = (id: number, topic = '/x') =>
  record(4, u16(id), u16(1), text(topic), text('cdr'), u32(0));

export const message = (time: bigint, data = Buffer.alloc(0)) =>
  record(5, u16(1), u32(0), u64(time), u64(time), data);

export const attachment = (bytes: number) =>
  record(9, u64(0), u64(0), text('a'), text('b'), u64(bytes), Buffer.alloc(bytes), u32(0));

export type ChunkOptions = {
  readonly records: Buffer;
  readonly startNs?: bigint;
  readonly endNs?: bigint;
  /** What it says of itself, instead of what is so. */
  readonly claimedBytes?: bigint;
  readonly crc?: number;
};

/** A chunk with zstd. */
export function chunk({ records, startNs = 0n, endNs = startNs, ...lies }: ChunkOptions): Buffer {
  const packed = Buffer.from(zstd.compress(records, 3));
  const size = u64(lies.claimedBytes ?? records.length);
  const times = [u64(startNs), u64(endNs)];
  return record(6, ...times, size, u32(lies.crc ?? 0), text('zstd'), u64(packed.length), packed);
}

export type IndexLies = {
  readonly messageCount?: bigint;
  readonly chunkLength?: bigint;
  readonly uncompressedSize?: bigint;
  readonly summaryStart?: bigint;
};

/** A file with these chunks and their index; what the index says may be something else. */
export function indexedMcap(chunks: readonly ChunkOptions[], lies: IndexLies = {}): Buffer {
  const parts: Buffer[] = [MAGIC, record(1, text('ros2'), text('x'))];
  const indexes: Buffer[] = [];
  let at = Buffer.concat(parts).length;
  let count = 0n;
  for (const options of chunks) {
    const bytes = chunk(options);
    const { startNs = 0n, endNs = startNs, records } = options;
    const places = [u64(at), u64(lies.chunkLength ?? bytes.length), u32(10), u16(1), u64(0)];
    const sizes = [u64(0), text('zstd'), u64(0), u64(lies.uncompressedSize ?? records.length)];
    indexes.push(record(8, u64(startNs), u64(endNs), ...places, ...sizes));
    count += BigInt(countMessages(records));
    parts.push(bytes);
    at += bytes.length;
  }
  parts.push(record(15, u32(0)));
  at += 13;
  const messages = lies.messageCount ?? count;
  const of = [u16(1), u32(1), u32(0), u32(0), u32(chunks.length)];
  const statistics = record(
    11,
    u64(messages),
    ...of,
    u64(0),
    u64(9),
    u32(10),
    u16(1),
    u64(messages),
  );
  const footer = record(2, u64(lies.summaryStart ?? at), u64(0), u32(0));
  return Buffer.concat([...parts, schema(1), channel(1), statistics, ...indexes, footer, MAGIC]);
}

/** A file without an index. */
export function plainMcap(...records: readonly Buffer[]): Buffer {
  return Buffer.concat([MAGIC, record(1, text('ros2'), text('x')), ...records]);
}

function countMessages(records: Buffer): number {
  let count = 0;
  for (let at = 0; at + 9 <= records.length; at += 9 + Number(records.readBigUInt64LE(at + 1))) {
    if (records[at] === 5) count += 1;
  }
  return count;
}

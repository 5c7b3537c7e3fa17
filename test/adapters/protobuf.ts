/** One field of a protobuf message that is a message or text itself. */
export function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

export const GRAPH = 7;
export const INITIALIZER = 5;

/** A tensor with its numbers in a file of its own, and some within. */
export function tensor(location: string): Buffer {
  const entry = (key: string, value: string) =>
    field(13, Buffer.concat([field(1, key), field(2, value)]));
  const raw = field(9, Buffer.alloc(200_000, 7));
  return Buffer.concat([raw, entry('location', location), entry('length', '16')]);
}

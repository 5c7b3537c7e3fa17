/** One field of a protobuf message that is a message or text itself. */
export function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const size: number[] = [];
  for (let rest = bytes.length; ; rest >>= 7) {
    if (rest < 128) {
      size.push(rest);
      break;
    }
    size.push((rest % 128) + 128);
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...size]), bytes]);
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

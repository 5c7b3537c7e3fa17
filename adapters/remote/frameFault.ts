/** Bounds of one message, beside its length: what it may unfold to in memory. */
const MAX_VALUES = 20_000;
const MAX_DEPTH = 12;

/** A head byte's value: bytes that follow it, and values inside it. */
type Head = { readonly bytes: number; readonly values: number };

/**
 * Walks through a MessagePack message without building anything.
 *
 * @returns why it must not be decoded: cut, too deep, too many values, an extension type; undefined
 * when it is sound
 */
export function frameFault(frame: Uint8Array): string | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  /** Values that are still to come at each level. */
  const left = [1];
  let at = 0;
  let values = 0;
  while (left.length > 0) {
    const level = left.length - 1;
    if (left[level]! === 0) {
      left.pop();
      continue;
    }
    left[level]! -= 1;
    if (++values > MAX_VALUES) return `expected at most ${MAX_VALUES} values in a message`;
    const head = at < frame.length ? headAt(view, at) : undefined;
    if (head === undefined) return 'expected MessagePack without extension types, found another';
    at += head.bytes;
    if (at > frame.length) return 'the message ends in the middle of a value';
    if (head.values === 0) continue;
    if (left.length >= MAX_DEPTH) return `expected at most ${MAX_DEPTH} levels in a message`;
    left.push(head.values);
  }
  return at === frame.length ? undefined : 'expected one value in a message, found more bytes';
}

/** Undefined where no value begins, or one that no one here sends. */
function headAt(view: DataView, at: number): Head | undefined {
  const byte = view.getUint8(at);
  if (byte < 0x80 || byte >= 0xe0) return { bytes: 1, values: 0 };
  if (byte < 0x90) return { bytes: 1, values: 2 * (byte & 0x0f) };
  if (byte < 0xa0) return { bytes: 1, values: byte & 0x0f };
  if (byte < 0xc0) return { bytes: 1 + (byte & 0x1f), values: 0 };
  const fixed = FIXED[byte];
  if (fixed !== undefined) return { bytes: 1 + fixed, values: 0 };
  const length = LENGTHS[byte];
  if (length === undefined || at + 1 + length.size > view.byteLength) return undefined;
  const count = readLength(view, at + 1, length.size);
  const bytes = 1 + length.size;
  return length.of === 'bytes'
    ? { bytes: bytes + count, values: 0 }
    : { bytes, values: length.of === 'map' ? 2 * count : count };
}

function readLength(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at);
  return size === 2 ? view.getUint16(at) : view.getUint32(at);
}

/** Bytes after the head: nil, false, true, floats and integers. */
const FIXED: Readonly<Record<number, number>> = {
  0xc0: 0,
  0xc2: 0,
  0xc3: 0,
  0xca: 4,
  0xcb: 8,
  0xcc: 1,
  0xcd: 2,
  0xce: 4,
  0xcf: 8,
  0xd0: 1,
  0xd1: 2,
  0xd2: 4,
  0xd3: 8,
};

/** Heads that a length of this many bytes follows. */
const LENGTHS: Readonly<Record<number, { size: number; of: 'bytes' | 'array' | 'map' }>> = {
  0xc4: { size: 1, of: 'bytes' },
  0xc5: { size: 2, of: 'bytes' },
  0xc6: { size: 4, of: 'bytes' },
  0xd9: { size: 1, of: 'bytes' },
  0xda: { size: 2, of: 'bytes' },
  0xdb: { size: 4, of: 'bytes' },
  0xdc: { size: 2, of: 'array' },
  0xdd: { size: 4, of: 'array' },
  0xde: { size: 2, of: 'map' },
  0xdf: { size: 4, of: 'map' },
};

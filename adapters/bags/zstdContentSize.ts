const MAGIC = 0xfd2fb528;

/**
 * Size of what a zstd frame holds, from its header (RFC 8878, 3.1.1.1).
 * @throws Error where it is no zstd frame, or one that does not say
 */
export function zstdContentSize(frame: Uint8Array): bigint {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 6 || view.getUint32(0, true) !== MAGIC) throw new Error('no zstd frame');
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3]!;
  const at = 5 + (isSingleSegment ? 0 : 1) + dictionaryBytes;
  switch (descriptor >> 6) {
    case 0:
      if (isSingleSegment) return BigInt(view.getUint8(at));
      throw new Error('a zstd frame that does not say its size');
    case 1:
      return BigInt(view.getUint16(at, true)) + 256n;
    case 2:
      return BigInt(view.getUint32(at, true));
    default:
      return view.getBigUint64(at, true);
  }
}

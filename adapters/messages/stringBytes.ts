/** A CDR header (little endian), then the length of the text, which counts the zero at its end. */
const TEXT_AT = 8;

/** The bytes of a std_msgs/msg/String, in any language: `MessageCodec` writes ASCII alone. */
export function stringBytes(text: string): Uint8Array {
  const size = Buffer.byteLength(text);
  const bytes = Buffer.alloc(TEXT_AT + size + 1);
  bytes[1] = 1;
  bytes.writeUInt32LE(size + 1, 4);
  bytes.write(text, TEXT_AT);
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

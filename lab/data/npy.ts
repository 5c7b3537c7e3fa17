/** Element types that the data sets use, in NumPy's notation. */
const DESCRIPTORS = { u8: '|u1', i32: '<i4', f32: '<f4' } as const;

export type NpyType = keyof typeof DESCRIPTORS;
export type NpyData = Uint8Array | Int32Array | Float32Array;
export type NpyArray = { readonly shape: readonly number[]; readonly data: NpyData };

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');

/** Bytes of a version 1.0 `.npy` file: C order, little endian. */
export function encodeNpy(array: NpyArray): Buffer {
  const { shape, data } = array;
  const count = shape.reduce((product, n) => product * n, 1);
  if (count !== data.length) {
    throw new RangeError(`shape [${shape.join(', ')}] needs ${count} numbers, got ${data.length}`);
  }
  const dimensions = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${DESCRIPTORS[typeOf(data)]}', 'fortran_order': False, 'shape': (${dimensions}), }`;
  // Magic, length field, text and a line feed fill a multiple of 64 bytes.
  const headerLength = Math.ceil((MAGIC.length + 2 + text.length + 1) / 64) * 64 - MAGIC.length - 2;
  const length = Buffer.alloc(2);
  length.writeUInt16LE(headerLength);
  const header = Buffer.from(`${text.padEnd(headerLength - 1)}\n`, 'latin1');
  const body = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([MAGIC, length, header, body]);
}

/** Reads what `encodeNpy` writes; other types and Fortran order are refused. */
export function decodeNpy(bytes: Buffer): NpyArray {
  if (bytes.length < 10 || !bytes.subarray(0, 6).equals(MAGIC.subarray(0, 6))) {
    throw new Error('not an .npy file: the magic bytes are missing');
  }
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  const descriptor = /'descr': '([^']*)'/.exec(header)?.[1];
  const dimensions = /'shape': \(([^)]*)\)/.exec(header)?.[1];
  if (dimensions === undefined || !header.includes("'fortran_order': False")) {
    throw new Error(`unsupported .npy header: ${header.trim()}`);
  }
  const shape = dimensions.split(',').flatMap((d) => (d.trim() === '' ? [] : [Number(d)]));
  const body = Uint8Array.from(bytes.subarray(10 + headerLength));
  const data = viewOf(descriptor, body.buffer);
  const count = shape.reduce((product, n) => product * n, 1);
  if (count !== data.length) {
    throw new Error(`.npy of shape (${dimensions}) holds ${data.length} numbers, not ${count}`);
  }
  return { shape, data };
}

export function typedArray(type: NpyType, length: number): NpyData {
  if (type === 'u8') return new Uint8Array(length);
  return type === 'i32' ? new Int32Array(length) : new Float32Array(length);
}

function typeOf(data: NpyData): NpyType {
  if (data instanceof Uint8Array) return 'u8';
  return data instanceof Int32Array ? 'i32' : 'f32';
}

function viewOf(descriptor: string | undefined, buffer: ArrayBuffer): NpyData {
  if (descriptor === DESCRIPTORS.u8) return new Uint8Array(buffer);
  if (descriptor === DESCRIPTORS.i32) return new Int32Array(buffer);
  if (descriptor === DESCRIPTORS.f32) return new Float32Array(buffer);
  throw new Error(`unsupported .npy element type '${descriptor ?? ''}'`);
}

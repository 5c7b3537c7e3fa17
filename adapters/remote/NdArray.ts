/** An array as numpy sends it: C order, `data.length` = product of `shape` × bytes per element. */
export type NdArray = {
  /** A numpy type string, for instance `<f4` or `|u1`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
};

/** Bytes per element of the types that are read; objects, texts and structures are not. */
const BYTES: Readonly<Record<string, number>> = {
  '|b1': 1,
  '|u1': 1,
  '|i1': 1,
  '<i2': 2,
  '<u2': 2,
  '<i4': 4,
  '<u4': 4,
  '<i8': 8,
  '<u8': 8,
  '<f4': 4,
  '<f8': 8,
};

/** Names that numpy accepts as well as the type string. */
const ALIASES: Readonly<Record<string, string>> = {
  bool: '|b1',
  uint8: '|u1',
  int8: '|i1',
  int32: '<i4',
  int64: '<i8',
  float32: '<f4',
  float64: '<f8',
};

const MAX_DIMENSIONS = 6;

export function isNdArray(value: unknown): value is NdArray {
  return (
    typeof value === 'object' &&
    value !== null &&
    'dtype' in value &&
    'shape' in value &&
    'data' in value &&
    value.data instanceof Uint8Array
  );
}

/**
 * Checks what a peer sent as an array.
 *
 * @throws RangeError that says what is wrong with it
 */
export function ndArrayOf(map: Readonly<Record<string, unknown>>): NdArray {
  const { dtype, shape, data } = map;
  const type = typeof dtype === 'string' ? (ALIASES[dtype] ?? dtype) : '';
  const size = Object.hasOwn(BYTES, type) ? BYTES[type]! : undefined;
  if (size === undefined) {
    const known = Object.keys(BYTES).join(', ');
    throw new RangeError(`array: expected a dtype of ${known}, found ${shown(dtype)}`);
  }
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isSize))
    throw new RangeError(`array: expected a shape of up to ${MAX_DIMENSIONS} sizes, found another`);
  if (!(data instanceof Uint8Array)) throw new RangeError('array: expected binary data');
  const bytes = (shape as number[]).reduce((product, length) => product * length, size);
  if (data.length !== bytes)
    throw new RangeError(`array: expected ${bytes} bytes of data, found ${data.length}`);
  return { dtype: type, shape: shape as number[], data };
}

/** The numbers of an array, as numbers; integers beyond 2⁵³ lose their last digits. */
export function numbersOf({ dtype, shape, data }: NdArray): number[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = shape.reduce((product, length) => product * length, 1);
  const read = READERS[dtype]!;
  return Array.from({ length: count }, (_, i) => read(view, i * BYTES[dtype]!));
}

const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  '|b1': (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  '|u1': (view, at) => view.getUint8(at),
  '|i1': (view, at) => view.getInt8(at),
  '<i2': (view, at) => view.getInt16(at, true),
  '<u2': (view, at) => view.getUint16(at, true),
  '<i4': (view, at) => view.getInt32(at, true),
  '<u4': (view, at) => view.getUint32(at, true),
  '<i8': (view, at) => Number(view.getBigInt64(at, true)),
  '<u8': (view, at) => Number(view.getBigUint64(at, true)),
  '<f4': (view, at) => view.getFloat32(at, true),
  '<f8': (view, at) => view.getFloat64(at, true),
};

/** `values` as a float32 array of this shape. */
export function float32Array(values: Float32Array, shape: readonly number[]): NdArray {
  const { buffer, byteOffset, byteLength } = values;
  return { dtype: '<f4', shape, data: new Uint8Array(buffer, byteOffset, byteLength) };
}

function isSize(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= 1 << 24;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : typeof value;
}

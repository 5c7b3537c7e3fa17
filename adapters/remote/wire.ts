import { Decoder, encode } from '@msgpack/msgpack';
import { frameFault } from './frameFault.ts';
import { isNdArray, type NdArray, ndArrayOf, numbersOf } from './NdArray.ts';

/** What a message may hold: MessagePack, with numpy's arrays as maps of binary keys. */
export type WireValue =
  | null
  | boolean
  | number
  | string
  | NdArray
  | readonly WireValue[]
  | { readonly [key: string]: WireValue | undefined };

const NDARRAY = '__ndarray__';
const GENERIC = '__npgeneric__';

const encoder = new TextEncoder();
const decoder = new Decoder({
  mapKeyConverter: (key) => {
    if (typeof key === 'string') return key;
    if (key instanceof Uint8Array) return new TextDecoder().decode(key);
    throw new RangeError('expected texts as the keys of a map');
  },
});

/**
 * Decodes a message; keys of maps may be texts or bytes, arrays look into `frame`.
 *
 * @throws RangeError that says why it is refused
 */
export function decodeFrame(frame: Uint8Array): WireValue {
  const fault = frameFault(frame);
  if (fault !== undefined) throw new RangeError(fault);
  let value: unknown;
  try {
    value = decoder.decode(frame);
  } catch (error) {
    throw new RangeError((error as Error).message, { cause: error });
  }
  return withArrays(value);
}

function withArrays(value: unknown): WireValue {
  if (Array.isArray(value)) return value.map(withArrays);
  if (value instanceof Uint8Array)
    throw new RangeError('expected binary data in arrays only, found it elsewhere');
  if (typeof value !== 'object' || value === null) return value as WireValue;
  const map = value as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(map, NDARRAY)) return scalarOr(ndArrayOf(map));
  if (Object.hasOwn(map, GENERIC)) return scalarOr(ndArrayOf({ ...map, shape: [] }));
  return Object.fromEntries(Object.entries(map).map(([key, one]) => [key, withArrays(one)]));
}

/** Arrays without dimensions are numbers. */
function scalarOr(array: NdArray): NdArray | number {
  return array.shape.length === 0 ? numbersOf(array)[0]! : array;
}

/** Encodes a message; fields that are undefined are left out. */
export function encodeFrame(value: WireValue): Uint8Array {
  const parts: Uint8Array[] = [];
  append(value, parts);
  return Buffer.concat(parts);
}

function append(value: WireValue, parts: Uint8Array[]): void {
  if (isNdArray(value)) {
    // The library writes keys as texts only, and numpy's peers look for bytes.
    parts.push(mapHead(4), binary(NDARRAY), encode(true), binary('data'));
    parts.push(binaryHead(value.data.length), value.data);
    parts.push(binary('dtype'), encode(value.dtype), binary('shape'), encode(value.shape));
  } else if (Array.isArray(value)) {
    parts.push(Uint8Array.of(0xdc, value.length >> 8, value.length & 0xff));
    for (const one of value as readonly WireValue[]) append(one, parts);
  } else if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, one]) => one !== undefined);
    parts.push(mapHead(entries.length));
    for (const [key, one] of entries) {
      parts.push(encode(key));
      append(one as WireValue, parts);
    }
  } else parts.push(encode(value));
}

function mapHead(length: number): Uint8Array {
  return Uint8Array.of(0xde, length >> 8, length & 0xff);
}

/** Written apart from the bytes, so that a picture is copied once. */
function binaryHead(length: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(5));
  head.setUint8(0, 0xc6);
  head.setUint32(1, length);
  return new Uint8Array(head.buffer);
}

function binary(text: string): Uint8Array {
  return encode(encoder.encode(text));
}

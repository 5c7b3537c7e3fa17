import type { RgbImage } from '../../../core/observation/Observation.ts';
import { isNdArray, type NdArray, numbersOf } from '../NdArray.ts';
import type { WireValue } from '../wire.ts';
import type { ServedModel, WireMap } from './Dialect.ts';

/** Pixels of a picture, at most; a camera's are some million. */
const MAX_PIXELS = 1 << 24;

/** A picture as uint8 [height, width, 3] or [3, height, width]. */
export function imageOf(value: WireValue | undefined, name: string): RgbImage {
  const expected = 'expected uint8 [height, width, 3] or [3, height, width]';
  if (!isNdArray(value as WireValue)) throw new RangeError(`${name}: ${expected}, found no array`);
  const { dtype, shape, data } = value as NdArray;
  const [a = 0, b = 0, c = 0] = shape;
  const isLast = c === 3;
  if (dtype !== '|u1' || shape.length !== 3 || (!isLast && a !== 3))
    throw new RangeError(`${name}: ${expected}, found ${dtype} [${shape.join(', ')}]`);
  const [height, width] = isLast ? [a, b] : [b, c];
  if (height < 1 || width < 1 || height * width > MAX_PIXELS)
    throw new RangeError(`${name}: expected 1 to ${MAX_PIXELS} pixels, found ${height * width}`);
  return { width, height, data: isLast ? data : interleaved(data, width * height) };
}

function interleaved(planes: Uint8Array, pixels: number): Uint8Array {
  const data = new Uint8Array(planes.length);
  for (let i = 0; i < pixels; i++)
    for (let channel = 0; channel < 3; channel++)
      data[3 * i + channel] = planes[channel * pixels + i]!;
  return data;
}

/** Views of one observation: a list of pictures, or one picture alone. */
export function imagesOf(value: WireValue | undefined, name: string): readonly RgbImage[] {
  const list = Array.isArray(value) ? (value as readonly WireValue[]) : [value];
  return list.map((one, i) => imageOf(one, `${name}[${i}]`));
}

export function textOf(value: WireValue | undefined, name: string): string {
  if (typeof value === 'string') return value;
  throw new RangeError(`${name}: expected a text, found ${typeof value}`);
}

/** The numbers of a state, as an array or a list; a batch of one is taken apart. */
export function stateOf(value: WireValue | undefined): readonly number[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (isNdArray(value)) return numbersOf(value);
  const list: readonly WireValue[] = Array.isArray(value) ? value : [];
  const [first] = list;
  if (list.length === 1 && first !== undefined && typeof first !== 'number') return stateOf(first);
  if (list.length === 0 || !list.every((one) => typeof one === 'number'))
    throw new RangeError('state: expected an array or a list of numbers, found another');
  return list as readonly number[];
}

/** Refuses statistics of another dataset than the model's, since its numbers would mean others. */
export function requireStatistics(message: WireMap, { statisticsKey }: ServedModel): void {
  const key = message['unnorm_key'];
  if (key === undefined || key === null || key === statisticsKey) return;
  const found = typeof key === 'string' ? JSON.stringify(key.slice(0, 80)) : typeof key;
  throw new RangeError(`unnorm_key: expected ${JSON.stringify(statisticsKey)}, found ${found}`);
}

/** The optional control step of a request. */
export function tickOf(message: WireMap): number | undefined {
  const { tick } = message;
  if (tick === undefined || tick === null) return undefined;
  if (typeof tick === 'number' && Number.isSafeInteger(tick) && tick >= 0) return tick;
  throw new RangeError('tick: expected an integer of at least 0, found another');
}

/** As many elements as the batch has, or the reason why not. */
export function listOf(value: WireValue | undefined, name: string): readonly WireValue[] {
  if (Array.isArray(value) && value.length > 0) return value as readonly WireValue[];
  throw new RangeError(`${name}: expected a list with at least one element, found another`);
}

/** The chunks of a batch as one float32 array [batch, horizon, dim]. */
export function batchOf(chunks: readonly Float32Array[], horizon: number, dim: number): NdArray {
  const all = new Float32Array(chunks.length * horizon * dim);
  chunks.forEach((chunk, i) => all.set(chunk, i * horizon * dim));
  return {
    dtype: '<f4',
    shape: [chunks.length, horizon, dim],
    data: new Uint8Array(all.buffer),
  };
}
